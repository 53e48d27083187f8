"""What a client knows of its own statements, one JSON object a line: the ground truth that a capture is held against."""
import json
import sys

HOST, PORT, USER, PASSWORD, DATABASE = sys.argv[1:6]


def truth(sql, **facts):
    if isinstance(sql, (bytes, bytearray)):
        sql = sql.decode()
    print(json.dumps({"sql": sql, **facts}), flush=True)


def own(pattern):
    """Statements that the driver sends by itself, as a regular expression over the whole text."""
    print(json.dumps({"driver": pattern}), flush=True)

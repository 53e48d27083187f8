"""Clients that end badly, on MySQL and MariaDB: killed in the middle of LOAD DATA LOCAL and of a result, a session killed by another."""
import os
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from truth import DATABASE, HOST, PASSWORD, PORT, USER, truth  # noqa: E402

import pymysql  # noqa: E402
import pymysql.cursors  # noqa: E402


def connect(**options):
    return pymysql.connect(host=HOST, port=int(PORT), user=USER, password=PASSWORD, **{"database": DATABASE, "charset": "utf8mb4", "autocommit": True, "local_infile": True, **options})


def dies(action):
    """In a process of its own, which does not come to its end."""
    child = os.fork()
    if child == 0:
        connection = connect(autocommit=None)
        action(connection, connection.cursor())
        os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("a client lived on")
    settle()


def settle():
    """Waits until the server has noticed: one session is left."""
    while True:
        probe.execute(f"SELECT COUNT(*) FROM information_schema.processlist WHERE db = '{DATABASE}'")
        if probe.fetchone()[0] == 1:
            return
        time.sleep(0.05)


monitor = connect(database="mysql")
probe = monitor.cursor()
first = connect(autocommit=None)
c = first.cursor()
c.execute("CREATE TABLE odd (id int, name varchar(20))")
truth("CREATE TABLE odd (id int, name varchar(20))")


def half_an_infile(connection, d):
    def send(_, data):
        connection.sent = getattr(connection, "sent", 0) + 1
        write(data)
        if connection.sent == 4:
            os._exit(0)

    write = connection._write_bytes
    connection.max_allowed_packet = 16384
    infile = tempfile.TemporaryFile("w+")
    infile.write("".join(f"{i}\tdying\n" for i in range(20000)))
    infile.flush()
    connection._write_bytes = lambda data: send(None, data)
    d.execute(f"LOAD DATA LOCAL INFILE '/proc/self/fd/{infile.fileno()}' INTO TABLE odd")


dies(half_an_infile)
truth("LOAD DATA LOCAL INFILE '/proc/self/fd/", starts=True, incomplete=True)
c.execute("SELECT COUNT(*) FROM odd")
truth("SELECT COUNT(*) FROM odd", rows=1)
assert c.fetchone()[0] == 0


def half_a_result(connection, d):
    d.execute("START TRANSACTION")
    d.execute("INSERT INTO odd VALUES (1, 'not committed')")
    s = connection.cursor(pymysql.cursors.SSCursor)
    s.execute("SELECT REPEAT('y', 4000) FROM information_schema.columns")
    s.fetchmany(10)
    os._exit(0)


dies(half_a_result)
truth("START TRANSACTION")
truth("INSERT INTO odd VALUES (1, 'not committed')", affected=1)
truth("SELECT REPEAT('y', 4000) FROM information_schema.columns", incomplete=True)
victim = connect()
v = victim.cursor()
v.execute("SELECT 'victim'")
truth("SELECT 'victim'", rows=1)
probe.execute(f"KILL {victim.thread_id()}")
settle()
c.execute("SELECT COUNT(*) FROM odd")
truth("SELECT COUNT(*) FROM odd", rows=1)
assert c.fetchone()[0] == 0
first.close()

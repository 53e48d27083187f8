"""pymysql (all by text queries) on MySQL and MariaDB."""
import datetime
import decimal
import os
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from truth import DATABASE, HOST, PASSWORD, PORT, USER, own, truth  # noqa: E402

import pymysql  # noqa: E402
import pymysql.cursors  # noqa: E402
from pymysql.constants import CLIENT  # noqa: E402

own(r"SET AUTOCOMMIT = [01]|ROLLBACK|COMMIT")


def connect(**options):
    return pymysql.connect(host=HOST, port=int(PORT), user=USER, password=PASSWORD, database=DATABASE, charset="utf8mb4", autocommit=True, local_infile=True, **options)


def run(cursor, sql, parameters=None, affected=False, **facts):
    wire = cursor.mogrify(sql, parameters)
    try:
        n = cursor.execute(sql, parameters)
        rows = cursor.description is not None
        truth(wire, **({"affected": n} if affected else {"rows": n} if rows else {}), **facts)
    except pymysql.Error as e:
        truth(wire, error=str(e.args[0]), **facts)


connection = connect(client_flag=CLIENT.MULTI_STATEMENTS)
with connection.cursor() as c:
    run(c, "CREATE TABLE python (id int PRIMARY KEY, name varchar(100), at datetime(6), data longblob, n decimal(12,4)) CHARACTER SET utf8mb4")
    run(c, "INSERT INTO python VALUES (%s, %s, %s, %s, %s)",
        (1, "Ünï'cødé \\ 😀", datetime.datetime(2024, 1, 2, 3, 4, 5, 6), None, decimal.Decimal("-1.5")), affected=True)
    c.execute("UPDATE python SET data = %s WHERE id = 1", (bytes(range(256)),))  # not UTF-8: told without its text
    truth("UPDATE python SET data = ", starts=True, affected=1)
    run(c, "INSERT INTO python (id) VALUES (1)")
    run(c, "SELECT * FROM python WHERE id IN %s", ((1, 2, 3),))
    c.executemany("INSERT INTO python (id, name) VALUES (%s, %s)", [(i, f"n{i}") for i in range(10, 40)])
    truth("INSERT INTO python (id, name) VALUES " + ",".join(f"({i}, 'n{i}')" for i in range(10, 40)), affected=30)
    many = "SELECT 1; UPDATE python SET name = 'm' WHERE id < 12; SELECT nothing; SELECT 2"
    try:
        c.execute(many)
        while c.nextset():
            pass
    except pymysql.Error as e:
        truth(many, rows=1, affected=3, error=str(e.args[0]))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
        f.write("".join(f"{i},loaded {i}\n" for i in range(1000, 1100)))
        f.flush()
        run(c, f"LOAD DATA LOCAL INFILE '{f.name}' INTO TABLE python FIELDS TERMINATED BY ',' (id, name)", affected=True, copy="in")
        run(c, f"LOAD DATA LOCAL INFILE '{f.name}' INTO TABLE nowhere FIELDS TERMINATED BY ','")
    run(c, "DO 1")
    run(c, "SELECT REPEAT('x', 300000) AS wide, NULL AS none")
connection.close()

# A text of more than one packet of 16 MB, and such a row: the server's max_allowed_packet has to allow it.
connection = connect(max_allowed_packet=64 << 20)
with connection.cursor() as c:
    run(c, "CREATE TABLE python2 (id int PRIMARY KEY, data longblob)")
    run(c, "INSERT INTO python2 (id) VALUES (1), (2)", affected=True)
    big = "ab" * (10 << 20)
    c.execute(f"UPDATE python2 SET data = '{big}' WHERE id = 1")
    truth("UPDATE python2 SET data = 'abab", starts=True, affected=1)
    run(c, "SELECT LENGTH(data) FROM python2 WHERE id = 1")
    run(c, "SELECT data FROM python2 WHERE id = 1")
with connection.cursor(pymysql.cursors.SSCursor) as c:
    c.execute("SELECT id FROM python2 ORDER BY id")
    truth("SELECT id FROM python2 ORDER BY id", rows=sum(1 for _ in c))
# killed in the middle of a statement by another session
killer = connect()
timer = threading.Timer(0.2, lambda: killer.cursor().execute(f"KILL QUERY {connection.thread_id()}"))
timer.start()
with connection.cursor() as c:
    try:
        c.execute("SELECT id FROM python2 WHERE SLEEP(0.5) = 0")
        truth("SELECT id FROM python2 WHERE SLEEP(0.5) = 0", rows=2)
    except pymysql.Error as e:
        truth("SELECT id FROM python2 WHERE SLEEP(0.5) = 0", error=str(e.args[0]))
timer.join()
truth(f"KILL QUERY {connection.thread_id()}")
killer.close()
connection.ping()
connection.close()

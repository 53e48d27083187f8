"""Clients that end badly, on PostgreSQL: killed in the middle of COPY both ways and of a result, a statement killed with its session, an idle one ended."""
import os
import select
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from truth import DATABASE, HOST, PASSWORD, PORT, USER, truth  # noqa: E402

import psycopg2  # noqa: E402

WHERE = f"host={HOST} port={PORT} user={USER} password={PASSWORD} dbname={DATABASE} sslmode=disable"


class Dying:
    """A file that is read once, and kills its reader the second time."""

    def __init__(self):
        self.reads = 0

    def read(self, size):
        self.reads += 1
        if self.reads > 20:
            os._exit(0)
        return "".join(f"{self.reads * 1000 + i}\tdying\n" for i in range(600))[:size]

    def write(self, data):
        self.reads += len(data)
        if self.reads > 100_000:
            os._exit(0)


def dies(action):
    """In a process of its own, which does not come to its end."""
    child = os.fork()
    if child == 0:
        connection = psycopg2.connect(WHERE)
        connection.autocommit = True
        action(connection, connection.cursor())
        os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise SystemExit("a client lived on")


def settle():
    """Waits until the server has noticed: one session is left."""
    while True:
        probe.execute(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{DATABASE}'")
        if probe.fetchone()[0] == 1:
            return
        time.sleep(0.05)


monitor = psycopg2.connect(WHERE.replace(f"dbname={DATABASE}", "dbname=postgres"))
monitor.autocommit = True
probe = monitor.cursor()

first = psycopg2.connect(WHERE)
first.autocommit = True
c = first.cursor()
c.execute("CREATE TABLE odd (id int, name text)")
truth("CREATE TABLE odd (id int, name text)")
dies(lambda _, d: d.copy_expert("COPY odd FROM STDIN", Dying()))
settle()
truth("COPY odd FROM STDIN", incomplete=True)
c.execute("SELECT count(*) FROM odd")
truth("SELECT count(*) FROM odd", rows=1)
assert c.fetchone()[0] == 0
dies(lambda _, d: d.copy_expert("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT", Dying()))
settle()
truth("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT", incomplete=True)


def half_a_result(connection, d):
    connection.autocommit = False
    d.execute("INSERT INTO odd SELECT 1, 'not committed'")
    # not libpq's: it would read all of the result first
    os.write(connection.fileno(), b"Q" + (4 + 63).to_bytes(4, "big") + b"SELECT repeat('y', 1000) FROM generate_series(1, 100000) as n -".ljust(62)[:62] + b"\0")
    select.select([connection], [], [])
    os.read(connection.fileno(), 50_000)
    os._exit(0)


dies(half_a_result)
settle()
truth("BEGIN")
truth("INSERT INTO odd SELECT 1, 'not committed'", affected=1)
truth("SELECT repeat('y', 1000) FROM generate_series(1, 100000) as n ", incomplete=True)
c.execute("SELECT count(*) FROM odd")
truth("SELECT count(*) FROM odd", rows=1)
assert c.fetchone()[0] == 0
victim = psycopg2.connect(WHERE)
v = victim.cursor()
v.execute("SELECT pg_backend_pid()")
probe.execute("SELECT pg_terminate_backend(%s)", (v.fetchone()[0],))
truth("BEGIN")
truth("SELECT pg_backend_pid()", rows=1)
settle()
c.execute("SELECT 'after'")
truth("SELECT 'after'", rows=1)
first.close()

"""psycopg2 (all by simple queries) and psycopg 3 (extended protocol, binary, pipelines) on PostgreSQL."""
import datetime
import decimal
import io
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from truth import DATABASE, HOST, PASSWORD, PORT, USER, own, truth  # noqa: E402

import psycopg  # noqa: E402
import psycopg2  # noqa: E402
import psycopg2.extras  # noqa: E402

WHERE = f"host={HOST} port={PORT} user={USER} password={PASSWORD} dbname={DATABASE} sslmode=disable"


def simple():
    connection = psycopg2.connect(WHERE)
    connection.autocommit = True
    cursor = connection.cursor()

    def run(sql, parameters=None, affected=False):
        try:
            cursor.execute(sql, parameters)
            truth(cursor.query, **({"affected": cursor.rowcount} if affected else {"rows": cursor.rowcount} if cursor.description else {}))
        except psycopg2.Error as e:
            truth(cursor.query, error=e.pgcode)

    run("CREATE TABLE python2 (id int PRIMARY KEY, name text, at timestamptz, js jsonb, data bytea)")
    run("INSERT INTO python2 VALUES (%s, %s, %s, %s, %s)",
        (1, "Ünï'cødé \\", datetime.datetime(2024, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), psycopg2.extras.Json({"a": [1, None]}), psycopg2.Binary(bytes(range(256)))), affected=True)
    run("INSERT INTO python2 VALUES (1, NULL)")
    run("SELECT * FROM python2 WHERE id IN %s", ((1, 2, 3),))
    run("SELECT %s, %s", (decimal.Decimal("1.10"), None))
    psycopg2.extras.execute_values(cursor, "INSERT INTO python2 (id, name) VALUES %s", [(i, f"v{i}") for i in range(10, 40)])
    truth(cursor.query, affected=30)
    psycopg2.extras.execute_batch(cursor, "UPDATE python2 SET name = %s WHERE id = %s", [("a", 10), ("b", 11), ("c", 999)])
    truth(cursor.query, affected=2)
    cursor.copy_expert("COPY python2 (id, name) FROM STDIN WITH CSV", io.StringIO("50,x\n51,\"y,z\"\n"))
    truth("COPY python2 (id, name) FROM STDIN WITH CSV", affected=2, copy="in")
    try:
        cursor.copy_expert("COPY python2 (id, name) FROM STDIN WITH CSV", io.StringIO("52,x\n51,twice\n"))
    except psycopg2.Error as e:
        truth("COPY python2 (id, name) FROM STDIN WITH CSV", error=e.pgcode, copy="in")
    out = io.StringIO()
    cursor.copy_expert("COPY (SELECT * FROM python2) TO STDOUT", out)
    truth("COPY (SELECT * FROM python2) TO STDOUT", rows=out.getvalue().count("\n"), copy="out")
    connection.close()

    connection = psycopg2.connect(WHERE)
    with connection, connection.cursor("by steps") as steps:
        steps.itersize = 7
        steps.execute("SELECT generate_series(1, 16)")
        truth("BEGIN")
        truth('DECLARE "by steps" CURSOR WITHOUT HOLD FOR SELECT generate_series(1, 16)')
        rows = len(list(steps))
        for n in (7, 7, 2, 0):
            truth('FETCH FORWARD 7 FROM "by steps"', rows=n)
        assert rows == 16
    truth('CLOSE "by steps"')
    truth("COMMIT")
    two = psycopg2.connect(WHERE)
    two.set_session(isolation_level="SERIALIZABLE", readonly=True)
    with two.cursor() as reader:
        reader.execute("SELECT count(*) FROM pg_type WHERE typname = 'int4'")
        truth("BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY")
        truth("SELECT count(*) FROM pg_type WHERE typname = 'int4'", rows=1)
        try:
            reader.execute("CREATE TABLE refused (a int)")
        except psycopg2.Error as e:
            truth("CREATE TABLE refused (a int)", error=e.pgcode)
    two.rollback()
    truth("ROLLBACK")
    two.close()
    # Two-phase commit needs max_prepared_transactions: refused, and that is an answer too.
    connection.tpc_begin(connection.xid(1, "gid", "branch"))
    connection.cursor().execute("SELECT 1")
    truth("BEGIN")
    truth("SELECT 1", rows=1)
    try:
        connection.tpc_prepare()
    except psycopg2.Error as e:
        truth("PREPARE TRANSACTION '1_Z2lk_YnJhbmNo'", error=e.pgcode)
    connection.close()


def extended():
    with psycopg.connect(WHERE, autocommit=True) as connection:
        def run(sql, parameters=(), affected=False, wire=None, shown=None, **options):
            try:
                cursor = connection.execute(sql, parameters, **options)
                count = {"affected": cursor.rowcount} if affected else {"rows": cursor.rowcount} if cursor.description else {}
                truth(wire or sql, **({} if shown is None else {"parameters": shown}), **count)
            except psycopg.Error as e:
                truth(wire or sql, error=e.sqlstate, **({} if shown is None else {"parameters": shown}))

        run("CREATE TABLE python3 (id int PRIMARY KEY, name text, n numeric, at timestamp, ids int[], data bytea)")
        values = (1, "näme", decimal.Decimal("-12345.6789"), datetime.datetime(1999, 12, 31, 23, 59, 59, 500000), [1, 2, 3], b"\x00\xff")
        insert = "INSERT INTO python3 VALUES (%s, %s, %s, %s, %s, %s)"
        wire = "INSERT INTO python3 VALUES ($1, $2, $3, $4, $5, $6)"
        run(insert, values, affected=True, wire=wire)
        run(insert, values, wire=wire)
        binary = insert.replace("%s", "%b")
        run(binary, (2, "binary", decimal.Decimal("0.001"), datetime.datetime(2000, 1, 1), [4], b"\xc0"), affected=True, wire=wire,
            shown=["2", "binary", "0.001", "2000-01-01 00:00:00", "{4}", "\\xc0"])
        for i in range(8):  # from the sixth on it is prepared
            run("SELECT * FROM python3 WHERE id > %s", (i,), wire="SELECT * FROM python3 WHERE id > $1", shown=[str(i)])
        run("SELECT * FROM python3 WHERE id = %s", (1,), wire="SELECT * FROM python3 WHERE id = $1", binary=True)
        run("SELECT %s::text", (None,), wire="SELECT $1::text", shown=[None])
        big = "ab" * (10 << 20)
        run("INSERT INTO python3 (id, name) VALUES (90, %s)", (big,), affected=True, wire="INSERT INTO python3 (id, name) VALUES (90, $1)")
        run("SELECT length(name), name FROM python3 WHERE id = 90")
        run("DELETE FROM python3 WHERE id = 90", affected=True)
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO python3 (id, name) VALUES (%s, %s)", [(i, f"many {i}") for i in range(100, 110)])
        for i in range(100, 110):
            truth("INSERT INTO python3 (id, name) VALUES ($1, $2)", parameters=[str(i), f"many {i}"], affected=1)
        with connection.pipeline():
            a = connection.execute("SELECT 1 AS a")
            b = connection.execute("UPDATE python3 SET name = name WHERE id >= %s", (100,))
            c = connection.execute("SELECT generate_series(1, 5)")
        assert (a.rowcount, b.rowcount, c.rowcount) == (1, 10, 5)
        truth("SELECT 1 AS a", rows=1)
        truth("UPDATE python3 SET name = name WHERE id >= $1", affected=10)
        truth("SELECT generate_series(1, 5)", rows=5)
        try:  # an error in the middle of a pipeline: what follows up to the Sync is skipped
            with connection.pipeline() as pipeline:
                connection.execute("UPDATE python3 SET name = 'undone' WHERE id = 1")
                connection.execute("SELECT 1 / %s", (0,))
                connection.execute("SELECT 'skipped'")
                pipeline.sync()
        except psycopg.Error as e:
            truth("UPDATE python3 SET name = 'undone' WHERE id = 1", affected=1)
            truth("SELECT 1 / $1", error=e.sqlstate)
            truth("SELECT 'skipped'")
        with connection.cursor("server side") as cursor, connection.transaction():
            truth("BEGIN")
            cursor.itersize = 4
            cursor.execute("SELECT id FROM python3 ORDER BY id")
            truth('DECLARE "server side" CURSOR FOR SELECT id FROM python3 ORDER BY id')
            rows = [row[0] for row in cursor]
            for n in (4, 4, 4, 0):
                truth('FETCH FORWARD 4 FROM "server side"', rows=n)
            assert len(rows) == 12
            cursor.close()
            truth('CLOSE "server side"')
        truth("COMMIT")
        with connection.cursor().copy("COPY python3 (id, name) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "text"])
            for i in range(200, 205):
                copy.write_row((i, f"copied {i}"))
        truth("COPY python3 (id, name) FROM STDIN (FORMAT BINARY)", affected=5, copy="in")
        with connection.cursor().copy("COPY (SELECT id, name FROM python3) TO STDOUT (FORMAT BINARY)") as copy:
            rows = sum(1 for _ in copy.rows())
        truth("COPY (SELECT id, name FROM python3) TO STDOUT (FORMAT BINARY)", rows=rows, copy="out")
        try:
            with connection.cursor().copy("COPY python3 (id, name) FROM STDIN") as copy:
                copy.write_row((300, "thought better of it"))
                raise ValueError
        except psycopg.errors.QueryCanceled as e:
            truth("COPY python3 (id, name) FROM STDIN", error=e.sqlstate, copy="in")
        connection.execute("LISTEN python")
        connection.execute("SELECT pg_notify('python', repeat('x', 100))")
        truth("LISTEN python")
        truth("SELECT pg_notify('python', repeat('x', 100))", rows=1)


simple()
own("DEALLOCATE.*")
extended()

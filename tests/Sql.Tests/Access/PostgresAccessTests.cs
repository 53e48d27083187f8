namespace Replay.Sql.Tests.Access;

public class PostgresAccessTests
{
    [Theory]

    // pgbench
    [InlineData("UPDATE pgbench_accounts SET abalance = abalance + -2731 WHERE aid = 1234;", "Update | Update pgbench_accounts[aid=l1] set abalance=?")]
    [InlineData("SELECT abalance FROM pgbench_accounts WHERE aid = 1234;", "Select | Read pgbench_accounts[aid=l0]")]
    [InlineData("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 2, 3, -4, CURRENT_TIMESTAMP);", "Insert | Insert pgbench_history (tid,bid,aid,delta,mtime) (l0,l1,l2,-l3,?)")]
    [InlineData("UPDATE pgbench_tellers SET tbalance = tbalance + $1 WHERE tid = $2", "Update | Update pgbench_tellers[tid=p1] set tbalance=?")]

    // ActiveRecord
    [InlineData("UPDATE \"users\" SET \"name\" = $1, \"updated_at\" = $2 WHERE \"users\".\"id\" = $3", "Update | Update users[id=p2] set name=p0 updated_at=p1")]
    [InlineData("INSERT INTO \"users\" (\"name\", \"created_at\") VALUES ($1, $2) RETURNING \"id\"", "Insert <Returning> | Insert users (name,created_at) (p0,p1)")]
    [InlineData("SELECT \"users\".* FROM \"users\" WHERE \"users\".\"id\" = $1 LIMIT $2 FOR UPDATE", "Select | LockExclusive users[id=p0]")]
    [InlineData("DELETE FROM \"posts\" WHERE \"posts\".\"id\" IN ($1, $2, $3)", "Delete | Delete posts[id=p0,p1,p2]")]
    [InlineData("SELECT \"jobs\".* FROM \"jobs\" WHERE \"jobs\".\"run_at\" <= $1 ORDER BY \"jobs\".\"priority\" ASC LIMIT $2 FOR UPDATE SKIP LOCKED", "Select <SkipLocked> | LockExclusive jobs")]
    [InlineData("INSERT INTO \"counters\" (\"name\",\"n\") VALUES ('a', 1) ON CONFLICT (\"name\") DO UPDATE SET \"n\"=\"counters\".\"n\"+1, \"name\"=excluded.\"name\" RETURNING \"id\"", "Insert <Returning> | Upsert counters (name,n) (l0,l1) set n=? name=? conflict(name)")]

    // Django
    [InlineData("SELECT \"shop_item\".\"id\", \"shop_item\".\"stock\" FROM \"shop_item\" WHERE \"shop_item\".\"id\" = 42 LIMIT 21 FOR UPDATE", "Select | LockExclusive shop_item[id=l0]")]
    [InlineData("UPDATE \"shop_item\" SET \"stock\" = (\"shop_item\".\"stock\" - 1) WHERE (\"shop_item\".\"id\" = 42 AND \"shop_item\".\"stock\" >= 1)", "Update | Update shop_item[id=l1] set stock=?")]
    [InlineData("INSERT INTO \"django_session\" (\"session_key\", \"session_data\", \"expire_date\") VALUES ('k', 'd', '2026-01-01 00:00:00+00:00'::timestamptz)", "Insert | Insert django_session (session_key,session_data,expire_date) (l0,l1,l2)")]
    [InlineData("DELETE FROM \"shop_line\" WHERE \"shop_line\".\"order_id\" IN (7)", "Delete | Delete shop_line[order_id=l0]")]
    [InlineData("SAVEPOINT \"s140_x1\"", "Transaction Savepoint")]
    [InlineData("ROLLBACK TO SAVEPOINT \"s140_x1\"", "Transaction RollbackToSavepoint")]
    [InlineData("RELEASE SAVEPOINT \"s140_x1\"", "Transaction Release")]

    // Hibernate
    [InlineData("select a1_0.id,a1_0.balance,a1_0.version from account a1_0 where a1_0.id=$1 for no key update", "Select | LockExclusive account[id=p0] leaves-key")]
    [InlineData("update account set balance=$1,version=$2 where id=$3 and version=$4", "Update | Update account[id=p2][version=p3] set balance=p0 version=p1")]
    [InlineData("select nextval('account_seq')", "Select")]
    [InlineData("insert into order_line (order_id,qty,id) values ($1,$2,$3)", "Insert | Insert order_line (order_id,qty,id) (p0,p1,p2)")]
    [InlineData("select o1_0.id from orders o1_0 left join customer c1_0 on c1_0.id=o1_0.customer_id where o1_0.id=$1 for update of o1_0 nowait", "Select <NoWait> | LockExclusive orders | LockExclusive customer")]
    [InlineData("delete from account where id=$1 and version=$2", "Delete | Delete account[id=p0][version=p1]")]

    // Entity Framework
    [InlineData("UPDATE \"Blogs\" SET \"Url\" = @p0 WHERE \"BlogId\" = @p1", "Update | Update Blogs set Url=?")]
    [InlineData("INSERT INTO \"Blogs\" (\"Url\") VALUES ($1) RETURNING \"BlogId\"", "Insert <Returning> | Insert Blogs (Url) (p0)")]
    [InlineData("DELETE FROM \"Posts\" AS p WHERE p.\"BlogId\" = $1", "Delete | Delete Posts[BlogId=p0]")]
    [InlineData("UPDATE \"Posts\" AS p SET \"Title\" = 'x' FROM \"Blogs\" AS b WHERE p.\"BlogId\" = b.\"BlogId\" AND p.\"PostId\" = 5", "Update | Update Posts[PostId=l1] set Title=l0 | Read Blogs")]

    // transactions
    [InlineData("BEGIN", "Transaction Begin")]
    [InlineData("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", "Transaction Begin RepeatableRead")]
    [InlineData("START TRANSACTION ISOLATION LEVEL SERIALIZABLE", "Transaction Begin Serializable")]
    [InlineData("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "Session ReadCommitted")]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ", "Session RepeatableRead <ForSession>")]
    [InlineData("SET default_transaction_isolation = 'repeatable read'", "Session RepeatableRead <ForSession>")]
    [InlineData("COMMIT AND CHAIN", "Transaction Commit <Chain>")]
    [InlineData("COMMIT AND NO CHAIN", "Transaction Commit")]
    [InlineData("END", "Transaction Commit")]
    [InlineData("ABORT", "Transaction Rollback")]
    [InlineData("PREPARE TRANSACTION 'x'", "Transaction TwoPhase")]
    [InlineData("COMMIT PREPARED 'x'", "Transaction TwoPhase")]

    // WITH
    [InlineData("WITH moved AS (DELETE FROM queue WHERE id = $1 RETURNING *) INSERT INTO done SELECT * FROM moved", "Insert <Returning> | Delete queue[id=p0] | Insert done")]
    [InlineData("WITH t AS (SELECT * FROM t WHERE id = 1) SELECT * FROM t", "Select | Read t[id=l0]")]
    [InlineData("WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n+1 FROM t WHERE n < 100) SELECT sum(n) FROM t", "Select")]
    [InlineData("WITH x AS MATERIALIZED (SELECT id FROM jobs WHERE NOT done LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE jobs SET done = true FROM x WHERE jobs.id = x.id RETURNING jobs.id", "Update <SkipLocked, Returning> | LockExclusive jobs | Update jobs set done=?")]

    // joins, subqueries
    [InlineData("SELECT * FROM a, b c JOIN ONLY d ON c.x = d.x WHERE a.id = 1", "Select | Read a | Read b | Read d")]
    [InlineData("SELECT (SELECT max(x) FROM inner1) FROM outer1 WHERE id IN (SELECT id FROM inner2)", "Select | Read inner1 | Read outer1 | Read inner2")]
    [InlineData("SELECT * FROM (a JOIN b USING (id)) JOIN (SELECT * FROM c) d ON true", "Select | Read a | Read b | Read c")]
    [InlineData("SELECT * FROM ((SELECT 1 FROM e) UNION (SELECT 2 FROM f)) g", "Select | Read e | Read f")]
    [InlineData("(SELECT 1 FROM a) UNION ALL (SELECT 2 FROM b ORDER BY 1)", "Select | Read a | Read b")]
    [InlineData("SELECT extract(epoch FROM now()), substring(x FROM 2), a IS DISTINCT FROM b FROM t WHERE c IS NOT DISTINCT FROM d AND id = 3", "Select | Read t[id=l1]")]
    [InlineData("SELECT * FROM generate_series(1, 10) g, my_function(3)", "Select")]
    [InlineData("TABLE x", "Select | Read x")]
    [InlineData("VALUES (1), ((SELECT max(a) FROM t))", "Select | Read t")]
    [InlineData("UPDATE t SET a = (SELECT max(b) FROM u) WHERE id = 5", "Update | Update t[id=l0] set a=? | Read u")]
    [InlineData("UPDATE t SET (a, b) = (1, 2) WHERE id = 5", "Update | Update t[id=l2]")]
    [InlineData("INSERT INTO t SELECT id, n FROM u WHERE u.id = 4", "Insert | Insert t | Read u[id=l0]")]
    [InlineData("INSERT INTO t (a) (SELECT 1)", "Insert | Insert t (a)")]
    [InlineData("INSERT INTO t DEFAULT VALUES", "Insert | Insert t () ()")]
    [InlineData("INSERT INTO s.t AS x (id, b) OVERRIDING SYSTEM VALUE VALUES (1, DEFAULT), (2, lower('A')), (-3, NULL) ON CONFLICT DO NOTHING", "Insert | Insert s.t (id,b) (l0,default) (l1,?) (-l3,null) ignores")]
    [InlineData("DELETE FROM t USING u WHERE t.id = 5 AND u.x = t.x AND id = 6", "Delete | Delete t[id=l0] | Read u")]
    [InlineData("MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.a)", "Merge | Upsert t | Read s")]

    // conditions
    [InlineData("UPDATE t SET a = 1 WHERE id = 5 OR id = 6", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE (id = 5) AND (b BETWEEN 1 AND 2) AND c = 'x'", "Update | Update t[id=l1][c=l4] set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE b BETWEEN 1 AND 2 AND 5 = id", "Update | Update t[id=l3] set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE NOT id = 5", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE id = 5 + 1", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE id = $1::bigint AND b = CAST($2 AS text) AND c = '5'::numeric(10,2)", "Update | Update t[id=p0][b=p1][c=l1] set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE id = ANY ($1)", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE id NOT IN (1, 2)", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM u)", "Update | Update t set a=l0 | Read u")]
    [InlineData("UPDATE t SET a = 1 WHERE CURRENT OF c", "Update | Update t set a=l0")]
    [InlineData("UPDATE t SET a = 1 WHERE CASE WHEN x = 1 THEN id = 2 ELSE y = 3 END", "Update | Update t set a=l0")]
    [InlineData("UPDATE only1 SET a = 1 WHERE other.id = 5", "Update | Update only1 set a=l0")]
    [InlineData("DELETE FROM T WHERE ID = $$5$$", "Delete | Delete t")]
    [InlineData("DELETE FROM \"T\" WHERE \"ID\" = 5", "Delete | Delete T[ID=l0]")]

    // others
    [InlineData("LOCK TABLE a, s.b IN SHARE ROW EXCLUSIVE MODE NOWAIT", "LockTable <NoWait> | Whole a | Whole s.b")]
    [InlineData("TRUNCATE TABLE ONLY a, b RESTART IDENTITY CASCADE", "Truncate <Cascade> | Whole a | Whole b")]
    [InlineData("COPY t (a, b) FROM STDIN WITH (FORMAT csv)", "Insert | Insert t")]
    [InlineData("COPY (SELECT * FROM t) TO STDOUT", "Select | Read t")]
    [InlineData("COPY t TO STDOUT", "Select | Read t")]
    [InlineData("CREATE TABLE x (id int PRIMARY KEY)", "Ddl | Whole x")]
    [InlineData("CREATE TEMP TABLE x AS SELECT * FROM t", "Ddl <Temporary> | Whole x | Read t")]
    [InlineData("SELECT * INTO TEMP x FROM t", "Ddl <Temporary> | Whole x | Read t")]
    [InlineData("ALTER TABLE IF EXISTS ONLY s.x ADD UNIQUE (a)", "Ddl <ChangesKeys> | Whole s.x")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY i ON x (a)", "Ddl <ChangesKeys, Concurrently> | Whole x | index i")]
    [InlineData("CREATE INDEX i ON x (a)", "Ddl | Whole x | index i")]
    [InlineData("CREATE INDEX IF NOT EXISTS i ON ONLY s.x USING gin (a)", "Ddl | Whole s.x | index i")]
    [InlineData("CREATE INDEX ON x (\"concurrently\")", "Ddl | Whole x")]
    [InlineData("DROP INDEX CONCURRENTLY IF EXISTS s.i", "Ddl <ChangesKeys, Concurrently> | index s.i")]
    [InlineData("DROP INDEX i, s.\"J\" CASCADE", "Ddl <Cascade, ChangesKeys> | index i | index s.J")]
    [InlineData("ALTER INDEX i SET (fillfactor = 70)", "Ddl <ChangesKeys> | index i")]
    [InlineData("REINDEX INDEX i", "Ddl <ChangesKeys> | index i")]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY v", "Ddl <ChangesKeys, Concurrently>")]
    [InlineData("DROP TABLE a, b CASCADE", "Ddl <Cascade, ChangesKeys> | Whole a | Whole b")]
    [InlineData("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql; DROP TABLE x", "Ddl <ChangesKeys>")]
    [InlineData("CALL p(1)", "Call")]
    [InlineData("DO $$ BEGIN END $$", "Call")]
    [InlineData("EXECUTE q(1)", "Call")]
    [InlineData("EXPLAIN SELECT * FROM t", "Session")]
    [InlineData("EXPLAIN (ANALYZE) DELETE FROM t", "Unknown")]
    [InlineData("DECLARE c CURSOR FOR SELECT * FROM t WHERE id = 1 FOR UPDATE", "Select | LockExclusive t[id=l0]")]
    [InlineData("FETCH 10 FROM c", "Session")]
    [InlineData("SELECT pg_advisory_xact_lock(5)", "Select <AdvisoryLock>")]
    [InlineData("SELECT pg_try_advisory_lock($1)", "Select <TryLock>")]
    [InlineData("SELECT 1", "Select")]
    [InlineData("", "")]
    [InlineData(";;", "")]
    [InlineData("SET search_path = a, b", "Session")]
    [InlineData("BEGIN; UPDATE t SET a = 1 WHERE id = 2; COMMIT", "Transaction Begin; Update | Update t[id=l1] set a=l0; Transaction Commit")]

    // what is not understood
    [InlineData("FROBNICATE t", "Unknown")]
    [InlineData("SELECT * FROM", "Unknown")]
    [InlineData("SELECT (1", "Unknown")]
    [InlineData("UPDATE t", "Unknown")]
    [InlineData("WITH x AS (SELECT 1", "Unknown")]
    [InlineData("DELETE t", "Unknown")]
    public void Statements(string sql, string expected) => Assert.Equal(expected, Accesses.Describe(SqlDialect.PostgreSql, sql));
}

-- psql: simple queries, \bind, named statements, pipelines, COPY, cursors by FETCH_COUNT. Results go nowhere (-o /dev/null);
-- what is echoed is what psql itself says of its statements.
CREATE TABLE psql (id int PRIMARY KEY, name text);
\echo '{"sql":"CREATE TABLE psql (id int PRIMARY KEY, name text);"}'
INSERT INTO psql SELECT n, 'name ' || n FROM generate_series(1, 50) n;
\echo '{"sql":"INSERT INTO psql SELECT n, ''name '' || n FROM generate_series(1, 50) n;","affected":' :ROW_COUNT '}'
SELECT * FROM psql WHERE id = $1 OR name = $2 \bind 7 'name 9' \g
\echo '{"sql":"SELECT * FROM psql WHERE id = $1 OR name = $2 ","rows":' :ROW_COUNT ',"parameters":["7","name 9"]}'
SELECT count(*) FROM psql WHERE id < $1 \parse counted
\bind_named counted 10 \g
\echo '{"sql":"SELECT count(*) FROM psql WHERE id < $1 ","rows":' :ROW_COUNT ',"parameters":["10"]}'
\bind_named counted 20 \g
\echo '{"sql":"SELECT count(*) FROM psql WHERE id < $1 ","rows":' :ROW_COUNT ',"parameters":["20"]}'
\close_prepared counted
\startpipeline
SELECT 1 \bind \sendpipeline
UPDATE psql SET name = $1 WHERE id < $2 \bind 'piped' 4 \sendpipeline
\syncpipeline
SELECT 1 / $1::int \bind 0 \sendpipeline
SELECT 'skipped' \bind \sendpipeline
\syncpipeline
SELECT 'after' \bind \sendpipeline
\endpipeline
\echo '{"sql":"SELECT 1 ","rows":1}'
\echo '{"sql":"UPDATE psql SET name = $1 WHERE id < $2 ","affected":3,"parameters":["piped","4"]}'
\echo '{"sql":"SELECT 1 / $1::int ","error":"22012","parameters":["0"]}'
\echo '{"sql":"SELECT ''skipped'' "}'
\echo '{"sql":"SELECT ''after'' ","rows":1}'
\copy psql (id, name) from program 'printf "100\\tone\\n101\\ttwo\\n"'
\echo '{"sql":"COPY  psql ( id, name ) FROM STDIN ","affected":' :ROW_COUNT ',"copy":"in"}'
\copy (SELECT * FROM psql) to '/dev/null'
\echo '{"sql":"COPY  ( SELECT * FROM psql ) TO STDOUT ","rows":' :ROW_COUNT ',"copy":"out"}'
COPY psql (id, name) FROM STDIN;
102	three
\.
\echo '{"sql":"COPY psql (id, name) FROM STDIN;","affected":' :ROW_COUNT ',"copy":"in"}'
COPY psql (id, name) FROM STDIN;
102	again
103	never
\.
\echo '{"sql":"COPY psql (id, name) FROM STDIN;","error":"' :SQLSTATE '","copy":"in"}'
\set FETCH_COUNT 20
SELECT id FROM psql ORDER BY id;
\echo '{"sql":"SELECT id FROM psql ORDER BY id;","rows":' :ROW_COUNT '}'
\unset FETCH_COUNT
SELECT 1 \; SELECT 2 \; SELECT 1/0 \; SELECT 3;
\echo '{"sql":"SELECT 1 ; SELECT 2 ; SELECT 1/0 ; SELECT 3;","error":"' :SQLSTATE '","rows":2}'
SELECT 'a' AS x, 'b' AS y \gset
\echo '{"sql":"SELECT ''a'' AS x, ''b'' AS y ","rows":' :ROW_COUNT '}'
BEGIN;
\echo '{"sql":"BEGIN;"}'
DECLARE c CURSOR FOR SELECT * FROM psql ORDER BY id;
\echo '{"sql":"DECLARE c CURSOR FOR SELECT * FROM psql ORDER BY id;"}'
FETCH 3 FROM c;
\echo '{"sql":"FETCH 3 FROM c;","rows":' :ROW_COUNT '}'
MOVE 10 FROM c;
\echo '{"sql":"MOVE 10 FROM c;"}'
FETCH BACKWARD 2 FROM c;
\echo '{"sql":"FETCH BACKWARD 2 FROM c;","rows":' :ROW_COUNT '}'
CLOSE c;
\echo '{"sql":"CLOSE c;"}'
SAVEPOINT s;
\echo '{"sql":"SAVEPOINT s;"}'
SELECT * FROM nowhere;
\echo '{"sql":"SELECT * FROM nowhere;","error":"' :SQLSTATE '"}'
ROLLBACK TO s;
\echo '{"sql":"ROLLBACK TO s;"}'
END;
\echo '{"sql":"END;"}'
VACUUM psql;
\echo '{"sql":"VACUUM psql;"}'
DO $$ BEGIN RAISE NOTICE 'noted'; END $$;
\echo '{"sql":"DO $$ BEGIN RAISE NOTICE ''noted''; END $$;"}'
SET statement_timeout = '30ms';
\echo '{"sql":"SET statement_timeout = ''30ms'';"}'
SELECT pg_sleep(10);
\echo '{"sql":"SELECT pg_sleep(10);","error":"' :SQLSTATE '"}'

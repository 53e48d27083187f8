<?php
// PDO with server-side and with emulated prepares, and the pg_* functions, on PostgreSQL. Each session has tables of its own, as in all of these
// programs: their replay may then be compared although sessions do not wait for each other.
require __DIR__ . '/../truth.php';

own('DEALLOCATE pdo_stmt_[0-9a-f]+|CLOSE pdo_crsr_[0-9a-f]+|set client_encoding to .*');
$dsn = "pgsql:host=$HOST;port=$PORT;dbname=$DATABASE;sslmode=disable";
$errors = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION];

// ---- PDO, server-side prepares --------------------------------------------------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, $errors);
$sql = 'CREATE TABLE php (id serial PRIMARY KEY, name text, price numeric(10,2), data bytea, born date, tags text[])';
$pdo->exec($sql);
truth($sql);
$sql = 'INSERT INTO php (name, price, born) VALUES ($1, $2, $3)';
$insert = $pdo->prepare('INSERT INTO php (name, price, born) VALUES (?, ?, ?)');
foreach ([['Zoë', '1.50', '2024-02-29'], ['O\'Brien \\ "x"', null, null], ["tab\tline\nend", '-0.01', '0001-01-01'], ['', '99999999.99', '9999-12-31']] as $row) {
    $insert->execute($row);
    truth($sql, ['parameters' => $row, 'affected' => $insert->rowCount()]);
}
$select = $pdo->prepare('SELECT * FROM php WHERE id > :low AND id < :high ORDER BY id');
foreach ([[0, 100], [2, 4], [50, 60]] as [$low, $high]) {
    $select->execute(['low' => $low, 'high' => $high]);
    truth('SELECT * FROM php WHERE id > $1 AND id < $2 ORDER BY id', ['parameters' => ["$low", "$high"], 'rows' => count($select->fetchAll())]);
}
$bytes = "\0\1\xff\xfe" . str_repeat("\x80", 300);
$blob = $pdo->prepare('UPDATE php SET data = ? WHERE id = 1');
$blob->bindValue(1, $bytes, PDO::PARAM_LOB);
$blob->execute();
truth('UPDATE php SET data = $1 WHERE id = 1', ['affected' => 1]);
$bad = $pdo->prepare('SELECT 1 / ?::int');
try { $bad->execute([0]); } catch (PDOException $e) { truth('SELECT 1 / $1::int', ['parameters' => ['0'], 'error' => $e->errorInfo[0]]); }
try { $pdo->prepare('SELECT nothing FROM nowhere')->execute(); } catch (PDOException $e) { truth('SELECT nothing FROM nowhere', ['error' => $e->errorInfo[0], 'command' => 'parse']); }
$pdo->beginTransaction();
truth('BEGIN');
$insert->execute(['rolled back', '1', null]);
truth($sql, ['parameters' => ['rolled back', '1', null], 'affected' => 1]);
$pdo->rollBack();
truth('ROLLBACK');
unset($insert, $select, $blob, $bad, $pdo);

// ---- PDO, emulated prepares -----------------------------------------------------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, $errors + [PDO::ATTR_EMULATE_PREPARES => true]);
$sql = "CREATE TABLE php2 AS SELECT n AS id, 'name ' || n AS name, n * 1.5 AS price, NULL::text[] AS tags FROM generate_series(1, 9) n";
$pdo->exec($sql);
truth($sql, ['affected' => 9]);
$select = $pdo->prepare('SELECT name, price FROM php2 WHERE name = ? OR price < ?');
$select->execute(["O'Brien \\ \"x\"", '0']);
truth("SELECT name, price FROM php2 WHERE name = 'O''Brien \\ \"x\"' OR price < '0'", ['rows' => count($select->fetchAll())]);
$many = 'SELECT 1; UPDATE php2 SET price = 5 WHERE id = 1; SELECT 1 UNION SELECT 2';
$pdo->exec($many);
truth($many, ['rows' => 3, 'affected' => 1]);
unset($select, $pdo);

// ---- PDO without named statements: Parse, Bind and Execute in one batch ----------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, $errors + [PDO::PGSQL_ATTR_DISABLE_PREPARES => true]);
$sql = "CREATE TABLE php3 AS SELECT n AS id, 'name ' || n AS name, n * 1.5 AS price, NULL::text[] AS tags FROM generate_series(1, 9) n";
$pdo->exec($sql);
truth($sql, ['affected' => 9]);
$select = $pdo->prepare('SELECT id, tags FROM php3 WHERE id = ?');
$select->execute([3]);
truth('SELECT id, tags FROM php3 WHERE id = $1', ['parameters' => ['3'], 'rows' => count($select->fetchAll())]);
unset($select, $pdo);

// ---- PDO with a cursor of the server's ------------------------------------------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, $errors);
$pdo->beginTransaction();
truth('BEGIN');
$sql = 'SELECT n FROM generate_series(1, 25) n';
$cursor = $pdo->prepare($sql, [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
$cursor->execute();
truth("DECLARE pdo_crsr_00000001 SCROLL CURSOR WITH HOLD FOR $sql");
truth('FETCH FORWARD 0 FROM pdo_crsr_00000001');
for ($i = 0; $i < 3; $i++) { $cursor->fetch(); truth('FETCH NEXT FROM pdo_crsr_00000001', ['rows' => 1]); }
$cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 20);
truth('FETCH ABSOLUTE 20 FROM pdo_crsr_00000001', ['rows' => 1]);
unset($cursor);
$pdo->commit();
truth('COMMIT');
unset($pdo);

// ---- pg_* functions -------------------------------------------------------------------------------------------------
$c = pg_connect("host=$HOST port=$PORT user=$USER password=$PASSWORD dbname=$DATABASE sslmode=disable client_encoding=UTF8");
$sql = "CREATE TABLE php4 AS SELECT n AS id, 'name ' || n AS name, n * 1.5 AS price, NULL::text[] AS tags FROM generate_series(1, 9) n";
pg_query($c, $sql);
truth($sql, ['affected' => 9]);
function plain($c, string $sql): void {
    $r = pg_query($c, $sql);
    truth($sql, ['rows' => pg_num_rows($r), 'affected' => pg_num_fields($r) > 0 ? 0 : pg_affected_rows($r)]);
}
plain($c, "UPDATE php4 SET tags = '{a,b}' WHERE id <= 2");
plain($c, 'DELETE FROM php4 WHERE id = 77');
pg_send_query($c, 'SELECT * FROM missing'); // pg_query hides the code
truth('SELECT * FROM missing', ['error' => pg_result_error_field(pg_get_result($c), PGSQL_DIAG_SQLSTATE)]);
while (pg_get_result($c)) { }
$r = pg_query_params($c, 'SELECT $1::int + $2::int AS sum, $3::text', [1, 2, null]);
truth('SELECT $1::int + $2::int AS sum, $3::text', ['parameters' => ['1', '2', null], 'rows' => pg_num_rows($r)]);
$r = pg_query_params($c, 'UPDATE php4 SET price = price + $1 WHERE id = $2 RETURNING price', ['1.25', 1]);
truth('UPDATE php4 SET price = price + $1 WHERE id = $2 RETURNING price', ['parameters' => ['1.25', '1'], 'rows' => 1, 'affected' => 1]);
pg_prepare($c, 'my stmt', 'SELECT name FROM php4 WHERE id = ANY($1::int[]) ORDER BY 1');
foreach (['{1,2,3}', '{}', '{4}'] as $ids) {
    $r = pg_execute($c, 'my stmt', [$ids]);
    truth('SELECT name FROM php4 WHERE id = ANY($1::int[]) ORDER BY 1', ['parameters' => [$ids], 'rows' => pg_num_rows($r)]);
}
// several results of one asynchronous text, an error in the middle
$many = "INSERT INTO php4 (name) VALUES ('m1'), ('m2'); SELECT 1/0; INSERT INTO php4 (name) VALUES ('never')";
pg_send_query($c, $many);
while ($r = pg_get_result($c)) { $code = pg_result_error_field($r, PGSQL_DIAG_SQLSTATE); }
truth($many, ['error' => $code, 'affected' => 2]);
pg_send_query_params($c, 'SELECT pg_sleep(0.01), $1::text', ['async']);
while ($r = pg_get_result($c)) { }
truth('SELECT pg_sleep(0.01), $1::text', ['parameters' => ['async'], 'rows' => 1]);
// COPY by the old interface, both ways
pg_query($c, 'COPY php4 (name, price) FROM STDIN');
foreach (["c1\t1\n", "c2\t\\N\n", "c3\t3.25\n"] as $line) { pg_put_line($c, $line); }
pg_put_line($c, "\\.\n");
pg_end_copy($c);
truth('COPY php4 (name, price) FROM STDIN', ['affected' => 3, 'copy' => 'in']);
$lines = pg_copy_to($c, 'php4');
truth(sprintf('COPY %s TO STDOUT DELIMITER E\'%s\' NULL AS E\'%s\'', 'php4', "\t", '\\\\N'), ['rows' => count($lines), 'copy' => 'out']);
plain($c, "SELECT convert_from('\\x5a6fc3ab', 'UTF8')");
pg_query($c, 'LISTEN news');
truth('LISTEN news');
pg_query($c, "NOTIFY news, 'hello'");
truth("NOTIFY news, 'hello'");
if (pg_get_notify($c)['payload'] !== 'hello') { fwrite(STDERR, "no notification\n"); exit(1); }
pg_set_client_encoding($c, 'LATIN1');
$r = pg_query($c, "SELECT name FROM php4 WHERE name = 'Zo\xeb'");
truth("SELECT name FROM php4 WHERE name = 'Zo\u{eb}'", ['rows' => pg_num_rows($r)]);
pg_close($c);

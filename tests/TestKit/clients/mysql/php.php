<?php
// PDO with server-side and with emulated prepares, and mysqli, on MySQL and MariaDB. Needs -d mysqli.allow_local_infile=1.
require __DIR__ . '/../truth.php';

mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
$dsn = "mysql:host=$HOST;port=$PORT;dbname=$DATABASE;charset=utf8mb4";

// ---- PDO, server-side prepares --------------------------------------------------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false]);
$sql = 'CREATE TABLE php (id int AUTO_INCREMENT PRIMARY KEY, name varchar(100), price decimal(10,2), f double, data blob, at datetime(6), j json) CHARACTER SET utf8mb4';
$pdo->exec($sql);
truth($sql);
$sql = 'INSERT INTO php (name, price, at) VALUES (?, ?, ?)';
$insert = $pdo->prepare($sql);
foreach ([['Zoë 😀', '1.50', '2024-02-29 01:02:03.000004'], ['O\'Brien \\ "x"', null, null], ["tab\tline\nend", '-0.01', '1000-01-01'], ['', '99999999.99', '9999-12-31']] as $row) {
    $insert->execute($row);
    truth($sql, ['parameters' => $row, 'affected' => $insert->rowCount()]);
}
$sql = 'SELECT * FROM php WHERE id > ? AND id < ? ORDER BY id';
$select = $pdo->prepare($sql);
foreach ([[0, 100], [2, 4], [50, 60]] as [$low, $high]) {
    $select->bindValue(1, $low, PDO::PARAM_INT);
    $select->bindValue(2, $high, PDO::PARAM_INT);
    $select->execute();
    truth($sql, ['parameters' => ["$low", "$high"], 'rows' => count($select->fetchAll())]);
}
$bytes = "\0\1\xff\xfe" . str_repeat("\x80", 300);
$sql = 'UPDATE php SET data = ?, f = 0.5 WHERE id = 1';
$pdo->prepare($sql)->execute([$bytes]);
truth($sql, ['affected' => 1]);
try { $pdo->prepare('SELECT nothing FROM nowhere'); } catch (PDOException $e) { truth('SELECT nothing FROM nowhere', ['error' => "{$e->errorInfo[1]}"]); }
$pdo->beginTransaction();
truth('START TRANSACTION');
$pdo->exec('DELETE FROM php');
truth('DELETE FROM php', ['affected' => 4]);
$pdo->rollBack();
unset($insert, $select, $pdo);

// ---- PDO, emulated prepares, several statements in one text, unbuffered ------------------------------------------------
$pdo = new PDO($dsn, $USER, $PASSWORD, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::MYSQL_ATTR_LOCAL_INFILE => true]);
$sql = 'CREATE TABLE php2 (id int AUTO_INCREMENT PRIMARY KEY, name varchar(100), price decimal(10,2), f double, data blob, at datetime(6)) CHARACTER SET utf8mb4';
$pdo->exec($sql);
truth($sql);
$sql = "INSERT INTO php2 (name, price) VALUES ('a', -1), ('b', 2), ('Zo\u{eb}', NULL), ('d', 4)";
$pdo->exec($sql);
truth($sql, ['affected' => 4]);
$select = $pdo->prepare('SELECT name, price FROM php2 WHERE name = ? OR price < ?');
$select->execute(["O'Brien \\ \"x\"", '0']);
truth('SELECT name, price FROM php2 WHERE name = \'O\\\'Brien \\\\ \\"x\\"\' OR price < \'0\'', ['rows' => count($select->fetchAll())]);
$many = 'SELECT 1; UPDATE php2 SET price = 5 WHERE id = 1; SELECT 1 UNION SELECT 2';
$statement = $pdo->query($many);
do { $statement->fetchAll(); } while ($statement->nextRowset());
truth($many, ['rows' => 3, 'affected' => 1]);
$pdo->setAttribute(PDO::MYSQL_ATTR_USE_BUFFERED_QUERY, false);
$statement = $pdo->query('SELECT a.id FROM php2 a, php2 b, php2 c');
for ($rows = 0; $statement->fetch(); $rows++) { }
truth('SELECT a.id FROM php2 a, php2 b, php2 c', ['rows' => $rows]);
unset($select, $statement, $pdo);

// ---- mysqli ---------------------------------------------------------------------------------------------------------
$db = mysqli_init();
$db->options(MYSQLI_OPT_LOCAL_INFILE, true);
$db->real_connect($HOST, $USER, $PASSWORD, $DATABASE, (int)$PORT);
$db->set_charset('utf8mb4');
truth('SET NAMES utf8mb4');
function fails(string $sql, callable $action, array $facts = []): void {
    try { $action(); } catch (mysqli_sql_exception $e) { truth($sql, ['error' => "{$e->getCode()}"] + $facts); }
}
$sql = 'CREATE TABLE php3 (id int AUTO_INCREMENT PRIMARY KEY, name varchar(100), price decimal(10,2), f double, data blob, at datetime(6)) CHARACTER SET utf8mb4';
$db->query($sql);
truth($sql);
$sql = "INSERT INTO php3 (name, price) VALUES ('a', -1), ('b', 2), ('Zo\u{eb}', NULL), ('d', 4)";
$db->query($sql);
truth($sql, ['affected' => 4]);
$sql = 'INSERT INTO php3 (name, price, f, data) VALUES (?, ?, ?, ?)';
$statement = $db->prepare($sql);
$name = 'typed'; $price = '12.34'; $double = 0.1; $data = null;
$statement->bind_param('ssdb', $name, $price, $double, $data);
$statement->send_long_data(3, str_repeat("long\0", 1000)); // ahead of the execute, in two parts
$statement->send_long_data(3, str_repeat("\xff", 5000));
$statement->execute();
truth($sql, ['parameters' => ['typed', '12.34', '0.1', '(long data)'], 'affected' => $statement->affected_rows]);
$statement->reset();
$name = null; $double = -1.5e300;
$statement->execute();
truth($sql, ['affected' => $statement->affected_rows]);
$sql = 'SELECT id, name, f, at FROM php3 WHERE id >= ?';
$statement = $db->prepare($sql);
$low = 3;
$statement->bind_param('i', $low);
for ($low = 3; $low <= 5; $low++) {
    $statement->execute();
    truth($sql, ['parameters' => ["$low"], 'rows' => $statement->get_result()->num_rows]);
}
$statement->close();
// a cursor of the server's: rows come by stmt_fetch
$sql = 'SELECT a.id FROM php3 a, php3 b';
$statement = $db->prepare($sql);
$statement->attr_set(MYSQLI_STMT_ATTR_CURSOR_TYPE, MYSQLI_CURSOR_TYPE_READ_ONLY);
$statement->execute();
for ($rows = 0; $statement->fetch(); $rows++) { }
truth($sql, ['fetched' => $rows]);
$statement->close();
$many = 'SELECT 1; INSERT INTO php3 (name) VALUES (\'m\'); SELECT * FROM missing; SELECT 2';
fails($many, function () use ($db, $many) {
    $db->multi_query($many);
    do { if ($r = $db->store_result()) { $r->free(); } } while ($db->next_result());
}, ['rows' => 1, 'affected' => 1]);
$file = tempnam(sys_get_temp_dir(), 'infile');
file_put_contents($file, "200\tloaded\n201\tloaded too\n");
$sql = "LOAD DATA LOCAL INFILE '$file' INTO TABLE php3 (id, name)";
$db->query($sql);
truth($sql, ['affected' => $db->affected_rows, 'copy' => 'in']);
unlink($file);
try { $db->query($sql); } catch (mysqli_sql_exception) { truth($sql, ['copy' => 'in']); } // the file is gone: none is sent, and the error is the client's own
$db->query('CREATE PROCEDURE php_two(IN n int) BEGIN SELECT n; SELECT id FROM php3 WHERE id >= n ORDER BY id; END');
truth('CREATE PROCEDURE php_two(IN n int) BEGIN SELECT n; SELECT id FROM php3 WHERE id >= n ORDER BY id; END');
$db->multi_query('CALL php_two(200)');
do { if ($r = $db->store_result()) { $r->free(); } } while ($db->more_results() && $db->next_result());
truth('CALL php_two(200)', ['rows' => 3]);
$statement = $db->prepare('CALL php_two(?)');
$n = 201;
$statement->bind_param('i', $n);
$statement->execute();
do { if ($r = $statement->get_result()) { $r->free(); } } while ($statement->next_result());
truth('CALL php_two(?)', ['parameters' => ['201'], 'rows' => 2]);
$statement->close();
fails('SELEC 1', fn () => $db->query('SELEC 1'));
fails('INSERT INTO php3 (id) VALUES (1)', fn () => $db->query('INSERT INTO php3 (id) VALUES (1)'));
$db->query('SET @kept = 1');
truth('SET @kept = 1');
$db->change_user($USER, $PASSWORD, $DATABASE);
$r = $db->query('SELECT @kept IS NULL AS gone');
truth('SELECT @kept IS NULL AS gone', ['rows' => $r->num_rows]);
if ($r->fetch_row()[0] != 1) { fwrite(STDERR, "the session was not reset\n"); exit(1); }
$db->set_charset('latin1');
truth('SET NAMES latin1');
$r = $db->query("SELECT id FROM php3 WHERE name = 'Zo\xeb'");
truth("SELECT id FROM php3 WHERE name = 'Zo\u{eb}'", ['rows' => $r->num_rows]);
$db->autocommit(false);
$db->query('UPDATE php3 SET f = 7');
truth('UPDATE php3 SET f = 7', ['affected' => $db->affected_rows]);
$db->rollback();
$db->ping();
$db->select_db($DATABASE);
$db->stat();
$db->close();
own('SET (autocommit|AUTOCOMMIT)=[01]|ROLLBACK ?');

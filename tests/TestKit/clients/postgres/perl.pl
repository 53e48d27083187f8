# DBD::Pg: server-side prepares, client-side ones, COPY, asynchronous queries, savepoints.
use strict; use warnings;
use FindBin; use lib "$FindBin::Bin/..";
use Truth;
use DBI; use DBD::Pg qw(:pg_types :async);

our ($host, $port, $user, $password, $database) = @ARGV;
own('DEALLOCATE dbdpg_\w+|begin|commit|rollback');
my $db = DBI->connect("dbi:Pg:host=$host;port=$port;dbname=$database;sslmode=disable", $user, $password,
    { RaiseError => 1, PrintError => 0, AutoCommit => 1, PrintWarn => 0 });
my $sql = 'CREATE TABLE perl (id int PRIMARY KEY, name text, data bytea, happened timestamp, flags boolean)';
$db->do($sql); truth($sql);
my $insert = $db->prepare('INSERT INTO perl (id, name, happened, flags) VALUES (?, ?, ?, ?)', { pg_server_prepare => 1 });
for my $row ([1, "it's", '2024-05-06 07:08:09.123456', 't'], [2, undef, undef, undef], [3, "\x{1F600} smile", 'infinity', 'f']) {
    my $n = $insert->execute(@$row);
    truth('INSERT INTO perl (id, name, happened, flags) VALUES ($1, $2, $3, $4)', parameters => [map { defined $_ ? "$_" : undef } @$row], affected => $n + 0);
}
eval { $insert->execute(1, 'again', undef, undef) };
truth('INSERT INTO perl (id, name, happened, flags) VALUES ($1, $2, $3, $4)', parameters => ['1', 'again', undef, undef], error => $insert->state);
my $data = $db->prepare('UPDATE perl SET data = ? WHERE id = ?');
$data->bind_param(1, join('', map { chr } 0 .. 255), { pg_type => PG_BYTEA });
$data->bind_param(2, 1);
truth('UPDATE perl SET data = $1 WHERE id = $2', affected => $data->execute + 0);
for my $i (1 .. 3) { # the second and later executions use the prepared statement
    my $rows = $db->selectall_arrayref('SELECT * FROM perl WHERE id >= ? ORDER BY id', undef, $i);
    truth('SELECT * FROM perl WHERE id >= $1 ORDER BY id', parameters => ["$i"], rows => scalar @$rows);
}
my $direct = $db->prepare('SELECT name FROM perl WHERE id = ? AND name <> ?', { pg_server_prepare => 0 });
$direct->execute(1, "o'x");
truth("SELECT name FROM perl WHERE id = '1' AND name <> 'o''x'", rows => $direct->rows); # the driver's own quoting
$direct->finish;
my $question = $db->prepare('SELECT count(*) FROM perl WHERE name ~ $1 OR id = $2');
$question->execute('smile$', 2);
truth('SELECT count(*) FROM perl WHERE name ~ $1 OR id = $2', parameters => ['smile$', '2'], rows => 1);
$question->finish;

# a transaction with a savepoint and an error
$db->begin_work; # sent with the first statement
$db->do('DELETE FROM perl WHERE id = 3'); truth('DELETE FROM perl WHERE id = 3', affected => 1);
$db->pg_savepoint('sp'); truth('savepoint sp');
eval { $db->do('INSERT INTO perl (id) VALUES (1)') }; truth('INSERT INTO perl (id) VALUES (1)', error => $db->state);
eval { $db->do('SELECT 1') }; truth('SELECT 1', error => $db->state);
$db->pg_rollback_to('sp'); truth('rollback to sp');
$db->commit;

$db->do('COPY perl (id, name) FROM STDIN');
$db->pg_putcopydata("$_\tcopied $_\n") for 10 .. 14;
$db->pg_putcopyend;
truth('COPY perl (id, name) FROM STDIN', affected => 5, copy => 'in');
$db->do('COPY perl (id, name) FROM STDIN');
$db->pg_putcopydata("not a number\tx\n");
eval { $db->pg_putcopyend }; truth('COPY perl (id, name) FROM STDIN', error => $db->state, copy => 'in');
$db->do('COPY (SELECT id FROM perl ORDER BY id) TO STDOUT');
my ($line, $lines) = ('', 0);
$lines++ while $db->pg_getcopydata($line) >= 0;
truth('COPY (SELECT id FROM perl ORDER BY id) TO STDOUT', rows => $lines, copy => 'out');

$db->do('SELECT pg_sleep(0.01)', { pg_async => PG_ASYNC }); $db->pg_result; truth('SELECT pg_sleep(0.01)', rows => 1);
$db->do('SELECT 1; UPDATE perl SET flags = true; SELECT 2'); truth('SELECT 1; UPDATE perl SET flags = true; SELECT 2', rows => 2, affected => 7);
$db->do("SET statement_timeout = 50"); truth("SET statement_timeout = 50");
eval { $db->do('SELECT pg_sleep(5)') }; truth('SELECT pg_sleep(5)', error => $db->state);
$db->disconnect;

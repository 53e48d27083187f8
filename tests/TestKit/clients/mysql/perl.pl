# DBD::mysql and DBD::MariaDB with server-side prepares, on MySQL and MariaDB.
use strict; use warnings;
use FindBin; use lib "$FindBin::Bin/..";
use Truth;
use DBI;

our ($host, $port, $user, $password, $database) = @ARGV;
own('SET (autocommit|NAMES|character_set_server|collation_\w+) ?=? ?\S+|COMMIT|ROLLBACK');
my %options = (RaiseError => 1, PrintError => 0, AutoCommit => 1);
for my $driver (qw(mysql MariaDB)) {
    unless (eval "require DBD::$driver") { die $@ }
    my $d = lc $driver; my $t = "perl_$d";
    my $db = DBI->connect("dbi:$driver:host=$host;port=$port;database=$database;${d}_server_prepare=1;${d}_local_infile=1", $user, $password,
        { %options, $driver eq 'mysql' ? (mysql_enable_utf8mb4 => 1) : () });
    my $sql = "CREATE TABLE $t (id int PRIMARY KEY, name varchar(50) CHARACTER SET utf8mb4, data blob, at timestamp NULL, big bigint unsigned)";
    $db->do($sql); truth($sql);
    $sql = "INSERT INTO $t (id, name, at, big) VALUES (?, ?, ?, ?)";
    my $insert = $db->prepare($sql);
    for my $row ([1, "it's", '2024-05-06 07:08:09', '18446744073709551615'], [2, undef, undef, undef], [3, "\x{1F600} smile", undef, 0]) {
        my $n = $insert->execute(@$row);
        truth($sql, parameters => [map { defined $_ ? "$_" : undef } @$row], affected => $n + 0);
    }
    eval { $insert->execute(1, 'again', undef, undef) };
    truth($sql, parameters => ['1', 'again', undef, undef], error => $insert->err);
    $sql = "SELECT * FROM $t WHERE id >= ? ORDER BY id";
    my $select = $db->prepare($sql);
    for my $i (1 .. 3) {
        $select->bind_param(1, $i, DBI::SQL_INTEGER());
        $select->execute;
        truth($sql, parameters => ["$i"], rows => scalar @{ $select->fetchall_arrayref });
    }
    $db->do("UPDATE $t SET name = 'x' WHERE id < 3"); truth("UPDATE $t SET name = 'x' WHERE id < 3", affected => 2);
    eval { $db->do("SELECT * FROM gone") }; truth("SELECT * FROM gone", error => $db->err);
    $db->begin_work;
    $db->do("DELETE FROM $t WHERE id = ?", undef, 3); truth("DELETE FROM $t WHERE id = ?", affected => 1);
    $db->rollback;
    my $rows = $db->selectall_arrayref("SELECT name FROM $t");
    truth("SELECT name FROM $t", rows => scalar @$rows);
    $db->disconnect;
}

#!/bin/sh
# cli.sh MARIADB|MYSQL HOST PORT USER PASSWORD DATABASE: the vendor's own command line. It goes on after errors (--force); what comes of each
# statement is known beforehand, and said here.
program=$1
case $program in */mysql) tls='--get-server-public-key --commands' ;; *) tls=--skip-ssl ;; esac
file=$(mktemp)
printf '1,one\n2,two\n3,\\N\n' >"$file"
MYSQL_PWD=$5 "$program" --no-defaults $tls -h "$2" -P "$3" -u "$4" --local-infile=1 --force --comments --default-character-set=utf8mb4 "$6" >/dev/null 2>&1 <<END_OF_SQL
CREATE TABLE cli (id int PRIMARY KEY, name varchar(20));
LOAD DATA LOCAL INFILE '$file' INTO TABLE cli FIELDS TERMINATED BY ',';
SELECT * FROM cli;
INSERT INTO cli VALUES (1, 'twice');
SELECT * FROM missing;
DELIMITER //
CREATE PROCEDURE results() BEGIN SELECT 1; SELECT id FROM cli; END//
DELIMITER ;
CALL results();
SELECT 'ünï', NULL, x'00ff' /* a comment */;
START TRANSACTION;
UPDATE cli SET name = 'x';
ROLLBACK;
use $6
SELECT COUNT(*) FROM cli;
END_OF_SQL
MYSQL_PWD=$5 "$program" --no-defaults $tls -h "$2" -P "$3" -u "$4" --compress --default-character-set=utf8mb4 "$6" >/dev/null <<END_OF_SQL
SELECT REPEAT('compressed', 100000);
SELECT 'a text that is long enough to be worth compressing, as it says the same thing again: long enough to be worth compressing';
END_OF_SQL
# without a database: refused for that reason, in a replay too
MYSQL_PWD=$5 "$program" --no-defaults $tls -h "$2" -P "$3" -u "$4" --force -e "SELECT * FROM unqualified; SELECT COUNT(*) FROM $6.cli" >/dev/null 2>&1
rm -f "$file"
cat <<END_OF_TRUTH
{"driver":"select @@version_comment limit 1|SELECT DATABASE\\\\(\\\\)|select USER\\\\(\\\\)|select \\\\$\\\\$|show (databases|tables)"}
{"sql":"CREATE TABLE cli (id int PRIMARY KEY, name varchar(20))"}
{"sql":"LOAD DATA LOCAL INFILE '$file' INTO TABLE cli FIELDS TERMINATED BY ','","affected":3,"copy":"in"}
{"sql":"SELECT * FROM cli","rows":3}
{"sql":"INSERT INTO cli VALUES (1, 'twice')","error":"1062"}
{"sql":"SELECT * FROM missing","error":"1146"}
{"sql":"CREATE PROCEDURE results() BEGIN SELECT 1; SELECT id FROM cli; END"}
{"sql":"CALL results()","rows":4}
{"sql":"SELECT 'ünï', NULL, x'00ff' /* a comment */","rows":1}
{"sql":"START TRANSACTION"}
{"sql":"UPDATE cli SET name = 'x'","affected":3}
{"sql":"ROLLBACK"}
{"sql":"SELECT COUNT(*) FROM cli","rows":1}
{"sql":"SELECT REPEAT('compressed', 100000)","rows":1}
{"sql":"SELECT 'a text that is long enough to be worth compressing, as it says the same thing again: long enough to be worth compressing'","rows":1}
END_OF_TRUTH

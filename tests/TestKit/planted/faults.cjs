'use strict';
// What is planted on the new server, each fault on a shape of its own: {name, effect, marker, how, sql, values, count, reporters, before, plant}. `before`: statements that make it ready before the capture; `plant`: those for the new side
// only; what one statement plants on two shapes stands with the last. effect: 'tenth' and 'quarter' (that much slower), 'large' (twice as slow or more, if only for some executions), 'error', 'result', 'order', 'form' (equal values in another form).
// marker: the part of the text, in lower case, that no other shape has. reporters: how many of the executions are the other user's.
const { reporter, rows, toll } = require('./schema.cjs');

const base = 1000; // microseconds that a statement takes which is to become a little slower
const some = [1, 2000];

/** loops: how many times burn() counts in a microsecond; overhead: microseconds of a statement that burns nothing. Both are measured on the server that is captured. isMariaDb: whether that is MariaDB, not MySQL. */
exports.of = (engine, database, { loops, overhead, isMariaDb }) => {
  const isPostgres = engine === 'postgres';
  const iterations = (microseconds) => Math.max(1, Math.round(loops * microseconds));
  const slower = (name, effect, count, before, after, values = [some]) => ({
    name, effect, marker: `toll_${name}`, how: 'text', sql: `SELECT id, toll_${name}(id) FROM ledger WHERE id = ?`, values, count,
    before: toll(engine, `toll_${name}`, before), plant: toll(engine, `toll_${name}`, after),
  });
  const share = (name, effect, by) => slower(name, effect, 240, iterations(base - overhead), iterations(base - overhead + base * by));
  const slowOnes = (slow, quick) => `CASE WHEN mod(x, 100) = 0 THEN ${iterations(slow)} ELSE ${iterations(quick)} END`;
  const forOne = (condition, slow) => `CASE WHEN ${condition} THEN ${iterations(slow)} ELSE ${iterations(200)} END`;
  const both = [
    { name: 'dropped index', effect: 'large', marker: 'from tickets where code', how: 'prepared', sql: 'SELECT id, note FROM tickets WHERE code = ?', values: [[0, 19999]], count: 120, plant: [isPostgres ? 'DROP INDEX tickets_code' : 'ALTER TABLE tickets DROP INDEX tickets_code'] },
    ...['quarter_1', 'quarter_2', 'quarter_3', 'quarter_4', 'quarter_5'].map((name) => share(name, 'quarter', 0.25)),
    ...['tenth_1', 'tenth_2'].map((name) => share(name, 'tenth', 0.1)),
    slower('tail', 'large', 2000, slowOnes(1000, 50), slowOnes(3000, 50), [[1, rows.ledger]]),
    slower('value', 'large', 240, iterations(200), forOne('x = 7', 1000), [[7, 7, 7, 1, 11, 12, 13, 14, 15, 16]]),
    { ...slower('new_error', 'error', 120, 1, 1), plant: refuse(engine, 'toll_new_error') },
    { ...slower('removed', 'error', 120, 1, 1), plant: [isPostgres ? 'DROP FUNCTION toll_removed(int)' : 'DROP FUNCTION toll_removed'] },
    { name: 'sort order', effect: 'order', marker: 'from names where family', how: 'text', sql: 'SELECT name FROM names WHERE family = ? ORDER BY name', values: [[0, 99]], count: 120, plant: [] },
    { name: 'collation', effect: 'result', marker: 'from names where name', how: 'unnamed', sql: 'SELECT count(*) FROM names WHERE name < ? AND family = 3', values: [['A5', 'B5', 'B7']], count: 120, plant: [collation(isPostgres)] },
  ];
  return [...both, ...(isPostgres ? postgresOnly(database) : mysqlOnly(isMariaDb, slower, forOne, iterations))].map((fault) => ({ before: [], ...fault }));
};

const collation = (isPostgres) => (isPostgres
  ? 'ALTER TABLE names ALTER COLUMN name TYPE varchar(40) COLLATE "en-x-icu"'
  : 'ALTER TABLE names MODIFY name varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL');

const refuse = (engine, name) => (engine === 'postgres'
  ? [`CREATE OR REPLACE FUNCTION ${name}(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF x > 1000 THEN RAISE EXCEPTION 'no tariff' USING ERRCODE = 'data_exception'; END IF; RETURN x; END $$`]
  : [`DROP FUNCTION ${name}`, `CREATE FUNCTION ${name}(x int) RETURNS int DETERMINISTIC BEGIN IF x > 1000 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no tariff'; END IF; RETURN x; END`]);

const postgresOnly = (database) => [
  { name: 'planner setting', effect: 'large', marker: 'cross join products', how: 'text', sql: 'SELECT count(*) FROM (SELECT id FROM customers WHERE id <= 15) c CROSS JOIN products p JOIN orders o ON o.product = p.id AND mod(o.customer, 15) + 1 = c.id WHERE o.id = ?', values: [[1, 19000]], count: 120, plant: [`ALTER DATABASE ${database} SET join_collapse_limit = 1`] },
  { name: 'one client', effect: 'large', marker: 'from ledger where ref', how: 'text', sql: 'SELECT amount FROM ledger WHERE ref = ?', values: [[0, 9999]], count: 240, reporters: 120, plant: ['enable_indexscan', 'enable_bitmapscan'].map((setting) => `ALTER ROLE ${reporter} SET ${setting} = off`) },
  { name: 'float format', effect: 'form', marker: 'reading from measures', how: 'text', sql: 'SELECT reading FROM measures WHERE id = ?', values: [some], count: 120, plant: [`ALTER DATABASE ${database} SET extra_float_digits = 0`] },
];

const unmerged = (isMariaDb) => `derived_merge=off,${isMariaDb ? 'condition_pushdown_for_derived' : 'derived_condition_pushdown'}=off`;

const mysqlOnly = (isMariaDb, slower, forOne, iterations) => [
  { name: 'optimizer setting', effect: 'large', marker: 'as merged', how: 'text', sql: 'SELECT amount FROM (SELECT id, amount, ref + 1 AS next FROM ledger) AS merged WHERE id = ?', values: [some], count: 120, plant: [`SET GLOBAL optimizer_switch = '${unmerged(isMariaDb)}'`] },
  { ...slower('client', 'large', 240, iterations(200), forOne(`USER() LIKE '${reporter}@%'`, 1500)), name: 'one client', reporters: 120 },
  { name: 'float format', effect: 'result', marker: 'part / whole', how: 'text', sql: 'SELECT part / whole FROM measures WHERE id = ?', values: [some], count: 120, plant: ['SET GLOBAL div_precision_increment = 9'] },
  { name: 'strict mode', effect: 'error', marker: 'insert into labels', how: 'text', sql: "INSERT INTO labels (worker, n, label) VALUES (?, ?, 'too long for it')", values: ['worker', 'next'], count: 60, plant: ["SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY'"] },
  { name: 'full group by', effect: 'error', marker: 'any_grade', how: 'text', sql: 'SELECT city, grade AS any_grade FROM customers WHERE id = ? GROUP BY city', values: [[1, 10000]], count: 60, plant: [] },
];

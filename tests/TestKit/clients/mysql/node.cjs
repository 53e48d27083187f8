// mysql2 (text and prepared) and mariadb (pipelines, bulk) on MySQL and MariaDB.
'use strict';
const { where, truth, own } = require('../truth.cjs');
const mysql = require('mysql2/promise');
const mariadb = require('mariadb');
const { Readable } = require('stream');

async function mysql2() {
  const c = await mysql.createConnection({ ...where, multipleStatements: true });
  const say = (sql, result, facts) => {
    const sets = Array.isArray(result) && Array.isArray(result[0]) ? result : [result];
    const count = Array.isArray(result) && !(result.length > 0 && typeof result[0] === 'object' && Array.isArray(result[0])) ? { rows: result.length } : { affected: result.affectedRows };
    truth(sql, { ...count, ...facts });
    return sets;
  };
  const shown = (values) => values.map((v) => (v === null ? null : String(v)));
  const run = async (sql) => {
    try { say(sql, (await c.query(sql))[0]); } catch (e) { truth(sql, { error: String(e.errno) }); }
  };
  const execute = async (sql, values, parameters = shown(values)) => {
    try { say(sql, (await c.execute(sql, values))[0], { parameters }); } catch (e) { truth(sql, { error: String(e.errno) }); }
  };
  await run('CREATE TABLE node (id int PRIMARY KEY, name varchar(200), data longblob, j json, d date, t time(3), e enum(\'a\',\'b\'), y year) CHARACTER SET utf8mb4');
  await execute('INSERT INTO node (id, name) VALUES (?, ?)', [1, 'ünï 😀']);
  await execute('INSERT INTO node (id, name) VALUES (?, ?)', [2, null]);
  await execute('INSERT INTO node (id, name) VALUES (?, ?)', [1, 'twice']);
  await execute('INSERT INTO node (id, d, t, e, y, j) VALUES (?, ?, ?, ?, ?, ?)', [3, '2024-02-29', '-12:34:56.789', 'b', 2024, '{"a": [1, null]}']);
  await c.execute('UPDATE node SET data = ? WHERE id = ?', [Buffer.from([0, 1, 254, 255]), 1]);
  truth('UPDATE node SET data = ? WHERE id = ?', { affected: 1 });
  for (let i = 0; i < 4; i++) await execute('SELECT * FROM node WHERE id >= ? ORDER BY id', [i]);
  await execute('SELECT * FROM gone WHERE a = ?', [1]);
  await run("SELECT 'text', NULL, 1.5, NOW() > '2020-01-01'");
  const many = "SELECT 1; INSERT INTO node (id) VALUES (4); SELECT 2 UNION SELECT 3";
  await c.query(many);
  truth(many, { rows: 3, affected: 1 });
  await c.query({ sql: "LOAD DATA LOCAL INFILE 'stream' INTO TABLE node (id, name)", infileStreamFactory: () => Readable.from([Buffer.from('900\tstreamed\n901\t\\N\n')]) });
  truth("LOAD DATA LOCAL INFILE 'stream' INTO TABLE node (id, name)", { affected: 2, copy: 'in' });
  // several queries at once wait for each other in the driver
  const all = await Promise.all([c.query('SELECT 1'), c.execute('SELECT id FROM node WHERE id < ?', [3]), c.query('SELECT id FROM node')]);
  truth('SELECT 1', { rows: 1 });
  truth('SELECT id FROM node WHERE id < ?', { rows: all[1][0].length, parameters: ['3'] });
  truth('SELECT id FROM node', { rows: all[2][0].length });
  const big = Buffer.alloc(17 << 20, 0x61); // the packet that carries it is continued in a second one
  await c.execute('UPDATE node SET data = ? WHERE id = 2', [big]);
  truth('UPDATE node SET data = ? WHERE id = 2', { affected: 1 });
  const rows = (await c.execute('SELECT data FROM node WHERE id = 2'))[0];
  if (rows[0].data.length !== big.length) throw new Error('the big value came back shorter');
  truth('SELECT data FROM node WHERE id = 2', { rows: 1 });
  c.unprepare('SELECT * FROM node WHERE id >= ? ORDER BY id');
  await c.changeUser({ user: where.user, password: where.password, database: where.database });
  await run('SELECT id FROM node WHERE id = 3');
  await c.ping();
  await c.beginTransaction();
  truth('START TRANSACTION');
  await run('DELETE FROM node WHERE id > 2');
  await c.rollback();
  truth('ROLLBACK');
  await c.end();
}

async function pipelines() {
  const c = await mariadb.createConnection({ ...where, pipelining: true, allowPublicKeyRetrieval: true, bulk: true, multipleStatements: false });
  await c.query('CREATE TABLE node2 (id int PRIMARY KEY, name varchar(100))');
  truth('CREATE TABLE node2 (id int PRIMARY KEY, name varchar(100))');
  await c.query('INSERT INTO node2 (id) VALUES (1), (2), (3)');
  truth('INSERT INTO node2 (id) VALUES (1), (2), (3)', { affected: 3 });
  const at = [c.query('SELECT 1 AS a'), c.query('UPDATE node2 SET name = ? WHERE id = ?', ["o'p", 1]), c.query('SELECT * FROM missing').catch((e) => e), c.query('SELECT id FROM node2 ORDER BY id')];
  const [a, b, error, d] = await Promise.all(at);
  truth('SELECT 1 AS a', { rows: a.length });
  truth("UPDATE node2 SET name = 'o\\'p' WHERE id = 1", { affected: b.affectedRows });
  truth('SELECT * FROM missing', { error: String(error.errno) });
  truth('SELECT id FROM node2 ORDER BY id', { rows: d.length });
  const p = await c.prepare('SELECT id FROM node2 WHERE id > ?');
  for (const n of [0, 2]) truth('SELECT id FROM node2 WHERE id > ?', { rows: (await p.execute([n])).length, parameters: [String(n)] });
  p.close();
  const batch = await c.batch('INSERT INTO node2 (id, name) VALUES (?, ?)', [[500, 'x'], [501, null], [502, 'z']]);
  if (c.info.isMariaDB()) truth('INSERT INTO node2 (id, name) VALUES (?, ?)', { affected: batch.affectedRows, rows: c.info.hasMinVersion(11, 5, 1) ? 3 : 0 }); // newer servers answer with a row each
  else for (const parameters of [['500', 'x'], ['501', null], ['502', 'z']]) truth('INSERT INTO node2 (id, name) VALUES (?, ?)', { affected: 1, parameters });
  await c.reset();
  await c.end();
}

own("set names utf8mb4|SET NAMES utf8mb4|SELECT @@.*|SET .*");
(async () => { await mysql2(); await pipelines(); })().catch((e) => { console.error(e); process.exit(1); });

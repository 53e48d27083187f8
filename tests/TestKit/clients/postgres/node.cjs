// pg (one batch a query, named statements, cursors of the protocol) and postgres (pipelines) on PostgreSQL.
'use strict';
const { where, truth, own } = require('../truth.cjs');
const { Client } = require('pg');
const postgres = require('postgres');

async function pg() {
  const client = new Client({ ...where, ssl: false });
  await client.connect();
  const run = async (sql, values, facts = {}) => {
    const parameters = values && values.map((v) => (v === null ? null : String(v)));
    try {
      const result = await client.query(typeof sql === 'string' ? { text: sql, values } : { ...sql, values });
      const counted = result.fields.length > 0 ? { rows: result.rows.length } : { affected: ['INSERT', 'UPDATE', 'DELETE'].includes(result.command) ? result.rowCount : 0 };
      truth(sql.text ?? sql, { ...counted, ...(parameters ? { parameters } : {}), ...facts });
    } catch (e) {
      truth(sql.text ?? sql, { error: e.code, ...(parameters ? { parameters } : {}), ...facts });
    }
  };
  await run('CREATE TABLE node (id int PRIMARY KEY, name text, data bytea, j json)');
  await run('INSERT INTO node VALUES ($1, $2, NULL, NULL)', [1, 'ünï 😀']);
  await run('INSERT INTO node VALUES ($1, $2, NULL, NULL)', [1, 'twice']);
  await run('INSERT INTO node VALUES ($1, $2, NULL, NULL)', [2, null]);
  for (let i = 0; i < 3; i++) await run({ name: 'by id', text: 'SELECT * FROM node WHERE id >= $1' }, [i]);
  await run('SELECT $1::text AS a, $2::int + 1 AS b', ['x\ty', null]);
  await run('SELECT * FROM gone');
  await client.query('UPDATE node SET data = $1 WHERE id = $2', [Buffer.from([0, 1, 254, 255]), 1]);
  truth('UPDATE node SET data = $1 WHERE id = $2', { affected: 1, parameters: ['\\x0001feff', '1'] });
  await client.query('SELECT 1; SELECT 2 UNION SELECT 3; DELETE FROM node WHERE id = 2');
  truth('SELECT 1; SELECT 2 UNION SELECT 3; DELETE FROM node WHERE id = 2', { rows: 3, affected: 1 });
  await run('BEGIN');
  await run("INSERT INTO node (id) VALUES (3); SELECT nonsense; SELECT 1", undefined, { affected: 1 });
  await run('SELECT 1');
  await run('ROLLBACK');
  await client.query('LISTEN node');
  truth('LISTEN node');
  const heard = new Promise((resolve) => client.on('notification', resolve));
  const other = new Client({ ...where, ssl: false });
  await other.connect();
  await other.query('SELECT pg_notify($1, $2)', ['node', 'payload']);
  truth('SELECT pg_notify($1, $2)', { rows: 1, parameters: ['node', 'payload'] });
  await other.end();
  await heard; // arrives while the connection is idle
  const big = 'z'.repeat(3_000_000);
  await client.query('INSERT INTO node (id, name) VALUES ($1, $2)', [9, big]);
  truth('INSERT INTO node (id, name) VALUES ($1, $2)', { affected: 1 });
  await run("SELECT length(name) FROM node WHERE id = $1", [9]);
  await run('SELECT name FROM node WHERE id = $1', [9]);
  await client.end();
}

async function pipelines() {
  const sql = postgres({ host: where.host, port: where.port, user: where.user, password: where.password, database: where.database, ssl: false, max: 1, fetch_types: false, onnotice: () => {} });
  await sql.unsafe('CREATE TABLE node2 (id int PRIMARY KEY, name text)');
  truth('CREATE TABLE node2 (id int PRIMARY KEY, name text)');
  await sql`INSERT INTO node2 VALUES (1, 'one'), (2, 'two')`;
  truth("INSERT INTO node2 VALUES (1, 'one'), (2, 'two')", { affected: 2 });
  const [a, b, c] = await Promise.all([sql`SELECT ${1}::int AS one`, sql`SELECT generate_series(1, ${4}::int)`, sql`UPDATE node2 SET name = ${'p'} WHERE id = ${1}`]);
  truth('SELECT $1::int AS one', { rows: a.length, parameters: ['1'] });
  truth('SELECT generate_series(1, $1::int)', { rows: b.length, parameters: ['4'] });
  truth('UPDATE node2 SET name = $1 WHERE id = $2', { affected: c.count, parameters: ['p', '1'] });
  const outcomes = await Promise.allSettled([sql`SELECT id FROM node2 ORDER BY id`, sql`SELECT 1 / ${0}::int`, sql`SELECT id FROM node2 ORDER BY id`]);
  truth('SELECT id FROM node2 ORDER BY id', { rows: outcomes[0].value.length });
  truth('SELECT 1 / $1::int', { error: outcomes[1].reason.code, parameters: ['0'] });
  truth('SELECT id FROM node2 ORDER BY id', { rows: outcomes[2].value.length });
  let steps = 0;
  for await (const rows of sql`SELECT n FROM generate_series(1, 10) n`.cursor(4)) {
    truth('SELECT n FROM generate_series(1, 10) n', { rows: rows.length });
    steps++;
  }
  if (steps !== 3) throw new Error(`${steps} steps`);
  await sql.begin(async (t) => {
    truth('begin ');
    await t`INSERT INTO node2 ${t([{ id: 20, name: 'x' }, { id: 21, name: 'y' }])}`;
    truth('INSERT INTO node2 ("id","name")values($1,$2),($3,$4)', { affected: 2, parameters: ['20', 'x', '21', 'y'] });
  });
  truth('commit');
  await sql.unsafe('SELECT 1; SELECT 2');
  truth('SELECT 1; SELECT 2', { rows: 2 });
  // cancel a query that runs
  const slow = sql`SELECT pg_sleep(2)`;
  setTimeout(() => slow.cancel(), 200);
  await slow.catch((e) => truth('SELECT pg_sleep(2)', { error: e.code }));
  await sql.end();
}

(async () => { await pg(); await pipelines(); })().catch((e) => { console.error(e); process.exit(1); });

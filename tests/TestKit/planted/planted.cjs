'use strict';
// Some 75 shapes of statements, on PostgreSQL or MySQL, some of them made so that a fault can be planted on them.
//   node planted.cjs init ENGINE HOST PORT USER PASSWORD DATABASE                           makes the tables; prints the faults as JSON: [{name, effect, marker, plant}]
//   node planted.cjs run  ENGINE HOST PORT USER PASSWORD DATABASE SEED SECONDS SCALE        sends them, SCALE times as often as shapes.cjs says, spread over SECONDS
// ENGINE: postgres or mysql. The user 'reports' that init makes has the same password.
const { sessionOf } = require('../traffic/connection.cjs');
const { randomFrom, between } = require('../../Demo/pace.cjs');
const { create, reporter, rows } = require('./schema.cjs');
const faults = require('./faults.cjs');
const { plain } = require('./shapes.cjs');

const workers = 6;
const [command, engine, host, port, user, password, database, ...rest] = process.argv.slice(2);
const where = { host, port: Number(port), user, password, database };

async function init() {
  const session = await sessionOf(engine).open(where);
  for (const sql of create(engine, password)) await session.run('text', sql, []);
  const all = faults.of(engine, database, { ...await calibrate(session), isMariaDb: await isMariaDb(session) });
  for (const sql of all.flatMap((fault) => fault.before)) await session.run('text', sql, []);
  await session.close();
  console.log(JSON.stringify(all.map(({ name, effect, marker, plant }) => ({ name, effect, marker, plant }))));
}

const isMariaDb = async (session) => /mariadb/i.test((await session.run('text', 'SELECT version() AS version', [])).rows[0].version);

/** How often burn() counts in a microsecond, and the microseconds of a statement that burns nothing, as a client sees them: medians of statements in turn. */
async function calibrate(session) {
  const many = 20000;
  const times = new Map([[0, []], [many, []]]);
  for (let round = 0; round < 120; round++) {
    for (const [n, list] of times) {
      const start = performance.now();
      await session.run('text', 'SELECT id, burn(?) FROM ledger WHERE id = ?', [n, round + 1]);
      if (round >= 20) list.push((performance.now() - start) * 1000);
    }
  }
  const [overhead, burnt] = [...times.values()].map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
  return { loops: many / (burnt - overhead), overhead: Math.min(overhead, 400) };
}

function draw(random, value, worker) {
  if (value === 'worker') return worker.number;
  if (value === 'next') return ++worker.count;
  if (value === 'own') return 1 + worker.number + workers * between(random, 0, Math.floor(rows.accounts / workers) - 2);
  return typeof value[0] === 'number' && value.length === 2 ? between(random, ...value) : value[between(random, 0, value.length - 1)];
}

async function run() {
  const [seed, seconds, scale] = rest.map(Number);
  const random = randomFrom(seed);
  const all = [...plain, ...faults.of(engine, database, { loops: 1, overhead: 0, isMariaDb: false })];
  const actors = Array.from({ length: workers + 1 }, (_, number) => ({ number, count: 0, work: [] }));
  for (const shape of all) {
    const count = Math.max(12, Math.round(shape.count * scale));
    const reported = Math.round(((shape.reporters ?? 0) / shape.count) * count);
    for (let i = 0; i < count; i++) {
      const actor = actors[i < reported ? workers : between(random, 0, workers - 1)];
      actor.work.push({ shape, due: random() * seconds * 1000 });
    }
  }
  const start = performance.now();
  await Promise.all(actors.map((actor) => live(actor, randomFrom(seed + 1000 * (actor.number + 1)), start)));
}

/** Sends its statements one after the other, none before it is due. */
async function live(actor, random, start) {
  const session = await sessionOf(engine).open(actor.number === workers ? { ...where, user: reporter } : where);
  for (const { shape, due } of actor.work.sort((a, b) => a.due - b.due)) {
    const wait = start + due - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    const values = shape.values.map((value) => draw(random, value, actor));
    try {
      await session.run(shape.how, shape.sql, values);
    } catch (e) {
      if (!shape.fails) throw new Error(`${shape.sql} [${values}]: ${e.message}`);
    }
  }
  await session.close();
}

({ init, run })[command]().catch((e) => {
  console.error(`planted.cjs: ${e.stack}`);
  process.exit(1);
});

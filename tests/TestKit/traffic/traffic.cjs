'use strict';
// Concurrent writers whose order shows, on PostgreSQL or MySQL, decided by a seed.
//   node traffic.cjs init ENGINE HOST PORT USER PASSWORD DATABASE PROFILE
//   node traffic.cjs run  ENGINE HOST PORT USER PASSWORD DATABASE PROFILE SEED SESSIONS TRANSACTIONS PAUSE_MS CUT_PERCENT CUT_FILE
//   node traffic.cjs read ENGINE HOST PORT USER PASSWORD DATABASE
// ENGINE: postgres or mysql. run prints 'cut' when CUT_PERCENT are done, goes on until CUT_FILE is there, does the rest, and prints its counts as JSON; read prints [table, key, row, clock, unique key as {column: value}] per row.
const { existsSync } = require('fs');
const { create, levels, read } = require('./schema.cjs');
const { sessionOf } = require('./connection.cjs');
const { profiles } = require('./profiles.cjs');
const { Actor } = require('./actor.cjs');

const [command, engine, host, port, user, password, database, profileName, ...rest] = process.argv.slice(2);
const where = { host, port: Number(port), user, password, database };

async function init() {
  const session = await sessionOf(engine).open(where);
  for (const sql of create(engine, levels[profiles[profileName].level].accounts)) await session.run('text', sql, []);
  await session.close();
}

async function run() {
  const [seed, sessions, transactions, pauseMilliseconds, cutPercent] = rest.slice(0, 5).map(Number);
  const early = Math.floor((transactions * cutPercent) / 100);
  const profile = profiles[profileName];
  const world = { purchases: [], tickets: [], tokens: [], done: 0, isCut: () => cut };
  const counts = { statements: 0, committed: 0, rolledBack: 0, errors: {} };
  const actors = Array.from({ length: sessions }, (_, i) => new Actor({ engine, where, seed, number: i + 1, level: levels[profile.level], profile, pauseMilliseconds, world, counts }));
  let [told, cut] = [false, false];
  const looking = setInterval(() => {
    if (!told && world.done >= sessions * early) { told = true; console.log('cut'); }
    cut ||= existsSync(rest[5]);
  }, 20);
  await Promise.all(actors.map((actor) => actor.live(early, transactions)));
  clearInterval(looking);
  console.log(JSON.stringify(counts));
}

async function rows() {
  const session = await sessionOf(engine).open(where);
  const text = (columns) => (columns.length === 0 ? "''" : `concat_ws('|', ${columns.join(', ')})`);
  for (const { table, from = table, key, columns, clock = [], unique = key } of read) {
    const result = await session.run('text', `SELECT ${text(key)} AS k, ${text(columns)} AS r, ${text(clock)} AS c, ${text(unique)} AS u FROM ${from} ORDER BY ${key.join(', ')}`, []);
    const named = (u) => JSON.stringify(Object.fromEntries(u.split('|').map((value, i) => [unique[i].split('.').pop(), value])));
    for (const { k, r, c, u } of result.rows) console.log(JSON.stringify([table, k, r, c, named(u)]));
  }
  await session.close();
}

({ init, run, read: rows })[command]().catch((e) => {
  console.error(`traffic.cjs: ${e.stack}`);
  process.exit(1);
});

'use strict';
// Definitions that change while others write.
const one = (work) => () => ({ rank: 0, alone: true, work });

exports.index = one(async (s) => {
  const name = `by_balance_${s.nextId()}`;
  await s.run(`CREATE INDEX ${name} ON account (balance)`, []);
  await s.think();
  await s.run(s.isPostgres ? `DROP INDEX ${name}` : `DROP INDEX ${name} ON account`, []);
});
exports.column = one(async (s) => {
  const name = `extra_${s.nextId()}`;
  await s.run(`ALTER TABLE stock ADD COLUMN ${name} int NOT NULL DEFAULT 3`, []);
  await s.run(`UPDATE stock SET quantity = (quantity * 3 + ${name}) % 1000003 WHERE product = ?`, [1 + (s.number % 100)]);
  await s.run(`ALTER TABLE stock DROP COLUMN ${name}`, []);
});
exports.table = one(async (s) => {
  const name = `made_${s.nextId()}`;
  await s.run(`CREATE TABLE ${name} (id int PRIMARY KEY, value bigint)`, []);
  await s.run(`INSERT INTO ${name} VALUES (?, ?)`, [1, s.number]);
  await s.run(`UPDATE account SET balance = (balance * 3 + (SELECT value FROM ${name} WHERE id = 1)) % 1000003 WHERE id = ?`, [1 + (s.number % 60)]);
  await s.run(`DROP TABLE ${name}`, []);
});
exports.truncate = one((s) => s.run('TRUNCATE TABLE summary', []));

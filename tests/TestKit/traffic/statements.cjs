'use strict';
// What a session does: each makes a step, {rank, work}. Steps sorted by rank take their locks in one order. Updates do not commute, so that order shows.
const { between } = require('../../Demo/pace.cjs');
const { accountsPerCustomer, products, regions, aisles, customerOf } = require('./schema.cjs');

const modulus = 1000003;
const ranks = { customer: 1e8, account: 2e8, purchase: 3e8, stock: 4e8, ticket: 5e8, token: 6e8 };

const account = ({ random, level }) => (random() < level.hotShare ? between(random, 1, level.hot) : between(random, 1, level.accounts));
const customer = (s) => customerOf(account(s));
const one = (rank, sql, ...values) => ({ rank, work: (s) => s.run(sql, values) });

/** The k of x * 3 + k: another one for each session and statement. */
const salt = (s) => s.number * 7 + (s.salt = (s.salt + 1) % 1000) * 1009;
const anyOf = (s, list) => list[between(s.random, Math.max(0, list.length - 200), list.length - 1)];

const steps = {
  updateAccount: (s, id = account(s)) => one(ranks.account + id, `UPDATE account SET balance = (balance * 3 + ?) % ${modulus}, version = version + 1 WHERE id = ?`, salt(s), id),
  updateTwo: (s, a = account(s), b = account(s)) => one(ranks.account + Math.min(a, b), `UPDATE account SET balance = (balance * 5 + ?) % ${modulus}, version = version + 1 WHERE id IN (?, ?)`, salt(s), a, b),
  updateCustomer: (s, id = customer(s)) => one(ranks.customer + id, `UPDATE customer SET score = (score * 3 + ?) % ${modulus} WHERE id = ?`, salt(s), id),
  updateByCode: (s, id = customer(s)) => one(ranks.customer + id, `UPDATE customer SET score = (score * 11 + ?) % ${modulus} WHERE code = ?`, salt(s), `c${id}`),
  updateStock: (s, id = between(s.random, 1, products)) => one(ranks.stock + id, `UPDATE stock SET quantity = (quantity * 3 + ?) % ${modulus} WHERE product = ?`, salt(s), id),
  readAccount: (s, id = account(s)) => one(ranks.account + id, 'SELECT balance, version FROM account WHERE id = ?', id),
  readPurchases: (s, id = customer(s)) => one(ranks.customer + id, 'SELECT p.id, p.total, l.product FROM purchase p JOIN line l ON l.purchase = p.id WHERE p.customer = ? ORDER BY p.id, l.n', id),

  // What was read decides what is written: a replay that reads something else writes the same all the same, so the row read must be the one that was.
  lockThenSet: (s, id = account(s)) => ({
    rank: ranks.account + id, inTransaction: true,
    work: async () => {
      const { rows } = await s.run('SELECT balance FROM account WHERE id = ? FOR UPDATE', [id]);
      await s.think();
      if (rows.length === 1) await s.run('UPDATE account SET balance = ?, version = version + 1 WHERE id = ?', [(Number(rows[0].balance) * 7 + salt(s)) % modulus, id]);
    },
  }),
  shareThenUpdate: (s, id = customer(s)) => ({
    rank: ranks.customer + id, inTransaction: true,
    work: async () => {
      await s.run(`SELECT score FROM customer WHERE id = ? ${s.isPostgres ? 'FOR SHARE' : 'LOCK IN SHARE MODE'}`, [id]);
      await s.run(`UPDATE account SET balance = (balance * 3 + ?) % ${modulus}, version = version + 1 WHERE id = ?`, [salt(s), id * accountsPerCustomer]);
    },
  }),

  insertPurchase: (s, by = customer(s), id = s.nextId()) => ({
    rank: ranks.customer + by,
    work: async () => {
      await s.run('INSERT INTO purchase (id, customer, state, total) VALUES (?, ?, 0, ?)', [id, by, salt(s)]);
      const lines = between(s.random, 1, 3);
      await s.run(`INSERT INTO line (purchase, n, product, quantity) VALUES ${Array(lines).fill('(?, ?, ?, ?)').join(', ')}`,
        Array.from({ length: lines }, (_, n) => [id, n + 1, between(s.random, 1, products), salt(s)]).flat());
      s.afterCommit(() => s.world.purchases.push(id));
    },
  }),
  updatePurchase: (s) => s.world.purchases.length === 0 ? steps.updateAccount(s) : one(ranks.purchase, `UPDATE purchase SET state = state + 1, total = (total * 3 + ?) % ${modulus} WHERE id = ?`, salt(s), anyOf(s, s.world.purchases)),
  updateLine: (s) => s.world.purchases.length === 0 ? steps.updateAccount(s) : one(ranks.purchase, `UPDATE line SET quantity = (quantity * 3 + ?) % ${modulus} WHERE purchase = ? AND n = 1`, salt(s), anyOf(s, s.world.purchases)),
  deletePurchase: (s) => s.world.purchases.length === 0 ? steps.updateAccount(s) : one(ranks.purchase, 'DELETE FROM purchase WHERE id = ?', anyOf(s, s.world.purchases)),
  replaceCustomer: (s, id = customer(s)) => ({
    rank: 0, inTransaction: true,
    work: async () => {
      await s.run('DELETE FROM customer WHERE id = ?', [id]);
      await s.think();
      await s.run('INSERT INTO customer (id, region, code, score) VALUES (?, ?, ?, ?)', [id, id % regions, `c${id}`, salt(s)]);
      const first = (id - 1) * accountsPerCustomer + 1;
      await s.run('INSERT INTO account (id, customer, balance, version) VALUES (?, ?, ?, 0), (?, ?, ?, 0), (?, ?, ?, 0), (?, ?, ?, 0)', [0, 1, 2, 3].flatMap((n) => [first + n, id, salt(s)]));
    },
  }),
  duplicate: (s, id = customer(s)) => one(0, 'INSERT INTO customer (id, region, code, score) VALUES (?, 0, ?, 0)', s.nextId() % 1e9, `c${id}`),
  summarise: (s, id = customer(s)) => one(ranks.account, 'INSERT INTO summary (id, amount) SELECT ?, coalesce(sum(balance), 0) FROM account WHERE customer = ?', s.nextId(), id),

  // 2 % of the statements: all of a table, or what a condition tells
  allStock: (s) => one(ranks.stock, `UPDATE stock SET quantity = (quantity * 7 + ?) % ${modulus}`, salt(s)),
  aisle: (s) => one(ranks.stock, `UPDATE stock SET quantity = (quantity * 5 + ?) % ${modulus} WHERE aisle = ?`, salt(s), between(s.random, 0, aisles - 1)),
  region: (s) => one(ranks.customer, `UPDATE customer SET score = (score * 5 + ?) % ${modulus} WHERE region = ?`, salt(s), between(s.random, 0, regions - 1)),
  purchasesOf: (s, id = customer(s)) => one(ranks.purchase, `UPDATE purchase SET state = state + 1, total = (total * 5 + ?) % ${modulus} WHERE customer = ?`, salt(s), id),
  statesUp: (s) => one(ranks.purchase, 'UPDATE purchase SET state = state + 10 WHERE state = ?', between(s.random, 1, 3)),
};

exports.steps = steps;
exports.one = one;
exports.ranks = ranks;
exports.salt = salt;
exports.anyOf = anyOf;
exports.modulus = modulus;

'use strict';
// Two of the shop's services: one sends its statements in pipelines (postgres.js), one works in transactions (node-postgres).
// node shop.cjs URL SECONDS SEED; prints how many statements each sent.
const postgres = require('postgres');
const { Client } = require('pg');
const { randomFrom, between, pace } = require('../pace.cjs');

const [url, secondsText, seedText] = process.argv.slice(2);
const seconds = Number(secondsText);

/** Reviews: four statements at a time, none waits for the one before it. */
async function reviews(random) {
  const sql = postgres(url, { max: 1, idle_timeout: 0, fetch_types: false, connection: { application_name: 'reviews' } });
  await sql`SELECT 1`;
  await pace(seconds, 100, async () => {
    const product = between(random, 1, 2000);
    const some = `{${product},${(product % 2000) + 1},${((product + 7) % 2000) + 1}}`;
    await Promise.all([
      sql`SELECT name, attributes->>'colour' AS colour FROM products WHERE product_id = ${product}`,
      sql`SELECT product_id, price FROM products WHERE product_id = ANY(${some}::int[]) ORDER BY product_id`,
      sql`INSERT INTO reviews (product_id, stars, body) VALUES (${product}, ${between(random, 1, 5)}, ${'as described ' + product})`,
      sql`SELECT count(*) AS n FROM products WHERE attributes @> ${sql.json({ colour: 'red', size: between(random, 1, 50) })}`,
    ]);
  });
  await sql.end();
}

/** Wallets: transactions, each tenth rolled back; an overdraft fails now and then. */
async function wallets(random) {
  const client = new Client({ connectionString: url, application_name: 'wallets' });
  await client.connect();
  const numbers = new Map();
  await pace(seconds, 100, async (i) => {
    const wallet = between(random, 1, 500);
    const amount = between(random, 1, 50);
    const number = (numbers.get(wallet) ?? 0) + 1;
    await client.query('BEGIN');
    await client.query({ name: 'lock', text: 'SELECT balance FROM wallets WHERE wallet_id = $1 FOR UPDATE', values: [wallet] });
    await client.query({ name: 'pay', text: 'UPDATE wallets SET balance = balance - $2 WHERE wallet_id = $1 RETURNING balance', values: [wallet, amount] });
    await client.query('INSERT INTO wallet_moves (wallet_id, number, amount) VALUES ($1, $2, $3)', [wallet, number, -amount]);
    if (i % 10 === 9) {
      await client.query('ROLLBACK');
    } else {
      await client.query('COMMIT');
      numbers.set(wallet, number);
    }
    if (i % 50 === 49) await fails(client, 'UPDATE wallets SET balance = balance - 1000000 WHERE wallet_id = $1', [wallet], '23514');
  });
  await client.end();
}

/** A statement that is meant to fail, with the SQLSTATE that it must fail with. */
async function fails(client, text, values, code) {
  try {
    await client.query(text, values);
  } catch (e) {
    if (e.code === code) return;
    throw e;
  }
  throw new Error(`should have failed with ${code}: ${text}`);
}

Promise.all([reviews(randomFrom(Number(seedText))), wallets(randomFrom(Number(seedText) + 1))]).catch((e) => {
  console.error(`shop.cjs: ${e.message}`);
  process.exit(1);
});

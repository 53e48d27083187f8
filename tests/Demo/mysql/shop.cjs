'use strict';
// Two of the shop's services: one sends its statements in pipelines (MariaDB's connector), one prepares its statements and works in
// transactions (mysql2). node shop.cjs HOST PORT USER PASSWORD SECONDS SEED
const mariadb = require('mariadb');
const mysql = require('mysql2/promise');
const { randomFrom, between, pace } = require('../pace.cjs');

const [host, port, user, password, secondsText, seedText] = process.argv.slice(2);
const seconds = Number(secondsText);
const server = { host, port: Number(port), user, password, database: 'shop' };

/** Reviews: four statements at a time, none waits for the one before it. */
async function reviews(random) {
  const connection = await mariadb.createConnection(server);
  await pace(seconds, 100, async () => {
    const product = between(random, 1, 2000);
    await Promise.all([
      connection.query(`SELECT name, colour FROM products WHERE product_id = ${product}`),
      connection.query(`SELECT product_id, price FROM products WHERE product_id IN (${product}, ${(product % 2000) + 1}, ${((product + 7) % 2000) + 1}) ORDER BY product_id`),
      connection.query(`INSERT INTO reviews (product_id, stars, body) VALUES (${product}, ${between(random, 1, 5)}, 'as described ${product}')`),
      connection.query(`SELECT COUNT(*) AS n FROM products WHERE colour = 'red' AND weight < ${between(random, 1, 20)}`),
    ]);
  });
  await connection.end();
}

/** Wallets: transactions, each tenth rolled back; an overdraft fails now and then. */
async function wallets(random) {
  const connection = await mysql.createConnection(server);
  const numbers = new Map();
  await pace(seconds, 100, async (i) => {
    const wallet = between(random, 1, 500);
    const amount = between(random, 1, 50);
    const number = (numbers.get(wallet) ?? 0) + 1;
    await connection.query('START TRANSACTION');
    await connection.execute('SELECT balance FROM wallets WHERE wallet_id = ? FOR UPDATE', [wallet]);
    await connection.execute('UPDATE wallets SET balance = balance - ? WHERE wallet_id = ?', [amount, wallet]);
    await connection.execute('INSERT INTO wallet_moves (wallet_id, number, amount) VALUES (?, ?, ?)', [wallet, number, -amount]);
    if (i % 10 === 9) {
      await connection.query('ROLLBACK');
    } else {
      await connection.query('COMMIT');
      numbers.set(wallet, number);
    }
    if (i % 50 === 49) await fails(connection, 'UPDATE wallets SET balance = balance - 1000000 WHERE wallet_id = ?', [wallet], 4025);
  });
  await connection.end();
}

/** A statement that is meant to fail, with the error number that it must fail with. */
async function fails(connection, text, values, number) {
  try {
    await connection.execute(text, values);
  } catch (e) {
    if (e.errno === number) return;
    throw e;
  }
  throw new Error(`should have failed with ${number}: ${text}`);
}

Promise.all([reviews(randomFrom(Number(seedText))), wallets(randomFrom(Number(seedText) + 1))]).catch((e) => {
  console.error(`shop.cjs: ${e.message}`);
  process.exit(1);
});

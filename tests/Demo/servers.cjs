'use strict';
// Executes captured statements again, for check.cjs. Each execution is rolled back.

async function connectPostgres(url) {
  const { Client } = require('pg');
  const client = new Client({ connectionString: url, types: { getTypeParser: () => (value) => value } });
  await client.connect();
  return {
    end: () => client.end(),
    execute: (exchange) => timed(client, exchange, () =>
      client.query(exchange.parameters?.length ? { text: exchange.sql, values: exchange.parameters, rowMode: 'array' } : { text: exchange.sql, rowMode: 'array' }),
      (result) => JSON.stringify([].concat(result).map((r) => r.rows))),
  };
}

async function connectMySql(url) {
  const mysql = require('mysql2/promise');
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true, rowsAsArray: true, dateStrings: true });
  return {
    end: () => connection.end(),
    execute: (exchange) => timed(connection, exchange, () =>
      exchange.parameters?.length ? connection.execute(exchange.sql, exchange.parameters) : connection.query(exchange.sql),
      ([rows]) => JSON.stringify(Array.isArray(rows) ? rows : rows.affectedRows)),
  };
}

/** Runs one statement inside a transaction that is rolled back; its time and its answer (or its error). */
async function timed(client, exchange, work, answerOf) {
  await client.query('BEGIN');
  const start = performance.now();
  let answer;
  try {
    answer = answerOf(await work());
  } catch (e) {
    answer = `error ${e.code ?? e.errno}`;
  }
  const microseconds = (performance.now() - start) * 1000;
  await client.query('ROLLBACK');
  return { microseconds, answer };
}

module.exports = { connect: (engine, url) => (engine === 'postgres' ? connectPostgres(url) : connectMySql(url)) };

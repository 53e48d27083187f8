'use strict';
// One session of either protocol: statements with '?' for each value, as text, unnamed and prepared.

const literal = (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : `'${String(value).replace(/'/g, "''")}'`);
const asText = (sql, values) => { let i = 0; return sql.replace(/\?/g, () => literal(values[i++])); };

class PostgresSession {
  static async open(where) {
    const { Client } = require('pg');
    const session = new PostgresSession();
    session.client = new Client({ ...where, ssl: false });
    session.client.on('error', () => {}); // a lost connection fails its statement, which counts it
    session.numbered = new Map();
    await session.client.connect();
    return session;
  }

  /** how: text, unnamed or prepared. Returns {rows, affected}. */
  async run(how, sql, values) {
    let result;
    if (how === 'text' || values.length === 0) result = await this.client.query(asText(sql, values));
    else {
      let known = this.numbered.get(sql);
      if (known === undefined) {
        let i = 0;
        known = { text: sql.replace(/\?/g, () => `$${++i}`), name: `s${this.numbered.size}` };
        this.numbered.set(sql, known);
      }
      result = await this.client.query(how === 'prepared' ? { name: known.name, text: known.text, values } : { text: known.text, values });
    }
    return { rows: result.rows ?? [], affected: result.rowCount };
  }

  static codeOf(error) { return error.code ?? error.message; }
  close() { return this.client.end(); }
}

class MySqlSession {
  static async open(where) {
    const mysql = require('mysql2/promise');
    const session = new MySqlSession();
    session.client = await mysql.createConnection({ ...where, supportBigNumbers: true, bigNumberStrings: true, dateStrings: true });
    return session;
  }

  async run(how, sql, values) {
    const [result] = how === 'text' || values.length === 0 ? await this.client.query(asText(sql, values)) : await this.client.execute(sql, values);
    return Array.isArray(result) ? { rows: result, affected: null } : { rows: [], affected: result.affectedRows, id: result.insertId };
  }

  static codeOf(error) { return error.errno === undefined ? error.message : String(error.errno); }
  close() { return this.client.end(); }
}

exports.sessionOf = (engine) => (engine === 'postgres' ? PostgresSession : MySqlSession);

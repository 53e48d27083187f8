'use strict';
// Values that the server makes, used later by sessions that read them: ids from sequences, UUIDs, times.
const { one, ranks, salt, anyOf, modulus, steps } = require('./statements.cjs');

const ticket = async (s) => {
  const sql = 'INSERT INTO ticket (session, n, hits) VALUES (?, ?, 0)';
  const values = [s.number, s.nextId() % 1000000];
  return s.isPostgres ? (await s.run(`${sql} RETURNING id`, values)).rows[0].id : (await s.run(sql, values)).id;
};
const note = (s, id, body) => s.run('INSERT INTO note (ticket, body) VALUES (?, ?)', [id, body]);
const known = (s, id) => s.afterCommit(() => s.world.tickets.push(id));

exports.insertTicket = () => ({ rank: 0, work: async (s) => known(s, await ticket(s)) });
exports.insertTicketAndNotes = () => ({
  rank: 0, inTransaction: true,
  work: async (s) => {
    const id = await ticket(s);
    await s.think();
    await note(s, id, `first of ${s.number}`);
    await note(s, id, `second of ${s.number}`);
    known(s, id);
  },
});
exports.hitTicket = (s) => (s.world.tickets.length === 0 ? steps.updateAccount(s) : one(ranks.ticket, `UPDATE ticket SET hits = (hits * 3 + ?) % ${modulus} WHERE id = ?`, salt(s), anyOf(s, s.world.tickets)));
exports.insertNote = (s) => (s.world.tickets.length === 0 ? steps.updateAccount(s) : one(ranks.ticket, 'INSERT INTO note (ticket, body) VALUES (?, ?)', anyOf(s, s.world.tickets), `by ${s.number}`));
exports.deleteTicket = (s) => (s.world.tickets.length === 0 ? steps.updateAccount(s) : one(ranks.ticket, 'DELETE FROM ticket WHERE id = ?', anyOf(s, s.world.tickets)));

exports.insertToken = () => ({
  rank: 0,
  work: async (s) => {
    const n = s.nextId() % 1000000;
    let id;
    if (s.isPostgres) {
      ({ id } = (await s.run('INSERT INTO token (id, session, n, hits) VALUES (gen_random_uuid(), ?, ?, 0) RETURNING id', [s.number, n])).rows[0]);
    } else {
      ({ id } = (await s.run('SELECT uuid() AS id', [])).rows[0]);
      await s.run('INSERT INTO token (id, session, n, hits) VALUES (?, ?, ?, 0)', [id, s.number, n]);
    }
    s.afterCommit(() => s.world.tokens.push(id));
  },
});
exports.hitToken = (s) => (s.world.tokens.length === 0 ? steps.updateAccount(s) : one(ranks.token, `UPDATE token SET hits = (hits * 3 + ?) % ${modulus} WHERE id = ?`, salt(s), anyOf(s, s.world.tokens)));
exports.useToken = (s) => (s.world.tokens.length === 0 ? steps.updateAccount(s) : one(ranks.token, 'INSERT INTO token_use (token, n) VALUES (?, ?)', anyOf(s, s.world.tokens), s.nextId() % 1000000));

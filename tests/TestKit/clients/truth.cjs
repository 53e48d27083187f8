// What a client knows of its own statements, one JSON object a line: the ground truth that a capture is held against.
'use strict';
const [host, port, user, password, database] = process.argv.slice(2);
exports.where = { host, port: Number(port), user, password, database };
exports.truth = (sql, facts = {}) => console.log(JSON.stringify({ sql, ...facts }));
// Statements that the driver sends by itself, as a regular expression over the whole text.
exports.own = (pattern) => console.log(JSON.stringify({ driver: pattern }));

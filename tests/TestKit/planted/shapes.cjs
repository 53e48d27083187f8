'use strict';
// What the clients send: statements with '?' for each value. A value is [low, high], drawn evenly; a name is one that the sender has ('worker', 'next': a number of its own, 'own': a row of its own).
const { rows } = require('./schema.cjs');

const customer = [1, rows.customers];
const product = [1, rows.products];
const order = [1, rows.orders - 200];
const city = [0, 199];
const category = [0, 49];
const placed = [0, 690];

const reads = [
  ['SELECT name, grade FROM customers WHERE id = ?', customer],
  ['SELECT balance FROM customers WHERE id = ?', customer],
  ['SELECT id, name, city FROM customers WHERE id IN (?, ?, ?) ORDER BY id', customer, customer, customer],
  ['SELECT count(*) FROM customers WHERE city = ?', city],
  ['SELECT sum(balance) FROM customers WHERE city = ?', city],
  ['SELECT grade, count(*) FROM customers WHERE city = ? GROUP BY grade ORDER BY grade', city],
  ['SELECT id, email FROM customers WHERE city = ? ORDER BY id LIMIT 10', city],
  ['SELECT max(id) FROM customers WHERE city = ? AND grade < ?', city, [1, 6]],
  ['SELECT count(*) FROM customers WHERE id BETWEEN ? AND 10000 AND grade = 3', [9000, 9900]],
  ['SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id WHERE o.id = ?', order],
  ['SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer = c.id WHERE c.id = ? GROUP BY c.name', customer],
  ['SELECT c.city, sum(o.total) FROM customers c JOIN orders o ON o.customer = c.id WHERE c.city = ? GROUP BY c.city', city],
  ['SELECT name, price FROM products WHERE id = ?', product],
  ['SELECT weight FROM products WHERE id = ?', product],
  ['SELECT id, name FROM products WHERE category = ? ORDER BY id', category],
  ['SELECT count(*), min(price), max(price) FROM products WHERE category = ?', category],
  ['SELECT id FROM products WHERE category = ? AND price > ? ORDER BY price, id LIMIT 5', category, [1, 400]],
  ['SELECT sum(weight) FROM products WHERE id BETWEEN ? AND 2000', [1000, 1900]],
  ['SELECT category, count(*) FROM products WHERE id <= ? GROUP BY category ORDER BY category', [200, 600]],
  ['SELECT p.name, i.quantity FROM products p JOIN items i ON i.product = p.id WHERE p.id = ? ORDER BY i.id', product],
  ['SELECT p.category, sum(i.quantity) FROM items i JOIN products p ON p.id = i.product WHERE i.order_id = ? GROUP BY p.category ORDER BY p.category', order],
  ['SELECT status, total FROM orders WHERE id = ?', order],
  ['SELECT placed FROM orders WHERE id = ?', order],
  ['SELECT id, status FROM orders WHERE customer = ? ORDER BY id', customer],
  ['SELECT count(*) FROM orders WHERE placed = ?', placed],
  ['SELECT status, count(*) FROM orders WHERE placed = ? GROUP BY status ORDER BY status', placed],
  ['SELECT sum(total) FROM orders WHERE placed BETWEEN ? AND ?', placed, [695, 699]],
  ['SELECT id, total FROM orders WHERE placed = ? ORDER BY total DESC, id LIMIT 3', placed],
  ['SELECT max(total) FROM orders WHERE customer = ?', customer],
  ['SELECT id FROM orders WHERE customer = ? AND status = ? ORDER BY id', customer, ['open', 'paid', 'sent']],
  ["SELECT count(*) FROM orders WHERE placed = ? AND status = 'done'", placed],
  ['SELECT o.id, p.name FROM orders o JOIN products p ON p.id = o.product WHERE o.placed = ? ORDER BY o.id LIMIT 20', placed],
  ['SELECT o.id, sum(i.price * i.quantity) FROM orders o JOIN items i ON i.order_id = o.id WHERE o.id = ? GROUP BY o.id', order],
  ['SELECT o.status, sum(i.quantity) FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer = ? GROUP BY o.status ORDER BY o.status', customer],
  ['SELECT quantity, price FROM items WHERE id = ?', [1, rows.items]],
  ['SELECT id, quantity FROM items WHERE order_id = ? ORDER BY id', order],
  ['SELECT sum(price * quantity) FROM items WHERE order_id = ?', order],
  ['SELECT count(*) FROM items WHERE product = ?', product],
  ['SELECT max(price) FROM items WHERE product = ? AND quantity > ?', product, [1, 4]],
  ['SELECT sum(quantity) FROM items WHERE order_id BETWEEN ? AND ? + 50', order, order],
  ['SELECT quantity, count(*) FROM items WHERE product = ? GROUP BY quantity ORDER BY quantity', product],
  ['SELECT EXISTS (SELECT 1 FROM items WHERE order_id = ? AND quantity > 3)', order],
  ['SELECT count(*) FROM items i WHERE i.product = ? AND EXISTS (SELECT 1 FROM orders o WHERE o.id = i.order_id AND o.placed < 300)', product],
  ['SELECT id FROM customers WHERE email = ?', ['user11@example.com', 'user222@example.com', 'user3333@example.com', 'user9@example.com']],
  ['SELECT upper(name), length(email) FROM customers WHERE id = ?', customer],
  ['SELECT coalesce(sum(total), 0) FROM orders WHERE customer = ? AND placed > ?', customer, placed],
  ["SELECT CASE WHEN balance > 50000 THEN 'rich' ELSE 'not' END FROM customers WHERE id = ?", customer],
  ['SELECT id, name FROM products WHERE id = ? UNION ALL SELECT id, name FROM customers WHERE id = ? ORDER BY name', product, customer],
  ['SELECT DISTINCT grade FROM customers WHERE city = ? ORDER BY grade', city],
  ['SELECT name FROM products WHERE id = (SELECT product FROM orders WHERE id = ?)', order],
  ['SELECT balance FROM accounts WHERE id = ?', [1, rows.accounts]],
];

const writes = [
  ['UPDATE accounts SET balance = balance + ? WHERE id = ?', [1, 9], 'own'],
  ['UPDATE accounts SET touched = touched + 1 WHERE id = ?', 'own'],
  ['UPDATE accounts SET balance = balance - 1, touched = ? WHERE id = ?', [1, 99], 'own'],
  ["INSERT INTO events (worker, n, kind, body) VALUES (?, ?, ?, 'something happened')", 'worker', 'next', [1, 5]],
  ["INSERT INTO events (worker, n, kind, body) VALUES (?, ?, 1, 'this'), (?, ?, 2, 'that')", 'worker', 'next', 'worker', 'next'],
  ['DELETE FROM events WHERE worker = ? AND n = ?', 'worker', [1, 200]],
  ['SELECT count(*) FROM events WHERE worker = ?', 'worker'],
  ['SELECT touched FROM accounts WHERE id = ?', 'own'],
];

/** Fails in production too. */
const failing = ['SELECT no_such_column FROM products WHERE id = ?', product];

/** How often each is sent in a campaign of scale 1. */
exports.executions = 240;
const hows = ['text', 'unnamed', 'prepared'];

/** [{how, sql, values, count}]: what has no fault. */
exports.plain = [...reads, ...writes].map(([sql, ...values], i) => ({ how: hows[i % hows.length], sql, values, count: exports.executions }))
  .concat({ how: 'text', sql: failing[0], values: failing.slice(1), count: 20, fails: true });

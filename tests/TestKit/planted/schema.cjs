'use strict';
// The tables that the planted faults are about, and those beside them. Values follow from the row's number, so that every campaign has the same data.

exports.rows = { customers: 10000, products: 2000, orders: 20000, items: 40000, tickets: 20000, ledger: 10000, accounts: 2000, names: 2000, measures: 2000 };

/** The user beside the super user: what is slower only for one client is slower for this one. */
exports.reporter = 'reports';

exports.create = (engine, password) => {
  const isPostgres = engine === 'postgres';
  const { rows } = exports;
  const table = (name, columns) => `CREATE TABLE ${name} (${columns})${isPostgres ? '' : ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci'}`;
  const fill = (name, values) => `INSERT INTO ${name} SELECT ${values} FROM numbers WHERE n <= ${rows[name]}`;
  const digits = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((d) => `SELECT ${d} AS d`).join(' UNION ALL ');
  const float = isPostgres ? 'double precision' : 'double';
  return [
    table('numbers', 'n int PRIMARY KEY'),
    `INSERT INTO numbers SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d FROM (${digits}) a, (${digits}) b, (${digits}) c, (${digits}) e, (${digits}) f WHERE f.d < 4`,
    table('customers', 'id int PRIMARY KEY, email varchar(40) NOT NULL UNIQUE, name varchar(40) NOT NULL, city int NOT NULL, grade int NOT NULL, balance decimal(12, 2) NOT NULL'),
    fill('customers', "n, concat('user', n, '@example.com'), concat('name ', mod(n * 7919, 10000)), mod(n * 31, 200), mod(n, 7), mod(n * 271, 100000) + 0.25"),
    'CREATE INDEX customers_city ON customers (city)',
    table('products', 'id int PRIMARY KEY, category int NOT NULL, name varchar(40) NOT NULL, price decimal(10, 2) NOT NULL, weight int NOT NULL'),
    fill('products', "n, mod(n * 13, 50), concat('product ', n), mod(n * 37, 500) + 0.99, mod(n * 17, 3000)"),
    'CREATE INDEX products_category ON products (category)',
    table('orders', 'id int PRIMARY KEY, customer int NOT NULL, product int NOT NULL, status varchar(10) NOT NULL, total decimal(12, 2) NOT NULL, placed int NOT NULL'),
    fill('orders', "n, 1 + mod(n * 7919, 10000), 1 + mod(n * 37, 2000), CASE mod(n, 4) WHEN 0 THEN 'open' WHEN 1 THEN 'paid' WHEN 2 THEN 'sent' ELSE 'done' END, mod(n * 271, 9000) + 0.5, mod(n * 11, 700)"),
    'CREATE INDEX orders_customer ON orders (customer)',
    'CREATE INDEX orders_placed ON orders (placed)',
    table('items', 'id int PRIMARY KEY, order_id int NOT NULL, product int NOT NULL, quantity int NOT NULL, price decimal(10, 2) NOT NULL'),
    fill('items', 'n, 1 + mod(n, 20000), 1 + mod(n * 29, 2000), 1 + mod(n * 7, 5), mod(n * 41, 300) + 0.75'),
    'CREATE INDEX items_order ON items (order_id)',
    'CREATE INDEX items_product ON items (product)',
    table('tickets', 'id int PRIMARY KEY, code int NOT NULL, note varchar(80) NOT NULL'),
    fill('tickets', "n, mod(n * 7919, 20000), concat('a note that is long enough to fill some pages ', n)"),
    'CREATE INDEX tickets_code ON tickets (code)',
    table('ledger', 'id int PRIMARY KEY, ref int NOT NULL, amount int NOT NULL'),
    fill('ledger', 'n, mod(n * 7919, 10000), mod(n * 53, 1000)'),
    'CREATE INDEX ledger_ref ON ledger (ref)',
    table('accounts', 'id int PRIMARY KEY, balance int NOT NULL, touched int NOT NULL'),
    fill('accounts', 'n, 1000, 0'),
    table('events', 'worker int NOT NULL, n int NOT NULL, kind int NOT NULL, body varchar(40) NOT NULL, PRIMARY KEY (worker, n)'),
    table('labels', 'worker int NOT NULL, n int NOT NULL, label varchar(6) NOT NULL, PRIMARY KEY (worker, n)'),
    table('names', 'id int PRIMARY KEY, family int NOT NULL, name varchar(40) NOT NULL'),
    fill('names', "n, mod(n, 100), concat(CASE mod(n, 3) WHEN 0 THEN 'b' WHEN 1 THEN 'A' ELSE 'a' END, mod(n * 7, 10), '-', n)"),
    'CREATE INDEX names_family ON names (family)',
    table('measures', `id int PRIMARY KEY, reading ${float} NOT NULL, part int NOT NULL, whole int NOT NULL`),
    fill('measures', 'n, sqrt(n), mod(n, 17), 19 + mod(n, 13)'),
    isPostgres ? `CREATE ROLE ${exports.reporter} LOGIN PASSWORD '${password}'` : `CREATE USER ${exports.reporter} IDENTIFIED BY '${password}'`,
    ...(isPostgres
      ? [`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${exports.reporter}`]
      : ['GRANT SELECT, EXECUTE ON *.* TO ' + exports.reporter]),
    exports.burn(engine),
    ...(isPostgres ? ['ANALYZE'] : [`ANALYZE TABLE ${Object.keys(rows).join(', ')}`]),
  ];
};

/** A function that takes a processor n times a small while. It does not sleep: what an upgrade makes slower takes processor time, and scales with the machine and its neighbours as that does. */
exports.burn = (engine) => (engine === 'postgres'
  ? 'CREATE FUNCTION burn(n int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE s int := 0; BEGIN FOR i IN 1..n LOOP s := (s + i) % 1000; END LOOP; RETURN 0; END $$'
  : "CREATE FUNCTION burn(n int) RETURNS int DETERMINISTIC RETURN BENCHMARK(n, CRC32('planted'))");

/** The function NAME(x) that returns x after it has burnt what the expression says. */
exports.toll = (engine, name, loops) => (engine === 'postgres'
  ? [`CREATE OR REPLACE FUNCTION ${name}(x int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN x + burn(${loops}); END $$`]
  : [`DROP FUNCTION IF EXISTS ${name}`, `CREATE FUNCTION ${name}(x int) RETURNS int DETERMINISTIC RETURN x + burn(${loops})`]);

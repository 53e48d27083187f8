-- A shop of some 100,000 rows. RAND(n) makes the same values in every demo.
CREATE TABLE categories (category_id int PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE products (
    product_id int PRIMARY KEY,
    category_id int NOT NULL,
    name varchar(60) NOT NULL,
    price decimal(10, 2) NOT NULL,
    weight decimal(8, 3) NOT NULL,
    colour varchar(10) NOT NULL,
    KEY products_category (category_id, price),
    KEY products_name (name));
CREATE TABLE stock (product_id int PRIMARY KEY, quantity int NOT NULL);
CREATE TABLE customers (
    customer_id int PRIMARY KEY,
    email varchar(60) NOT NULL UNIQUE,
    name varchar(40) NOT NULL,
    country char(2) NOT NULL,
    loyalty int NOT NULL DEFAULT 0,
    joined_on date NOT NULL);
CREATE TABLE orders (
    order_id bigint PRIMARY KEY,
    customer_id int NOT NULL,
    status varchar(10) NOT NULL,
    total decimal(12, 2) NOT NULL,
    placed_at datetime NOT NULL,
    KEY orders_customer (customer_id, placed_at));
CREATE TABLE order_items (
    order_id bigint NOT NULL,
    line int NOT NULL,
    product_id int NOT NULL,
    quantity int NOT NULL,
    price decimal(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line));
CREATE TABLE reviews (
    review_id bigint AUTO_INCREMENT PRIMARY KEY,
    product_id int NOT NULL,
    stars tinyint NOT NULL,
    body varchar(200) NOT NULL,
    written_at timestamp NOT NULL DEFAULT current_timestamp,
    KEY reviews_product (product_id));
CREATE TABLE wallets (wallet_id int PRIMARY KEY, balance decimal(12, 2) NOT NULL, CONSTRAINT no_overdraft CHECK (balance >= 0));
CREATE TABLE wallet_moves (wallet_id int NOT NULL, number int NOT NULL, amount decimal(12, 2) NOT NULL, PRIMARY KEY (wallet_id, number));
CREATE TABLE imports (batch int NOT NULL, sku varchar(20) NOT NULL, quantity int NOT NULL, PRIMARY KEY (batch, sku));

INSERT INTO categories SELECT seq, CONCAT('category ', seq) FROM seq_1_to_50;
INSERT INTO products
SELECT seq, 1 + FLOOR(RAND(seq) * 50), CONCAT('product ', MD5(seq)), 1 + ROUND(RAND(seq + 10000) * 500, 2), ROUND(0.05 + RAND(seq + 20000) * 20, 3),
       ELT(1 + FLOOR(RAND(seq + 30000) * 4), 'red', 'green', 'blue', 'black')
FROM seq_1_to_2000;
INSERT INTO stock SELECT product_id, 100000 FROM products;
INSERT INTO customers
SELECT seq, CONCAT('user', seq, '@example.com'), LEFT(MD5(seq), 8), ELT(1 + FLOOR(RAND(seq) * 7), 'DE', 'FR', 'US', 'JP', 'BR', 'IN', 'SE'), 0,
       DATE '2020-01-01' + INTERVAL FLOOR(RAND(seq + 10000) * 1800) DAY
FROM seq_1_to_10000;
INSERT INTO orders
SELECT seq, 1 + FLOOR(RAND(seq) * 10000), ELT(1 + FLOOR(RAND(seq + 30000) * 4), 'open', 'paid', 'sent', 'done'), 0,
       '2025-01-01' + INTERVAL FLOOR(RAND(seq + 60000) * 25920000) SECOND
FROM seq_1_to_25000;
INSERT INTO order_items
SELECT o.seq, l.seq, 1 + FLOOR(RAND(o.seq * 4 + l.seq) * 2000), 1 + FLOOR(RAND(o.seq * 4 + l.seq + 200000) * 4), 1 + ROUND(RAND(o.seq * 4 + l.seq + 400000) * 500, 2)
FROM seq_1_to_25000 o JOIN seq_1_to_4 l ON l.seq <= 1 + o.seq % 4;
UPDATE orders JOIN (SELECT order_id, SUM(quantity * price) AS total FROM order_items GROUP BY order_id) s USING (order_id) SET orders.total = s.total;
INSERT INTO wallets SELECT seq, 1000 FROM seq_1_to_500;

CREATE FUNCTION shipping_cost(weight decimal(8, 3)) RETURNS decimal(10, 2) DETERMINISTIC RETURN ROUND(4.90 + weight * 0.35, 2);

ANALYZE TABLE categories, products, stock, customers, orders, order_items, wallets;

-- A shop of some 100,000 rows. Values come from a seed: every demo has the same data.
SET client_min_messages = warning;
SELECT setseed(0.42);

CREATE TABLE categories (category_id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE products (
    product_id int PRIMARY KEY,
    category_id int NOT NULL REFERENCES categories,
    name text NOT NULL,
    price numeric(10, 2) NOT NULL,
    weight numeric(8, 3) NOT NULL,
    attributes jsonb NOT NULL);
CREATE TABLE stock (product_id int PRIMARY KEY REFERENCES products, quantity int NOT NULL);
CREATE TABLE customers (
    customer_id int PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    country char(2) NOT NULL,
    loyalty int NOT NULL DEFAULT 0,
    joined_on date NOT NULL);
CREATE TABLE orders (
    order_id bigint PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    placed_at timestamptz NOT NULL);
CREATE TABLE order_items (
    order_id bigint NOT NULL REFERENCES orders,
    line int NOT NULL,
    product_id int NOT NULL REFERENCES products,
    quantity int NOT NULL,
    price numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line));
CREATE TABLE reviews (
    review_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id int NOT NULL REFERENCES products,
    stars smallint NOT NULL,
    body text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE wallets (wallet_id int PRIMARY KEY, balance numeric(12, 2) NOT NULL CHECK (balance >= 0));
CREATE TABLE wallet_moves (wallet_id int NOT NULL REFERENCES wallets, number int NOT NULL, amount numeric(12, 2) NOT NULL, PRIMARY KEY (wallet_id, number));
CREATE TABLE imports (batch int NOT NULL, sku text NOT NULL, quantity int NOT NULL, PRIMARY KEY (batch, sku));

INSERT INTO categories SELECT i, 'category ' || i FROM generate_series(1, 50) i;
INSERT INTO products
SELECT i, 1 + (random() * 49)::int, 'product ' || md5(i::text), 1 + (random() * 500)::numeric(10, 2), (0.05 + random() * 20)::numeric(8, 3),
       jsonb_build_object('colour', (ARRAY['red', 'green', 'blue', 'black'])[1 + (random() * 3)::int], 'size', (random() * 50)::int)
FROM generate_series(1, 2000) i;
INSERT INTO stock SELECT product_id, 100000 FROM products;
INSERT INTO customers
SELECT i, 'user' || i || '@example.com', initcap(substr(md5(i::text), 1, 8)), (ARRAY['DE', 'FR', 'US', 'JP', 'BR', 'IN', 'SE'])[1 + (random() * 6)::int],
       0, DATE '2020-01-01' + (random() * 1800)::int
FROM generate_series(1, 10000) i;
INSERT INTO orders
SELECT i, 1 + (random() * 9999)::int, (ARRAY['open', 'paid', 'sent', 'done'])[1 + (random() * 3)::int], 0, TIMESTAMPTZ '2025-01-01' + random() * INTERVAL '300 days'
FROM generate_series(1, 25000) i;
INSERT INTO order_items
SELECT o, l, 1 + (random() * 1999)::int, 1 + (random() * 4)::int, 1 + (random() * 500)::numeric(10, 2)
FROM generate_series(1, 25000) o, generate_series(1, 1 + (o % 4)) l;
UPDATE orders SET total = s.total FROM (SELECT order_id, sum(quantity * price) AS total FROM order_items GROUP BY order_id) s WHERE s.order_id = orders.order_id;
INSERT INTO wallets SELECT i, 1000 FROM generate_series(1, 500) i;

CREATE INDEX products_category ON products (category_id, price);
CREATE INDEX products_name ON products (name text_pattern_ops);
CREATE INDEX orders_customer ON orders (customer_id, placed_at);
CREATE INDEX reviews_product ON reviews (product_id);

CREATE FUNCTION shipping_cost(weight numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS
$$BEGIN RETURN round(4.90 + weight * 0.35, 2); END$$;

VACUUM (FREEZE, ANALYZE);

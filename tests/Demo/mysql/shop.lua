-- The shop's web front end for sysbench. --mode=text: what visitors read, as texts. --mode=prepared: orders, loyalty points and
-- prices, as prepared statements. Each thread writes to keys of its own: nobody waits for anybody.
sysbench.cmdline.options = { mode = { "text or prepared", "text" } }

local rand = sysbench.rand.uniform

local texts = {
   function() return ("SELECT name, price FROM products WHERE product_id = %d"):format(rand(1, 2000)) end,
   function() return ("SELECT product_id, name, price FROM products WHERE category_id = %d ORDER BY price, product_id LIMIT 20"):format(rand(1, 50)) end,
   function() return ("SELECT customer_id, name, country, joined_on FROM customers WHERE email = 'user%d@example.com'"):format(rand(1, 10000)) end,
   function() return ("SELECT order_id, status, total, placed_at FROM orders WHERE customer_id = %d AND order_id <= 25000 ORDER BY placed_at DESC LIMIT 10"):format(rand(1, 10000)) end,
   function() return ("SELECT i.line, p.name, i.quantity, i.price FROM order_items i JOIN products p USING (product_id) WHERE i.order_id = %d ORDER BY i.line"):format(rand(1, 25000)) end,
   function() return ("SELECT product_id, shipping_cost(weight) FROM products WHERE product_id = %d"):format(rand(1, 2000)) end,
   function() return "SELECT country, COUNT(*) FROM customers GROUP BY country ORDER BY country" end,
   function() return ("SELECT product_id, name FROM products WHERE name LIKE 'product %02x%%' ORDER BY name"):format(rand(0, 255)) end,
}

-- name = { text, parameter types... }
local integer, bigint = sysbench.sql.type.INT, sysbench.sql.type.BIGINT
local prepared = {
   new_order = { "INSERT INTO orders (order_id, customer_id, status, total, placed_at) VALUES (?, ?, 'open', 0, now())", bigint, integer },
   item = { "INSERT INTO order_items (order_id, line, product_id, quantity, price) SELECT ?, ?, product_id, 2, price FROM products WHERE product_id = ?", bigint, integer, integer },
   take = { "UPDATE stock SET quantity = quantity - 2 WHERE product_id = ?", integer },
   paid = { "UPDATE orders SET status = 'paid', total = (SELECT SUM(quantity * price) FROM order_items WHERE order_items.order_id = orders.order_id) WHERE order_id = ?", bigint },
   sum = { "SELECT order_id, total FROM orders WHERE order_id = ?", bigint },
   points = { "UPDATE customers SET loyalty = loyalty + 1 WHERE customer_id = ?", integer },
   loyalty = { "SELECT loyalty FROM customers WHERE customer_id = ?", integer },
   price = { "SELECT p.price, c.name FROM products p JOIN categories c USING (category_id) WHERE p.product_id = ?", integer },
   range = { "SELECT SUM(quantity), MAX(price) FROM order_items WHERE order_id BETWEEN ? AND ?", bigint, bigint },
   exists = { "SELECT EXISTS (SELECT 1 FROM order_items WHERE order_id = ? AND quantity > 3)", bigint },
}

function thread_init()
   con = sysbench.sql.driver():connect()
   orders = 0
   if sysbench.opt.mode == "text" then return end
   statements = {}
   for name, definition in pairs(prepared) do
      local statement = con:prepare(definition[1])
      local parameters = {}
      for i = 2, #definition do parameters[#parameters + 1] = statement:bind_create(definition[i]) end
      statement:bind_param(unpack(parameters))
      statements[name] = { statement = statement, parameters = parameters }
   end
end

local function execute(name, ...)
   local prepared_one = statements[name]
   for i, value in ipairs({ ... }) do prepared_one.parameters[i]:set(value) end
   prepared_one.statement:execute()
end

local function place_order()
   orders = orders + 1
   local order = 1000000 * (sysbench.tid + 1) + orders
   local product = rand(1, 500) + 1000 * sysbench.tid
   con:query("BEGIN")
   execute("new_order", order, rand(1, 5000) + 5000 * sysbench.tid)
   execute("item", order, 1, product)
   execute("item", order, 2, product + 500)
   execute("take", product)
   execute("paid", order)
   execute("sum", order)
   con:query("COMMIT")
end

local function earn_points()
   local customer = rand(1, 5000) + 5000 * sysbench.tid
   execute("points", customer)
   execute("loyalty", customer)
end

local function ask_prices()
   local order = rand(1, 24900)
   execute("price", rand(1, 2000))
   execute("range", order, order + 50)
   execute("exists", order)
end

function event()
   if sysbench.opt.mode == "text" then
      con:query(texts[rand(1, #texts)]())
      return
   end
   local dice = rand(1, 5)
   if dice == 1 then place_order() elseif dice <= 3 then earn_points() else ask_prices() end
end

function thread_done()
   con:disconnect()
end

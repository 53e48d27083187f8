# What the demo does on PostgreSQL. Read by demo.sh.
# shellcheck shell=bash disable=SC2034

OLD=(postgres 15)
NEW=(postgres 18)
SCHEME=postgres
SNAPSHOT_TOOL=pg_dump
INDEX_FAULT_TEXT='from orders where customer_id'
FUNCTION_FAULT_TEXT='shipping_cost(weight) from products'
FUNCTION_FAULT_CODE=22000
FAULTS_TEXT="the index orders_customer is missing, and the function shipping_cost fails"

get_clients() {
  PATH=$("$SERVERS" home pgclient 18)/bin:$("$SERVERS" home pgbench 18)/bin:$PATH
  NODE_PATH=$("$SERVERS" node-clients)
  export PATH NODE_PATH
}

load_data() { # FOLDER
  "$SERVERS" sql "$1" "CREATE DATABASE shop"
  REPLAY_SERVER_DATABASE=shop "$SERVERS" sql "$1" <"$HERE/postgres/schema.sql" >/dev/null
}

count_rows() { # FOLDER
  REPLAY_SERVER_DATABASE=shop "$SERVERS" sql "$1" "SELECT sum(n) FROM (SELECT count(*) n FROM products UNION ALL SELECT count(*) FROM stock
    UNION ALL SELECT count(*) FROM customers UNION ALL SELECT count(*) FROM orders UNION ALL SELECT count(*) FROM order_items) c"
}

# pgbench at a fixed rate in one of the three protocols; weights behind @. Its own log of failures is its exit status.
bench() { # MODE CLIENTS RATE SEED SCRIPT@WEIGHT...
  local mode=$1 clients=$2 rate=$3 seed=$4 scripts=() script
  shift 4
  for script in "$@"; do scripts+=(-f "$HERE/postgres/${script%@*}.pgbench@${script#*@}"); done
  pgbench -n -M "$mode" -c "$clients" -j 1 -R "$rate" -T "$TRAFFIC_SECONDS" --random-seed="$seed" -D n=0 "${scripts[@]}" shop
}

# The back office at its terminal: reports, an export, imports, and mistakes.
back_office() {
  local round=0 end=$((SECONDS + TRAFFIC_SECONDS))
  while [ $SECONDS -lt $end ]; do
    round=$((round + 1))
    cat <<SQL
SELECT c.name, sum(i.quantity * i.price) AS revenue FROM order_items i JOIN products p USING (product_id) JOIN categories c USING (category_id)
 WHERE i.order_id BETWEEN $((round * 500)) AND $((round * 500 + 2000)) GROUP BY c.name ORDER BY revenue DESC LIMIT 10;
COPY imports FROM STDIN WITH (FORMAT csv);
$(for sku in $(seq 1 100); do echo "$round,sku-$sku,$((round * sku % 97))"; done)
\\.
SELECT count(*), sum(quantity) FROM imports WHERE batch = $round;
COPY (SELECT order_id, total FROM orders WHERE order_id BETWEEN $((round * 100)) AND $((round * 100 + 99)) ORDER BY order_id) TO STDOUT;
SELECT status, count(*) FROM orders WHERE order_id <= 25000 GROUP BY status ORDER BY status;
SQL
    case $((round % 4)) in
      1) echo "SELECT total / 0 FROM orders WHERE order_id = $round;" ;;
      2) echo "SELECT * FROM order_archive WHERE order_id = $round;" ;;
      3) echo "INSERT INTO categories VALUES ($((round % 50 + 1)), 'twice');" ;;
    esac
    sleep 1
  done | psql -X -q -At -d shop # the mistakes' messages are in its log
}

# All of it at a few per cent of what the server can do. Prints the processes' ids.
start_traffic() { # PORT
  export PGHOST=127.0.0.1 PGPORT=$1 PGUSER=app PGPASSWORD=secret
  in_background pgbench-simple bench simple 2 60 "$SEED" browse-product@3 browse-category@2 browse-customer@2 browse-orders@3 browse-items@2 browse-shipping@2 browse-countries@1
  in_background pgbench-extended bench extended 2 20 $((SEED + 1)) order@1
  in_background pgbench-prepared bench prepared 2 60 $((SEED + 2)) prices@2 loyalty@2 search@1
  in_background node node "$HERE/postgres/shop.cjs" "postgres://app:secret@127.0.0.1:$1/shop" "$TRAFFIC_SECONDS" "$SEED"
  in_background psql back_office
}
CLIENTS_TEXT="pgbench (simple, extended and prepared protocol), psql (reports, COPY in and out, mistakes), Node's postgres.js (pipelines) and node-postgres (transactions)"

# What the demo does on MariaDB. Read by demo.sh.
# shellcheck shell=bash disable=SC2034

OLD=(mariadb 10.11)
NEW=(mariadb 11.8)
SCHEME=mysql
SNAPSHOT_TOOL=mariadb-dump
INDEX_FAULT_TEXT='from orders where customer_id'
FUNCTION_FAULT_TEXT='shipping_cost(weight) from products'
FUNCTION_FAULT_CODE=1644
FAULTS_TEXT="the index orders_customer is missing, and the function shipping_cost fails"
CLIENTS_TEXT="sysbench (texts and prepared statements), the mariadb client (reports, LOAD DATA LOCAL, mistakes), Node's mariadb connector (pipelines) and mysql2 (prepared, transactions)"

get_clients() {
  # The clients of the old version: those of the new one insist on TLS.
  PATH=$("$SERVERS" home mariadb 10.11)/bin:$("$SERVERS" home sysbench 1)/bin:$PATH
  NODE_PATH=$("$SERVERS" node-clients)
  export PATH NODE_PATH
}

load_data() { # FOLDER
  "$SERVERS" sql "$1" "CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
  REPLAY_SERVER_DATABASE=shop "$SERVERS" sql "$1" <"$HERE/mysql/schema.sql" >/dev/null
}

count_rows() { # FOLDER
  REPLAY_SERVER_DATABASE=shop "$SERVERS" sql "$1" "SELECT SUM(n) FROM (SELECT COUNT(*) n FROM products UNION ALL SELECT COUNT(*) FROM stock
    UNION ALL SELECT COUNT(*) FROM customers UNION ALL SELECT COUNT(*) FROM orders UNION ALL SELECT COUNT(*) FROM order_items) c"
}

bench() { # PORT MODE RATE SEED
  local options=(--db-driver=mysql --mysql-host=127.0.0.1 "--mysql-port=$1" --mysql-user=app --mysql-password=secret --mysql-db=shop --mysql-ssl=off)
  sysbench "$HERE/mysql/shop.lua" "${options[@]}" "--mode=$2" --threads=2 "--rate=$3" "--time=$TRAFFIC_SECONDS" "--rand-seed=$4" run
}

# The back office at its terminal: reports, imports, and mistakes.
back_office() { # PORT
  local round=0 end=$((SECONDS + TRAFFIC_SECONDS)) file sku
  file=$(mktemp)
  while [ $SECONDS -lt $end ]; do
    round=$((round + 1))
    for sku in $(seq 1 100); do echo "$round,sku-$sku,$((round * sku % 97))"; done >"$file"
    cat <<SQL
SELECT c.name, SUM(i.quantity * i.price) AS revenue FROM order_items i JOIN products p USING (product_id) JOIN categories c USING (category_id) WHERE i.order_id BETWEEN $((round * 500)) AND $((round * 500 + 2000)) GROUP BY c.name ORDER BY revenue DESC LIMIT 10;
LOAD DATA LOCAL INFILE '$file' INTO TABLE imports FIELDS TERMINATED BY ',';
SELECT COUNT(*), SUM(quantity) FROM imports WHERE batch = $round;
SELECT status, COUNT(*) FROM orders WHERE order_id <= 25000 GROUP BY status ORDER BY status;
SQL
    case $((round % 4)) in
      1) echo "SELECT no_such_column FROM orders WHERE order_id = $round;" ;;
      2) echo "SELECT * FROM order_archive WHERE order_id = $round;" ;;
      3) echo "INSERT INTO categories VALUES ($((round % 50 + 1)), 'twice');" ;;
    esac
    sleep 1
  done | MYSQL_PWD=secret mariadb --no-defaults --force --unbuffered --local-infile=1 -h127.0.0.1 "-P$1" -uapp shop || [ $? = 1 ] # 1: there were mistakes
  rm -f "$file"
}

# All of it at a few per cent of what the server can do.
start_traffic() { # PORT
  in_background sysbench-text bench "$1" text 60 "$SEED"
  in_background sysbench-prepared bench "$1" prepared 60 $((SEED + 1))
  in_background node node "$HERE/mysql/shop.cjs" 127.0.0.1 "$1" app secret "$TRAFFIC_SECONDS" "$SEED"
  in_background mariadb back_office "$1"
}

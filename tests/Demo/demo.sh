#!/usr/bin/env bash
# demo.sh [postgres|mysql] [--no-faults] - the whole path on real servers: traffic, capture with a snapshot, replay on an old and on
# a new version, comparison. Called by './build.sh demo', which has built the programs.
#
# Two faults are planted on the new version; the demo succeeds if the report finds both and nothing that isn't there.
# --no-faults plants none; the verdict then has to be pass. --same-version (for the soak) also takes the old version as the new one.
# Environment: REPLAY_DEMO_SEED (7), REPLAY_DEMO_SECONDS of traffic (30), REPLAY_DEMO_OUT (where the results go).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
SERVERS=$ROOT/tests/TestKit/servers.sh
ARTIFACTS=$ROOT/.artifacts
SEED=${REPLAY_DEMO_SEED:-7}
TRAFFIC_SECONDS=${REPLAY_DEMO_SECONDS:-30}
ENGINE=postgres
FAULTS=1
SAME=0
export HERE SEED TRAFFIC_SECONDS SERVERS

for argument in "$@"; do
  case $argument in
    postgres | mysql) ENGINE=$argument ;;
    --no-faults) FAULTS=0 ;;
    --same-version) FAULTS=0 SAME=1 ;;
    *) echo "usage: build.sh demo [postgres|mysql] [--no-faults]" >&2; exit 2 ;;
  esac
done
# shellcheck source=postgres/engine.sh
. "$HERE/$ENGINE/engine.sh"
[ "$SAME" = 0 ] || NEW=("${OLD[@]}")

say() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }
fail() { echo "demo: $*" >&2; exit 2; }

# ---- fetch what is missing; then, without root, go where packets may be captured without root ------------------------

"$SERVERS" fetch "${OLD[@]}"
"$SERVERS" fetch "${NEW[@]}"
get_clients

may_capture() { [ $((0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 13 & 1)) = 1 ]; }
if ! may_capture; then
  [ -z "${REPLAY_DEMO_NAMESPACE:-}" ] || fail "packets cannot be captured here even in a namespace of its own: run it as root"
  export REPLAY_DEMO_NAMESPACE=1
  exec unshare --user --net --map-current-user --keep-caps sh -c 'ip link set lo up && exec "$0" "$@"' "$HERE/demo.sh" "$@"
fi
SECONDS=0 # from here on it takes less than 5 minutes

# ---- nothing stays behind -------------------------------------------------------------------------------------------

WORK=$(mktemp -d /var/tmp/replay-demo-XXXXXX)
chmod 755 "$WORK" # the servers may run as a user of their own
OUT=${REPLAY_DEMO_OUT:-$ARTIFACTS/demo/$ENGINE-$(date +%Y%m%d-%H%M%S)}
mkdir -p "$OUT/logs"
NAMES=() PIDS=()

in_background() { # NAME COMMAND...
  local name=$1
  shift
  set -m # a process group of its own
  "$@" </dev/null >"$OUT/logs/$name.out" 2>"$OUT/logs/$name.err" &
  set +m
  NAMES+=("$name") PIDS+=($!)
}

clean_up() {
  local pid server
  trap - EXIT INT TERM
  for pid in "${PIDS[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  for server in production old new; do "$SERVERS" wipe "$WORK/$server" || true; done
  rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# ---- servers and data -----------------------------------------------------------------------------------------------

"$SERVERS" create "${OLD[@]}" "$WORK/production"
"$SERVERS" create "${OLD[@]}" "$WORK/old"
"$SERVERS" create "${NEW[@]}" "$WORK/new"
PORT=$("$SERVERS" start "$WORK/production" --owner $$)
URL=$("$SERVERS" url "$WORK/production" shop)
say "production: $("$SERVERS" version "$WORK/production"), port $PORT"
load_data "$WORK/production"
say "a shop with $(count_rows "$WORK/production") rows"

# ---- capture --------------------------------------------------------------------------------------------------------

WORKLOAD=$OUT/shop.workload
in_background dbcapture "$ARTIFACTS/dbcapture" live --interface lo --server "$SCHEME:127.0.0.1:$PORT" \
  --snapshot "$SNAPSHOT_TOOL" --snapshot-url "$URL" --out "$WORKLOAD"
CAPTURE=$!
until grep -q sniffing "$OUT/logs/dbcapture.err" 2>/dev/null; do
  kill -0 "$CAPTURE" 2>/dev/null || { cat "$OUT/logs/dbcapture.err" >&2; fail "dbcapture did not start"; }
  sleep 0.1
done
say "dbcapture sniffs interface lo and has $SNAPSHOT_TOOL take a snapshot"
say "$TRAFFIC_SECONDS s of traffic: $CLIENTS_TEXT"
start_traffic "$PORT"
for i in "${!PIDS[@]}"; do
  [ "${PIDS[i]}" != "$CAPTURE" ] || continue
  wait "${PIDS[i]}" || { tail -n 5 "$OUT/logs/${NAMES[i]}.err" >&2; fail "client ${NAMES[i]} failed: $OUT/logs/${NAMES[i]}.err"; }
done
kill -INT "$CAPTURE"
wait "$CAPTURE" || { tail -n 5 "$OUT/logs/dbcapture.err" >&2; fail "dbcapture failed: $OUT/logs/dbcapture.err"; }
PIDS=() NAMES=()
"$ARTIFACTS/dbcapture" info "$WORKLOAD" >"$OUT/info.txt"
say "captured:"
sed -n '1,14{s/^/        /;p}' "$OUT/info.txt"

# ---- replay and compare ---------------------------------------------------------------------------------------------

"$SERVERS" stop "$WORK/production"
"$SERVERS" start "$WORK/old" --owner $$ >/dev/null
"$SERVERS" start "$WORK/new" --owner $$ >/dev/null
OLD_URL=$("$SERVERS" url "$WORK/old" shop)
NEW_URL=$("$SERVERS" url "$WORK/new" shop)
say "old: $("$SERVERS" version "$WORK/old"), port $("$SERVERS" port "$WORK/old")"
say "new: $("$SERVERS" version "$WORK/new"), port $("$SERVERS" port "$WORK/new")"
PLAN=$OUT/plan.yaml
{
  echo "workload: shop.workload"
  echo "out: upgrade"
  echo "baseline: { url: \"$OLD_URL\" }"
  # To show that nothing became slower takes more than to find what is four times as slow: two runs a side do not do on a machine whose speed changes from one minute to the next.
  if [ "$FAULTS" = 1 ]; then
    echo "confirm_time: 30s"
    echo "candidate: { url: \"$NEW_URL\", after_restore: [\"$HERE/$ENGINE/faults.sql\"] }"
  else
    echo "order: ABBAAB"
    echo "confirm_time: 20s"
    echo "candidate: { url: \"$NEW_URL\" }"
  fi
} >"$PLAN"
say "dbreplay upgrade: restore, replay on old, new, new, old$([ "$FAULTS" = 1 ] || echo ", old, new"), compare, execute again what looks slower"
verdict=0
"$ARTIFACTS/dbreplay" upgrade "$PLAN" 2> >(tee "$OUT/logs/dbreplay.err" >&2) || verdict=$?
case $verdict in 0 | 1 | 3) ;; *) fail "dbreplay upgrade ended with $verdict: $OUT/logs/dbreplay.err" ;; esac

# ---- was it right? --------------------------------------------------------------------------------------------------

if [ "$FAULTS" = 1 ]; then say "The two faults that were planted on the new server: $FAULTS_TEXT."; else say "No faults were planted."; fi
result=0
ENGINE=$ENGINE FAULTS=$FAULTS OLD_URL=$OLD_URL NEW_URL=$NEW_URL INDEX_FAULT_TEXT=$INDEX_FAULT_TEXT FUNCTION_FAULT_TEXT=$FUNCTION_FAULT_TEXT \
  FUNCTION_FAULT_CODE=$FUNCTION_FAULT_CODE DBCAPTURE=$ARTIFACTS/dbcapture node "$HERE/check.cjs" "$OUT/upgrade/comparison.json" "$WORKLOAD" || result=$?
say "done. What there is to look at:"
cat <<END
  report             $OUT/upgrade/report.html
  comparison (JSON)  $OUT/upgrade/comparison.json
  workload           $WORKLOAD
  runs               $OUT/upgrade/{A,B}*.run (A old, B new), made by $PLAN
Try next:
  .artifacts/dbcapture info $WORKLOAD
  .artifacts/dbcapture show $WORKLOAD --errors
  .artifacts/dbcompare $OUT/upgrade/A*.run --against $OUT/upgrade/B*.run
END
exit "$result"

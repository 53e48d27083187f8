#!/usr/bin/env bash
# Concurrent writers on real servers, captured live with the snapshot in their midst, replayed by each order at the recorded and at full speed: how many
# rows differ from the captured server's, and which of them lead to no named cause? One capture a round for each server and profile; another seed each round. The rows themselves: .artifacts/state.rows
. "$(dirname "$0")/common.sh"
case $ENGINE in
  postgres) SERVERS=("postgres 15" "postgres 18") ;;
  mysql) SERVERS=("mariadb 10.11" "mariadb 11.8" "mysql 9.7") ;;
esac
if [ -n "${REPLAY_STATE_SERVERS:-}" ]; then IFS=';' read -ra SERVERS <<<"$REPLAY_STATE_SERVERS"; fi
read -ra PROFILES <<<"${REPLAY_STATE_PROFILES:-low medium hot values ddl}"
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log ROWS=$ROOT/.artifacts/$NAME.rows
export REPLAY_SOAK_FACTS=$FACTS REPLAY_STATE_SEED=${REPLAY_STATE_SEED:-1} REPLAY_STATE_SERVER REPLAY_STATE_PROFILE
export REPLAY_STATE_SESSIONS=${REPLAY_STATE_SESSIONS:-64} REPLAY_STATE_TRANSACTIONS=${REPLAY_STATE_TRANSACTIONS:-50} REPLAY_STATE_PAUSE=${REPLAY_STATE_PAUSE:-250}
export REPLAY_STATE_REPLAYS=${REPLAY_STATE_REPLAYS:-none:max session:max commit:max table:max key:max key:1}
KEEP=${REPLAY_STATE_KEEP:-} failed=0 # a folder for captures and runs of cases with rows that nothing explains, or a replay that did not end
: >"$ROWS"
for ((round = 0; ; round++, REPLAY_STATE_SEED++)); do
  more "$round" || break
  for REPLAY_STATE_SERVER in "${SERVERS[@]}"; do
    for REPLAY_STATE_PROFILE in "${PROFILES[@]}"; do
      rm -f "$FACTS" "$FACTS.rows"
      [ -z "$KEEP" ] || export REPLAY_STATE_KEEP="$KEEP/${REPLAY_STATE_SERVER// /-}-$REPLAY_STATE_PROFILE-$REPLAY_STATE_SEED"
      [ -z "$KEEP" ] || mkdir -p "$REPLAY_STATE_KEEP"
      timeout "${REPLAY_STATE_MINUTES:-10}m" dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests.dll" --filter StateTests >"$LOG" 2>&1 ||
        { [ $? = 124 ] && why="ended after ${REPLAY_STATE_MINUTES:-10} minutes" || why=$(grep -a -m 3 -A 12 '\[FAIL\]' "$LOG" || tail -n 3 "$LOG"); failed=1; printf '%s, %s, seed %s:\n%s\n' "$REPLAY_STATE_SERVER" "$REPLAY_STATE_PROFILE" "$REPLAY_STATE_SEED" "$why" >&2; }
      touch "$FACTS" "$FACTS.rows"
      cat "$FACTS.rows" >>"$ROWS"
      while IFS=$'\t' read -r -a facts; do
        record "seed | server | profile | sessions | statements | order | speed | replayed | errors captured | errors replayed | rows | rows that differ | in | because of | unexplained | but for a clock | ambiguous at the cut | makespan by captured | waits for order | circles broken (longest) | let go at the limit | ambiguous pairs" \
          "$REPLAY_STATE_SEED" "$REPLAY_STATE_SERVER" "$REPLAY_STATE_PROFILE" "$REPLAY_STATE_SESSIONS" "${facts[@]}"
      done <"$FACTS"
      [ -z "$KEEP" ] || ! awk -F'\t' '$4 == "did not end" || ($11 != "-" && $11 != 0) { keep = 1 } END { exit keep }' "$FACTS" || rm -rf "$REPLAY_STATE_KEEP"
    done
  done
done
exit "$failed"

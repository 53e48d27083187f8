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
failed=0
: >"$ROWS"
for ((round = 0; ; round++, REPLAY_STATE_SEED++)); do
  more "$round" || break
  for REPLAY_STATE_SERVER in "${SERVERS[@]}"; do
    for REPLAY_STATE_PROFILE in "${PROFILES[@]}"; do
      rm -f "$FACTS" "$FACTS.rows"
      timeout "${REPLAY_STATE_MINUTES:-10}m" dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests.dll" --filter StateTests >"$LOG" 2>&1 ||
        { failed=1; echo "$REPLAY_STATE_SERVER, $REPLAY_STATE_PROFILE, seed $REPLAY_STATE_SEED:" >&2; grep -a -m 3 -A 12 '\[FAIL\]' "$LOG" >&2 || echo "ended after ${REPLAY_STATE_MINUTES:-10} minutes" >&2; }
      touch "$FACTS" "$FACTS.rows"
      cat "$FACTS.rows" >>"$ROWS"
      while IFS=$'\t' read -r -a facts; do
        record "seed | server | profile | sessions | statements | order | speed | replayed | errors captured | errors replayed | rows | rows that differ | in | because of | unexplained | but for a clock | ambiguous at the cut | makespan by captured | waits for order | circles broken (longest) | let go at the limit | ambiguous pairs" \
          "$REPLAY_STATE_SEED" "$REPLAY_STATE_SERVER" "$REPLAY_STATE_PROFILE" "$REPLAY_STATE_SESSIONS" "${facts[@]}"
      done <"$FACTS"
    done
  done
done
exit "$failed"

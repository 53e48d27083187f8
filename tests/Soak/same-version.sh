#!/usr/bin/env bash
# Captured and replayed on the same version, without concurrent writers: no divergence, and equal tables afterwards. Other traffic each round.
. "$(dirname "$0")/common.sh"
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log
export REPLAY_SOAK_FACTS=$FACTS REPLAY_TRAFFIC_SEED=${REPLAY_TRAFFIC_SEED:-100}
for ((round = 0; ; round++, REPLAY_TRAFFIC_SEED++)); do
  more "$round" || break
  rm -f "$FACTS"
  result=0
  dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests.dll" --filter SameVersionTests >"$LOG" 2>&1 || result=$?
  touch "$FACTS"
  while IFS=$'\t' read -r server exchanges ambiguous divergences tables; do
    record "seed | server | exchanges | ambiguous at the cut | divergences | tables afterwards" "$REPLAY_TRAFFIC_SEED" "$server" "$exchanges" "$ambiguous" "$divergences" "$tables"
  done <"$FACTS"
  [ "$result" = 0 ] || { grep -a -m 5 -A 12 '\[FAIL\]' "$LOG" >&2; exit 1; }
done

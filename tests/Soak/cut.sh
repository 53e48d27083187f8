#!/usr/bin/env bash
# Snapshots in the middle of a load of 16 sessions at full speed, whose updates do not commute: replayed, all tables are equal. Other traffic each round.
. "$(dirname "$0")/common.sh"
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log
CONFIGURATION=${CONFIGURATION:-release}
export REPLAY_SOAK_FACTS=$FACTS REPLAY_TRAFFIC_SEED=${REPLAY_TRAFFIC_SEED:-100}
for ((round = 0; ; round++, REPLAY_TRAFFIC_SEED++)); do
  more "$round" || break
  rm -f "$FACTS"
  result=0
  dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/$CONFIGURATION/EndToEnd.Tests.dll" --filter CutTests >"$LOG" 2>&1 || result=$?
  touch "$FACTS"
  while IFS=$'\t' read -r server exchanges straddling told ambiguous rows; do
    record "seed | server | exchanges | straddled the cut | told by the server's sessions | ambiguous | rows that differ" "$REPLAY_TRAFFIC_SEED" "$server" "$exchanges" "$straddling" "$told" "$ambiguous" "$rows"
  done <"$FACTS"
  [ "$result" = 0 ] || { grep -a -m 5 -A 40 '\[FAIL\]' "$LOG" >&2; exit 1; }
done

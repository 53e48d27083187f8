#!/usr/bin/env bash
# What a run outlives, at full size: 10,000 sessions open at once, a session of 5 million exchanges, a result of 2 GiB, 10,000 exchanges a second for a minute, a core taken away, a server killed and started again,
# traffic cut for 5 s by a packet filter (as root, with nft). REPLAY_ENDURE_CASES names some of them; REPLAY_ENDURE_EXCHANGES and the like (EnduranceTests) make them smaller.
. "$(dirname "$0")/common.sh"
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log
read -ra CASES <<<"${REPLAY_ENDURE_CASES:-ManySessions OneSession AResult TheRate WhereACore AServer Traffic}"
export REPLAY_SOAK_FACTS=$FACTS
ulimit -n "$(ulimit -Hn)"
failed=0
for ((round = 0; ; round++)); do
  more "$round" || break
  for case in "${CASES[@]}"; do
    rm -f "$FACTS"
    command=(timeout "${REPLAY_ENDURE_MINUTES:-15}m" dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests.dll" --filter "EnduranceTests.$case")
    "${command[@]}" >"$LOG" 2>&1 || { failed=1; echo "$case:" >&2; grep -a -m 3 -A 12 '\[FAIL\]' "$LOG" >&2 || tail -n 5 "$LOG" >&2; }
    touch "$FACTS"
    while IFS=$'\t' read -r -a facts; do
      record "case | size | replayed | failed | seconds | exchanges a second | most memory, MiB | own lag p99, ms | inherited lag p99, ms | replayer's share of the processors | longest collection, ms | exchanges that collections touched | connections lost/opened again | certificate" "${facts[@]}"
    done <"$FACTS"
  done
done
exit "$failed"

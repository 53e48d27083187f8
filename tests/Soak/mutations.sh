#!/usr/bin/env bash
# 10,000 damaged captures a round, from file to shapes: nothing may throw, sums must hold, memory must stay flat.
. "$(dirname "$0")/common.sh"
CASES=10000
export REPLAY_FUZZ_CASES=$CASES REPLAY_FUZZ_SEED=${REPLAY_FUZZ_SEED:-1}
for ((round = 0; ; round++, REPLAY_FUZZ_SEED += CASES)); do
  more "$round" || break
  began=$SECONDS result=passed
  dotnet test "$ROOT/.artifacts/bin/Fuzz/release/Fuzz.dll" --filter CaptureFuzzTests >"$ROOT/.artifacts/$NAME.log" 2>&1 || result=failed
  record "first seed | cases | result | seconds" "$REPLAY_FUZZ_SEED" "$CASES" "$result" "$((SECONDS - began))"
  [ "$result" = passed ] || { grep -a -m 3 REPLAY_FUZZ_SEED "$ROOT/.artifacts/$NAME.log" >&2; exit 1; }
done

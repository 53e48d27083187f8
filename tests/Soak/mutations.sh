#!/usr/bin/env bash
# 10,000 damaged captures a round through 'dbcapture pcap', and as many through the decoders with more checks on the way: nothing may crash or
# hang, what is left behind must open, sums must hold, memory must stay flat.
. "$(dirname "$0")/common.sh"
CASES=10000
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log
export REPLAY_FUZZ_CASES=$CASES REPLAY_FUZZ_PROGRAM_CASES=$CASES REPLAY_FUZZ_FACTS=$FACTS REPLAY_FUZZ_SEED=${REPLAY_FUZZ_SEED:-1}
for ((round = 0; ; round++, REPLAY_FUZZ_SEED += CASES)); do
  more "$round" || break
  rm -f "$FACTS"
  began=$SECONDS result=passed
  nice -n 10 dotnet test "$ROOT/.artifacts/bin/Fuzz/release/Fuzz.dll" --filter 'FullyQualifiedName~CaptureFuzzTests|FullyQualifiedName~DbcaptureFuzz' >"$LOG" 2>&1 || result=failed
  captures=- refused=- longest=- heap=- resident=- peak=-
  if [ -e "$FACTS" ]; then IFS=$'\t' read -r captures refused longest heap resident peak <"$FACTS"; fi
  record "first seed | cases | captures | result | refused in one line | longest case, ms | managed heap in each half, MiB | resident in each half, MiB | resident at most, MiB | seconds" \
    "$REPLAY_FUZZ_SEED" "$CASES" "$captures" "$result" "$refused" "$longest" "$heap" "$resident" "$peak" "$((SECONDS - began))"
  [ "$result" = passed ] || { grep -a -m 3 REPLAY_FUZZ_SEED "$LOG" >&2; exit 1; }
done

#!/usr/bin/env bash
# Old and new are the same version: how often is the verdict pass, and does any shape count as regressed? Another seed each time.
. "$(dirname "$0")/common.sh"
export REPLAY_DEMO_SEED=${REPLAY_DEMO_SEED:-100}
for ((round = 0; ; round++, REPLAY_DEMO_SEED++)); do
  more "$round" || break
  REPLAY_DEMO_OUT=$ROOT/.artifacts/soak/$NAME-$ENGINE-$REPLAY_DEMO_SEED
  export REPLAY_DEMO_OUT
  rm -rf "$REPLAY_DEMO_OUT"
  "$ROOT/tests/Demo/demo.sh" "$ENGINE" --same-version >"$ROOT/.artifacts/$NAME.log" 2>&1 || true
  read -r verdict shapes regressed < <(node -e '
    const c = JSON.parse(require("fs").readFileSync(process.argv[1]));
    const replayed = c.shapes.filter((s) => s.executions > 0);
    console.log(c.verdict, replayed.length, replayed.filter((s) => s.verdict === "regressed").length);' \
    "$REPLAY_DEMO_OUT/upgrade/comparison.json" || echo "none 0 0")
  record "seed | engine | verdict | shapes | regressed" "$REPLAY_DEMO_SEED" "$ENGINE" "$verdict" "$shapes" "$regressed"
done

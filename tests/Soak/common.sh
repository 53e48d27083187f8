# Read by the soaks: options, and a row in results/NAME.md. shellcheck shell=bash
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NAME=$(basename "$0" .sh)
RESULTS=$ROOT/tests/Soak/results/$NAME.md
REPEAT=1
HOURS=0
ENGINE=${DEFAULT_ENGINE:-postgres}
while [ $# -gt 0 ]; do
  case $1 in
    --repeat) REPEAT=$2; shift 2 ;;
    --hours) HOURS=$2; shift 2 ;;
    postgres | mysql) ENGINE=$1; shift ;;
    *) echo "usage: build.sh soak $NAME [postgres|mysql] [--repeat N] [--hours H]" >&2; exit 2 ;;
  esac
done

# Whether to go on after so many rounds: --hours wins over --repeat.
more() { # ROUNDS
  if [ "$HOURS" = 0 ]; then [ "$1" -lt "$REPEAT" ]; else [ "$SECONDS" -lt $((HOURS * 3600)) ]; fi
}

# The first row makes the table.
record() { # HEADER VALUE... ; columns after date, commit and seed
  local header=$1
  shift
  mkdir -p "${RESULTS%/*}"
  if [ ! -e "$RESULTS" ]; then
    printf '# %s\n\n| date | commit | %s |\n|%s\n' "$NAME" "$header" "$(printf '%s' "| date | commit | $header |" | tr -cd '|' | sed 's/^|//; s/|/---|/g')" >"$RESULTS"
  fi
  { printf '| %s | %s' "$(date -u +%Y-%m-%d)" "$(git -C "$ROOT" rev-parse --short HEAD)"; printf ' | %s' "$@"; echo ' |'; } | tee -a "$RESULTS"
}

# Read by planted.sh and same.sh: campaigns of PlantedTests, a row for each line of facts. shellcheck shell=bash
DEFAULT_ENGINE=both # unless one is named
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
FACTS=$ROOT/.artifacts/$NAME.facts LOG=$ROOT/.artifacts/$NAME.log ALL=$ROOT/.artifacts/$NAME.all
case $ENGINE in
  both) SERVERS=("postgres 18" "mariadb 11.8") ;;
  postgres) SERVERS=("postgres 18") ;;
  mysql) SERVERS=("mariadb 11.8") ;;
esac
if [ -n "${REPLAY_CAMPAIGN_SERVERS:-}" ]; then IFS=';' read -ra SERVERS <<<"$REPLAY_CAMPAIGN_SERVERS"; fi
export REPLAY_SOAK_FACTS=$FACTS REPLAY_CAMPAIGN_SEED=${REPLAY_CAMPAIGN_SEED:-1} REPLAY_CAMPAIGN_SERVER REPLAY_CAMPAIGN_BURNERS
: >"$ALL"

# Which campaigns have neighbours: a number for all, or 'rounds' for the last two of several.
burners() { # BURNERS ROUND
  case $1:$((REPEAT - $2)) in
    rounds:1) [ "$REPEAT" -gt 2 ] && echo 1 || echo 0 ;;
    rounds:2) [ "$REPEAT" -gt 2 ] && nproc || echo 0 ;;
    rounds:*) echo 0 ;;
    *) echo "$1" ;;
  esac
}

campaigns() { # BURNERS
  local round facts
  for ((round = 0; ; round++, REPLAY_CAMPAIGN_SEED++)); do
    more "$round" || break
    REPLAY_CAMPAIGN_BURNERS=$(burners "$1" "$round")
    for REPLAY_CAMPAIGN_SERVER in "${SERVERS[@]}"; do
      rm -f "$FACTS"
      dotnet test "$ROOT/.artifacts/bin/EndToEnd.Tests/release/EndToEnd.Tests.dll" --filter PlantedTests >"$LOG" 2>&1 ||
        { echo "$REPLAY_CAMPAIGN_SERVER, seed $REPLAY_CAMPAIGN_SEED:" >&2; grep -a -m 3 -A 12 '\[FAIL\]' "$LOG" >&2; }
      touch "$FACTS"
      cat "$FACTS" >>"$ALL"
      while IFS=$'\t' read -r -a facts; do
        [ "$NAME" != planted ] || unset 'facts[1]'
        record "$HEADER" "$REPLAY_CAMPAIGN_SEED" "$REPLAY_CAMPAIGN_SERVER" "${facts[@]}"
      done <"$FACTS"
    done
  done
}

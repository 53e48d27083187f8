#!/usr/bin/env bash
# Old and new of one version, nothing planted, 2 + 2 runs at a third of the old server's full speed: is any shape called regressed? In the last round for each server, if there are several, a process burns a core
# during one of the new side's runs, and in the one before it one for each core; REPLAY_CAMPAIGN_BURNERS sets it for all. At the end it judges itself: no regressed shape in all calm campaigns but one in 20.
. "$(dirname "$0")/campaigns.sh"
export REPLAY_CAMPAIGN_FAULTS=none
HEADER="seed | server | load | processes burning a core | verdict | shapes | the same | flagged | reasons"
campaigns "${REPLAY_CAMPAIGN_BURNERS:-rounds}"
awk -F '\t' '
  { rounds[$2 > 0]++; if ($6 != "none") flagged[$2 > 0]++; verdicts[($2 > 0 ? "with a busy neighbour" : "calm") ", " $3]++ }
  END {
    for (what in verdicts) printf "%s: %d\n", what, verdicts[what]
    printf "shapes flagged in %d of %d calm campaigns, in %d of %d with a busy neighbour\n", flagged[0], rounds[0], flagged[1], rounds[1]
    exit rounds[0] + rounds[1] == 0 || flagged[0] > int(rounds[0] / 20)
  }' "$ALL"

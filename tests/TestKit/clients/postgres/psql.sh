#!/bin/sh
# psql.sh PSQL HOST PORT USER PASSWORD DATABASE: psql.sql; errors are part of it
PGPASSWORD=$5 exec "$1" -X -q -h "$2" -p "$3" -U "$4" -d "$6" -o /dev/null -f "$(dirname "$0")/psql.sql"

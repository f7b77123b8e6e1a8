#!/usr/bin/env bash
# Measures bin/roster on both engines, with as many people as PEOPLE says, and prints a table. Arguments go to bench/load.
#
# The databases go again afterwards, unless BENCH_DIR names a folder to keep the SQLite file in.
set -euo pipefail
cd "$(dirname "$0")/.."

export PEOPLE=${PEOPLE:-100000}
BENCH_DATA=${BENCH_DIR:-}
if [ -z "$BENCH_DATA" ]; then
	BENCH_DATA=$(mktemp -d "${TMPDIR:-/tmp}/roster-bench.XXXXXX")
	trap 'rm -rf "$BENCH_DATA"' EXIT
fi
export BENCH_DATA # not a name that with-postgres.sh has, too
mkdir -p "$BENCH_DATA"
go build -o "$BENCH_DATA/" ./bench/generate ./bench/load

if [ ! -s "$BENCH_DATA/sqlite-$PEOPLE.json" ]; then
	rm -f "$BENCH_DATA/$PEOPLE.db"*
	"$BENCH_DATA/generate" --people "$PEOPLE" --db "$BENCH_DATA/$PEOPLE.db" >"$BENCH_DATA/made.json"
	mv "$BENCH_DATA/made.json" "$BENCH_DATA/sqlite-$PEOPLE.json"
fi

# PostgreSQL is filled each time: with-postgres.sh makes a fresh one. It counts its rows before it is measured, as
# it would have by itself a minute later.
scripts/with-postgres.sh bash -euo pipefail -c '
	databases=("$BENCH_DATA/sqlite-$PEOPLE.json")
	if [ -n "${ROSTER_TEST_POSTGRES:-}" ]; then
		"$BENCH_DATA/generate" --people "$PEOPLE" --db "$ROSTER_TEST_POSTGRES" >"$BENCH_DATA/postgres.json"
		psql --quiet "$ROSTER_TEST_POSTGRES" -c "VACUUM ANALYZE"
		databases+=("$BENCH_DATA/postgres.json")
	fi
	"$BENCH_DATA/load" "$@" "${databases[@]}"
' bench "$@"

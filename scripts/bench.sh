#!/usr/bin/env bash
# Measures bin/roster on both engines, with as many people as PEOPLE says, and prints a table. Arguments go to bench/load.
#
# The databases go again afterwards, unless BENCH_DIR names a folder to keep the SQLite file in.
set -euo pipefail
cd "$(dirname "$0")/.."

export PEOPLE=${PEOPLE:-100000}
dir=${BENCH_DIR:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d "${TMPDIR:-/tmp}/roster-bench.XXXXXX")
	trap 'rm -rf "$dir"' EXIT
fi
export dir
mkdir -p "$dir"
go build -o "$dir/" ./bench/generate ./bench/load

if [ ! -s "$dir/sqlite-$PEOPLE.json" ]; then
	rm -f "$dir/$PEOPLE.db"*
	"$dir/generate" --people "$PEOPLE" --db "$dir/$PEOPLE.db" >"$dir/made.json"
	mv "$dir/made.json" "$dir/sqlite-$PEOPLE.json"
fi

# PostgreSQL is filled each time: with-postgres.sh makes a fresh one. It counts its rows before it is measured, as
# it would have by itself a minute later.
scripts/with-postgres.sh bash -euo pipefail -c '
	databases=("$dir/sqlite-$PEOPLE.json")
	if [ -n "${ROSTER_TEST_POSTGRES:-}" ]; then
		"$dir/generate" --people "$PEOPLE" --db "$ROSTER_TEST_POSTGRES" >"$dir/postgres.json"
		psql --quiet "$ROSTER_TEST_POSTGRES" -c "VACUUM ANALYZE"
		databases+=("$dir/postgres.json")
	fi
	"$dir/load" "$@" "${databases[@]}"
' bench "$@"

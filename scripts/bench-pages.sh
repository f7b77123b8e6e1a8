#!/usr/bin/env bash
# Measures the pages of bin/roster on both engines, with as many people as PEOPLE says, as an administrator and as a person, and
# prints a table of each. Arguments go to bench/pages.
#
# The databases go again afterwards, unless BENCH_DIR names a folder to keep the SQLite file in.
set -euo pipefail
cd "$(dirname "$0")/.."

export PEOPLE=${PEOPLE:-1000000}
BENCH_DATA=${BENCH_DIR:-}
if [ -z "$BENCH_DATA" ]; then
	BENCH_DATA=$(mktemp -d "${TMPDIR:-/tmp}/roster-bench.XXXXXX")
	trap 'rm -rf "$BENCH_DATA"' EXIT
fi
export BENCH_DATA # not a name that with-postgres.sh has, too
mkdir -p "$BENCH_DATA"
go build -o "$BENCH_DATA/" ./bench/generate ./bench/pages
echo 'only for the bench' >"$BENCH_DATA/password"

# fill adds to a database what pages show beside people.
fill() {
	awk 'BEGIN {
		for (i = 0; i < 10000; i++) printf "{\"kind\":\"space\",\"key\":\"S%05d\",\"name\":\"Space %d\",\"owner\":\"712020:%08d\"}\n", i, i, i % '"$PEOPLE"'
		for (i = 0; i < 20000; i++) printf "{\"kind\":\"content\",\"space\":\"S%05d\",\"title\":\"Page %d\",\"body\":\"<p>Text.</p>\"}\n", i / 2, i
		for (i = 0; i < 500; i++) printf "{\"kind\":\"watch\",\"watcher\":\"712020:00000000\",\"space\":\"S%05d\"}\n", i
	}' >"$BENCH_DATA/fill.ndjson"
	bin/roster import "$BENCH_DATA/fill.ndjson" --apply --offline --db "$1"
	bin/roster app add Reports --scope read:me --redirect-uri https://reports.example/back --db "$1"
	bin/roster webhook add https://hooks.example.org/ --db "$1"
	for file in workflows/*.yaml; do bin/roster workflow add "$file" --db "$1"; done
	for email in admin@example.org person00000000@example.org; do
		bin/roster account password "$email" --db "$1" <"$BENCH_DATA/password"
	done
}

# measure serves a database, and prints the tables.
measure() {
	local url
	rm -f "$BENCH_DATA/log"
	bin/roster serve --db "$1" --listen 127.0.0.1:0 >"$BENCH_DATA/log" 2>&1 &
	local server=$!
	for _ in $(seq 600); do
		url=$(grep -o 'http://127.0.0.1:[0-9]*' "$BENCH_DATA/log" | tail -n 1) && curl -sf -o /dev/null "$url/readyz" && break
		sleep 0.1
	done
	for email in admin@example.org person00000000@example.org; do
		printf '\n%s, %s people, %s\n\n' "$2" "$PEOPLE" "$email"
		"$BENCH_DATA/pages" --server "$url" --pid "$server" --email "$email" --password-file "$BENCH_DATA/password" "${@:3}" \
			'/people?q=ada' '/people?q=person0001' '/people?q=lovelace+ada' '/people?kind=guest' '/people?kind=app' '/people?status=inactive' \
			'/people?q=ada&group=00000000-0000-7000-8000-000000000002' '/groups?q=bench' '/spaces?q=space' '/audit?operation=account.update'
	done
	kill "$server"
	wait "$server" || true
}
export -f fill measure

if [ ! -s "$BENCH_DATA/pages-$PEOPLE.db" ]; then
	"$BENCH_DATA/generate" --people "$PEOPLE" --db "$BENCH_DATA/made.db" >/dev/null
	fill "$BENCH_DATA/made.db" >/dev/null
	mv "$BENCH_DATA/made.db" "$BENCH_DATA/pages-$PEOPLE.db"
fi
measure "$BENCH_DATA/pages-$PEOPLE.db" SQLite "$@"

scripts/with-postgres.sh bash -euo pipefail -c '
	if [ -n "${ROSTER_TEST_POSTGRES:-}" ]; then
		"$BENCH_DATA/generate" --people "$PEOPLE" --db "$ROSTER_TEST_POSTGRES" >/dev/null
		fill "$ROSTER_TEST_POSTGRES" >/dev/null
		psql --quiet "$ROSTER_TEST_POSTGRES" -c "VACUUM ANALYZE"
		measure "$ROSTER_TEST_POSTGRES" PostgreSQL "$@"
	fi
' bench "$@"

#!/usr/bin/env bash
# Checks and tests everything, on both engines. Arguments go to go test.
#
# With ROSTER_TEST_ALL set, nothing may be left out for want of a tool: then that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { echo "== $*" >&2; }
tool() { go tool -modfile=tools/go.mod "$@"; }

step vet
go vet ./...

step gofumpt
unformatted=$(tool gofumpt -l .)
if [ -n "$unformatted" ]; then
	printf 'These files are not formatted, make fmt does it:\n%s\n' "$unformatted" >&2
	exit 1
fi

step staticcheck
tool staticcheck ./...

# The race detector needs a C compiler. It watches Go's memory alone, and SQLite, which is translated from C, has memory
# of its own: its code would take most of the time to report what is not looked at.
race=(-race)
for translated in modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory; do
	race+=("-gcflags=$translated=-race=false")
done
if ! command -v gcc >/dev/null && ! scripts/install.sh gcc libc6-dev; then
	if [ -n "${ROSTER_TEST_ALL:-}" ]; then
		echo "There is no C compiler for the race detector, and ROSTER_TEST_ALL asks for it." >&2
		exit 1
	fi
	echo "There is no C compiler: going on without the race detector." >&2
	race=()
fi

step tests
if [ ${#race[@]} != 0 ]; then export CGO_ENABLED=1; fi
exec scripts/with-postgres.sh go test -vet=off -timeout 30m ${race[@]+"${race[@]}"} "$@" ./...

#!/usr/bin/env bash
# Runs a command beside a private PostgreSQL: scripts/with-postgres.sh COMMAND...
#
# The command finds the server's URL in ROSTER_TEST_POSTGRES. The server listens on a free port of
# 127.0.0.1, keeps its files in a temporary folder, and goes when the command ends, however it ends.
# If ROSTER_TEST_POSTGRES is set already, that server is used. If no PostgreSQL can be had, the
# command runs without one, unless ROSTER_TEST_ALL is set: then that is a failure.
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)

if [ $# = 0 ]; then
	echo "usage: $0 COMMAND..." >&2
	exit 2
fi
if [ -n "${ROSTER_TEST_POSTGRES:-}" ]; then
	exec "$@"
fi

# find_postgres prints the newest folder that holds a whole PostgreSQL, client programs included;
# what is on the PATH comes first.
find_postgres() {
	local ctl bin
	ctl=$(command -v pg_ctl || true)
	for bin in ${ctl:+"$(dirname "$(readlink -f "$ctl")")"} $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
		if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && [ -x "$bin/createdb" ]; then
			echo "$bin"
			return
		fi
	done
}

bin=$(find_postgres)
if [ -z "$bin" ] && "$scripts/install.sh" postgresql; then
	bin=$(find_postgres)
fi
if [ -z "$bin" ]; then
	if [ -n "${ROSTER_TEST_ALL:-}" ]; then
		echo "There is no PostgreSQL, and ROSTER_TEST_ALL asks for it." >&2
		exit 1
	fi
	echo "There is no PostgreSQL: going on with SQLite only." >&2
	exec "$@"
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/roster-postgres.XXXXXX")
server=''
command=''

# Signals are noted here and passed on to the command's whole process group.
stop() {
	trap '' INT TERM HUP
	if [ -n "$command" ]; then kill -TERM -- "-$command" 2>/dev/null || true; fi
	exit "$1"
}
clean() {
	if [ -n "$command" ]; then wait "$command" 2>/dev/null || true; fi
	if [ -n "$server" ]; then
		kill -QUIT "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap clean EXIT
trap 'stop 129' HUP
trap 'stop 130' INT
trap 'stop 143' TERM

# PostgreSQL refuses to run as root. Where the system can, the server also dies with this script.
as=()
if [ "$(id -u)" = 0 ]; then
	user=postgres
	id "$user" >/dev/null 2>&1 || user=nobody
	chown "$user" "$dir"
	as=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups --pdeathsig QUIT)
elif command -v setpriv >/dev/null; then
	as=(setpriv --pdeathsig QUIT)
fi
# run becomes one of PostgreSQL's programs: call it in a subshell.
run() { cd "$dir" && exec ${as[@]+"${as[@]}"} "$bin/$1" "${@:2}"; }

if ! (run initdb -D data -U roster --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync) >"$dir/log" 2>&1; then
	cat "$dir/log" >&2
	exit 1
fi

# start brings the server up on the port, or fails, as it does when somebody else has it.
start() {
	(run postgres -D data -p "$1" -k "$dir" -c listen_addresses=127.0.0.1 -c max_connections=200 \
		-c fsync=off -c synchronous_commit=off -c full_page_writes=off) >"$dir/log" 2>&1 &
	server=$!
	for _ in $(seq 300); do
		if grep -qs ready "$dir/data/postmaster.pid"; then return; fi
		kill -0 "$server" 2>/dev/null || break
		sleep 0.1
	done
	return 1
}

port=''
for _ in 1 2 3 4 5; do
	port=$((20000 + RANDOM % 10000))
	if start "$port"; then break; fi
	port=''
done
if [ -z "$port" ]; then
	cat "$dir/log" >&2
	exit 1
fi
(run createdb -h "$dir" -p "$port" -U roster roster)

# In a process group of its own, so that all of the command can be told to stop.
export ROSTER_TEST_POSTGRES="postgres://roster@127.0.0.1:$port/roster?sslmode=disable"
set -m
"$@" &
command=$!
set +m
wait "$command"

#!/usr/bin/env bash
# Installs Debian packages: scripts/install.sh NAME...
# Without a name it only refreshes the package index.
#
# Works as root or through sudo. Otherwise says in one sentence what is missing, and fails.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
	root=(env)
elif command -v sudo >/dev/null; then
	root=(sudo env)
else
	root=()
fi
if [ ${#root[@]} = 0 ] || ! command -v apt-get >/dev/null; then
	echo "Please install these packages, or run this again as root or with sudo on Debian: ${*:-(package index)}" >&2
	exit 1
fi

log=$(mktemp)
no_cluster=/etc/postgresql-common/createcluster.d/roster-tests.conf
clean() {
	rm -f "$log"
	if [ -e "$no_cluster" ]; then "${root[@]}" rm -f "$no_cluster"; fi
}
trap clean EXIT

# The tests bring up a PostgreSQL of their own: the package shall not start one beside it.
if [[ " $* " = *" postgresql "* ]]; then
	"${root[@]}" mkdir -p "${no_cluster%/*}"
	echo 'create_main_cluster = false' | "${root[@]}" tee "$no_cluster" >/dev/null
fi

apt() { "${root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1; }

echo "Installing ${*:-the package index}" >&2
# An index that can't be refreshed may still be good enough; the installation decides.
apt update || true
if [ $# != 0 ] && ! apt install --yes --no-install-recommends "$@"; then
	cat "$log" >&2
	echo "Could not install $*: please install it by hand and run this again." >&2
	exit 1
fi

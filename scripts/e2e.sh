#!/usr/bin/env bash
# Runs real, unmodified clients and real input against bin/roster, on both engines.
# Arguments go to go test.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -x bin/roster ]; then
	echo "There is no bin/roster: run make build first, or make e2e." >&2
	exit 1
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	scripts/install.sh nodejs npm
fi
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
	scripts/install.sh python3-venv
fi
if ! command -v jq >/dev/null; then
	scripts/install.sh jq
fi
if ! command -v exim4 >/dev/null && [ ! -x /usr/sbin/exim4 ]; then
	scripts/install.sh exim4-daemon-light
fi
if ! command -v chromium >/dev/null; then
	scripts/install.sh chromium
fi
# The languages of the code samples. Without them their samples are skipped.
samples=()
php -r 'exit(extension_loaded("curl") ? 0 : 1);' 2>/dev/null || samples+=(php-cli php-curl)
command -v ruby >/dev/null || samples+=(ruby)
command -v fpc >/dev/null || samples+=(fp-compiler fp-units-fcl fp-units-net)
command -v javac >/dev/null || samples+=(default-jdk-headless)
[ -e /usr/share/java/jackson-databind.jar ] || samples+=(libjackson2-databind-java)
{ command -v mcs && [ -e /usr/lib/mono/4.5/System.Json.dll ] && [ -e /usr/lib/mono/4.5/System.Net.Http.dll ]; } >/dev/null ||
	samples+=(mono-mcs libmono-system-json4.0-cil libmono-system-net-http4.0-cil)
if [ ${#samples[@]} != 0 ]; then
	scripts/install.sh "${samples[@]}" || true
fi
# The maintainers of the Debian packages are the real input.
if command -v apt-cache >/dev/null && [ -z "$(apt-cache dumpavail 2>/dev/null | head -c 1)" ]; then
	scripts/install.sh || true
fi

# Each client is installed again when its list of versions has changed.
cd e2e
for packages in . ../examples/vitest; do
	if ! cmp -s "$packages/package-lock.json" "$packages/node_modules/.installed"; then
		# Not npm ci, which wants the packages of every other platform in the lock file too.
		npm install --prefix "$packages" --no-save --no-fund --no-audit
		cp "$packages/package-lock.json" "$packages/node_modules/.installed"
	fi
done
if ! cat requirements.txt ../examples/pytest/requirements.txt | cmp -s - .venv/.installed; then
	rm -rf .venv
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt --requirement ../examples/pytest/requirements.txt
	.venv/bin/pip check
	cat requirements.txt ../examples/pytest/requirements.txt >.venv/.installed
fi
cd ..

export ROSTER_TEST_BINARY="$PWD/bin/roster"
exec scripts/with-postgres.sh go test -count=1 -timeout 30m "$@" ./e2e/...

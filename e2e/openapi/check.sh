#!/usr/bin/env bash
# Lints the OpenAPI documents of a running site, generates a client from them, compiles it and runs it.
# Arguments: the site's URL, and a token of somebody's where there is one. Any fault is an exit code.
set -euo pipefail
site=${1:?usage: check.sh URL [TOKEN]}
token=${2:-}
cd "$(dirname "$0")"
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

# Installed again when the list of versions has changed.
if ! cmp -s package-lock.json node_modules/.installed; then
	npm ci --no-fund --no-audit
	cp package-lock.json node_modules/.installed
fi
export PATH="$PWD/node_modules/.bin:$PATH"

rm -rf generated
mkdir generated
for name in openapi.json openapi.yaml openapi-3.0.json openapi-3.0.yaml; do
	node -e '
		const answer = await fetch(process.argv[1]);
		if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
		process.stdout.write(await answer.text());
	' --input-type=module "$site/$name" >"generated/$name"
	redocly lint --config redocly.yaml "generated/$name"
done
openapi-typescript generated/openapi.json --output generated/openapi.ts
openapi-typescript generated/openapi-3.0.json --output generated/openapi-3.0.ts
tsc --project tsconfig.json
node generated/client.js "$site" ${token:+"$token"}

#!/bin/sh
# Fetches the API reference's script from npm, as internal/web/assets/docs/README.md says.
set -eu
version=1.72.1
sum=bf091006bdc3af6067af77c2f534812e3e633e94a94e87138069f570f33b762c
to=$(cd "$(dirname "$0")/../internal/web/assets/docs" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent "@scalar/api-reference@$version" >/dev/null
tar -xzf scalar-api-reference-*.tgz package/dist/browser/standalone.js
echo "$sum  package/dist/browser/standalone.js" | sha256sum --check --quiet
gzip -9nc package/dist/browser/standalone.js >"$to/scalar.js.gz"

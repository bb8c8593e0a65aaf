#!/usr/bin/env bash
# schemathesis against a running server (SEKISHO_URL, SEKISHO_TOKEN): no answer of 500 or above,
# none that the served document does not describe, none that takes what it should refuse.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv="${CARGO_TARGET_DIR:-target}/schemathesis"
if [[ ! "$venv/installed" -nt e2e/requirements.txt ]]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement e2e/requirements.txt
  touch "$venv/installed"
fi

# It leaves notes of its own in the folder it is started in. The seed is fixed, so that a failure is
# there again in the next run.
export SCHEMATHESIS_HOOKS=fresh_keys PYTHONPATH="$PWD/e2e" PYTHONDONTWRITEBYTECODE=1
cd "$venv"
exec timeout --kill-after=30 900 bin/schemathesis run "$SEKISHO_URL/openapi.json" \
  --header "Authorization: Bearer $SEKISHO_TOKEN" \
  --checks all --seed 1 --max-examples 60 --request-timeout 20 --continue-on-failure \
  --exclude-path-regex '^/(authorize|token|logout|\.well-known)'

#!/usr/bin/env bash
# Cases with the answers of pyotp and python-fido2, and our answers to them; our messages, opened
# by http_ece and py_vapid; and our events, judged by the published schema of OCSF.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv="${CARGO_TARGET_DIR:-target}/oracles"
if [[ ! "$venv/installed" -nt e2e/oracles/requirements.txt ]]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    --requirement e2e/oracles/requirements.txt
  touch "$venv/installed"
fi

PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" e2e/oracles/cases.py >"$venv/cases.ndjson"
# Built with the workspace's features, as the other steps build it, so that nothing is built twice.
cargo build --locked --workspace --example oracle --example siem
"${CARGO_TARGET_DIR:-target}/debug/examples/oracle" <"$venv/cases.ndjson" >"$venv/messages.ndjson"
"$venv/bin/python" e2e/oracles/opened.py <"$venv/messages.ndjson"

# The database of the tests is used where there is one, and not where there is none.
"${CARGO_TARGET_DIR:-target}/debug/examples/siem" | grep '^{' >"$venv/events.ndjson"
"$venv/bin/python" e2e/oracles/events.py <"$venv/events.ndjson"

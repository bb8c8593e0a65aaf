#!/usr/bin/env bash
# Makes the three examples ready to run, each with what its own manifest pins.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Built with the workspace's features, as the other steps build it, so that nothing is built twice.
cargo build --locked --workspace --bin withdraw --bin cases

(
  cd examples/typescript
  if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
    npm ci --no-audit --no-fund
  fi
  npm run --silent build
)

venv="${CARGO_TARGET_DIR:-target}/clients"
if [[ ! "$venv/installed" -nt examples/python/requirements.txt ]]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check \
    --requirement examples/python/requirements.txt
  touch "$venv/installed"
fi

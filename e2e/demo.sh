#!/usr/bin/env bash
# The demo plays its own story over HTTP, without a browser; 0 if every step of it was seen.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec timeout --kill-after=30 900 \
  cargo run --release --locked -p sekisho-demo -- --check

#!/usr/bin/env bash
# Logs that the server's own code wrote, read by the code of Go's checksum database
# (golang.org/x/mod), which nobody here wrote: signatures, roots, every leaf, and that each log goes
# on from the one before; and what it must refuse.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target="${CARGO_TARGET_DIR:-target}"
folder="$target/logs"
verify="$folder/verify"
rm -rf "$folder"
mkdir -p "$folder"
# As Debian packages it: in GOPATH, without modules and without a network.
GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$verify" e2e/log/verify.go

cargo build --locked --workspace --example logs
"$target/debug/examples/logs" "$folder"

refused() {
  if "$verify" "$@" >"$folder/out" 2>&1; then
    echo "error: taken, and had to be refused: $*" >&2
    exit 1
  fi
  echo "refused: $(head -n 1 "$folder/out")"
}

for database in sqlite postgres; do
  earlier=
  for size in 1 255 256 257 70000; do
    log="$folder/$database-$size"
    # Without a PostgreSQL there is none of it.
    [[ -d "$log" ]] || continue
    "$verify" "$log" ${earlier:+"$earlier/checkpoint"}
    earlier="$log"
  done
done

# One byte anywhere, another order, a log that was cut off.
log="$folder/sqlite-257"
spoiled="$folder/spoiled"
spoil() {
  rm -rf "$spoiled"
  cp -r "$log" "$spoiled"
  python3 - "$spoiled/$1" "$2" <<'PY'
import sys
path, place = sys.argv[1], int(sys.argv[2])
data = bytearray(open(path, "rb").read())
data[place] ^= 1
open(path, "wb").write(data)
PY
  refused "$spoiled"
}
spoil tile/0/000 40
spoil tile/entries/000 300
spoil tile/entries/001.p/1 5
spoil checkpoint 30
spoil log.vkey -10
refused "$folder/sqlite-256" "$folder/sqlite-257/checkpoint"
rm -rf "$spoiled"

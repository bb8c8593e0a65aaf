#!/usr/bin/env bash
# Stands for sekisho-archive: the first time that a place is to be gathered, the executor that asks
# for it is killed in the middle of its task, with what it had sorted. SEKISHO_BINARY is the real
# one, SEKISHO_KILLED a folder that is made when it was done.
set -euo pipefail

if [[ "$2" == gather ]] && mkdir "$SEKISHO_KILLED" 2>/dev/null; then
  process="$PPID"
  until tr '\0' ' ' <"/proc/$process/cmdline" | grep -q CoarseGrainedExecutorBackend; do
    process="$(awk '/^PPid:/ { print $2 }' "/proc/$process/status")"
    [[ "$process" -gt 1 ]]
  done
  kill -9 "$process"
  echo "$process" >"$SEKISHO_KILLED/process"
fi
exec "$SEKISHO_BINARY" "$@"

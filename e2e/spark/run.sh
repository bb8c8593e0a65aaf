#!/usr/bin/env bash
# The sweep on Apache Spark, two executors here: the answers of one machine, byte for byte,
# with an executor killed in the middle; and no answer at all where a stage did not get all lines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target="${CARGO_TARGET_DIR:-target}"
venv="${SEKISHO_SPARK:-$target/spark}"
if [[ -z "${SEKISHO_SPARK:-}" && ! "$venv/installed" -nt e2e/spark/requirements.txt ]]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-cache-dir \
    --requirement e2e/spark/requirements.txt
  touch "$venv/installed"
fi
# Executors start in folders of their own.
venv="$(realpath "$venv")"
# Built with the workspace's features, as the other steps build it, so that nothing is built twice.
cargo build --locked --workspace --bin sekisho-archive
SEKISHO_BINARY="$(realpath "$target/debug/sekisho-archive")"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export SEKISHO_BINARY SEKISHO_KILLED="$work/kill" PYTHONDONTWRITEBYTECODE=1
export PYSPARK_PYTHON="$venv/bin/python" PYSPARK_DRIVER_PYTHON="$venv/bin/python"
export SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=localhost
# Executors of a local cluster write into the folder of Spark unless they are told where.
export SPARK_WORKER_DIR="$work/executors" SPARK_LOCAL_DIRS="$work/blocks"

mkdir -m 700 "$work/archive"
for day in 0 1 2 3; do
  python3 e2e/spark/rows.py accesses "$day" 2500 |
    "$SEKISHO_BINARY" append --kind accesses --day "2026-03-0$((day + 1))" "$work/archive" \
      >/dev/null
done
python3 e2e/spark/rows.py voided 1 2500 |
  "$SEKISHO_BINARY" append --kind voided "$work/archive" >/dev/null

question=(--kind payout_account_change --kind withdraw --from 2026-03-02T00:00:00Z
  --until 2026-03-04T12:00:00Z --place network --place address --place device
  --familiar-hours 6 --settled-days 1 --shared-from 5)

# What lives for a minute is not worth compiling twice.
java=-XX:TieredStopAtLevel=1
sweep() { # NAME BINARY MASTER
  local name="$1" binary="$2" master="$3"
  "$venv/bin/spark-submit" --master "$master" --executor-memory 700m --driver-memory 700m \
    --driver-java-options "$java" --conf "spark.executor.extraJavaOptions=$java" \
    --conf spark.ui.enabled=false --conf spark.task.maxFailures=4 \
    --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 \
    spark/sweep.py --archive "$work/archive" --out "$work/$name" --binary "$binary" --partitions 4 \
    -- "${question[@]}" 2>"$work/$name.log"
}
failed() {
  tail -n 60 "$work/$1.log" >&2
  printf 'error: %s\n' "$2" >&2
  exit 1
}

echo "one machine"
"$SEKISHO_BINARY" sweep "${question[@]}" "$work/archive" >"$work/expected"
for finding in reported touched new shared unknown usual; do
  grep -q "\"finding\":\"$finding\",\"places\"" "$work/expected" || {
    echo "error: the rows have nothing that is $finding" >&2
    exit 1
  }
done

echo "two executors, one of them killed"
sweep killed e2e/spark/killer.sh 'local-cluster[2,1,1024]' || failed killed "the job failed"
[[ -s "$work/kill/process" ]] || failed killed "no executor was killed"
grep -q 'ExecutorLost\|Lost executor' "$work/killed.log" || failed killed "no executor was lost"
cat "$work"/killed/part-* | cmp - "$work/expected" || failed killed "the answers are others"
echo "$(wc -l <"$work/expected") answers, the same"

echo "a stage that does not get all of its lines, in an archive where nothing was ever fraud"
rm -r "$work/archive/voided"
if sweep cut e2e/spark/breaks.sh 'local[1]'; then
  failed cut "lines were cut off, and the job said nothing"
fi
grep -q 'the input broke off' "$work/cut.log" || failed cut "the job failed for another reason"
[[ ! -e "$work/cut/_SUCCESS" ]] || failed cut "the job left an answer"

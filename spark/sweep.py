"""The sweep of an archive on Apache Spark: the answers of `sekisho-archive sweep`, byte for byte.

Spark reads the files, deals out lines and sorts them; every answer is made by
`sekisho-archive stage` within one partition. docs/archive.md says how to run it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading

from pyspark import SparkFiles
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

# Named, so that an empty folder is no row and a column that is missing is refused by its stage.
ACCESSES = """customer binary, at timestamp, decision binary, reference string, act string,
    ending string, verdict string, address binary, system bigint, country string, device binary,
    client string, application binary, done bigint"""
VOIDED = """kind bigint, value binary, customer binary, first timestamp, last timestamp,
    voided timestamp, reference string"""


def stage(binary, name, question, asked=None):
    """A function over the lines of a partition: what a stage makes of them, or an error."""
    binary = os.path.basename(binary)

    def of(lines):
        command = [SparkFiles.get(binary), "stage", name, *question]
        if asked:
            command += ["--asked", SparkFiles.get(asked)]
        return piped(command, lines)

    return of


def piped(command, lines):
    """The lines that a command makes of others. All of them, or an error: never some.

    (`RDD.pipe` closes the input where reading the partition failed, too, and a command would take
    that for the end of it.)
    """
    told = tempfile.TemporaryFile()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told
    )
    failed = []

    def feed():
        count = 0
        try:
            with process.stdin as to:
                for line in lines:
                    to.write(line.encode() + b"\n")
                    count += 1
                to.write(b"end %d\n" % count)
        except BrokenPipeError:
            pass  # its exit code says more
        except BaseException as why:
            failed.append(why)

    feeding = threading.Thread(target=feed, daemon=True)
    feeding.start()
    try:
        for line in process.stdout:
            yield line[:-1].decode()
        feeding.join()
        code = process.wait()
        if failed:
            raise failed[0]
        if code != 0:
            told.seek(0)
            why = told.read(2_000).decode(errors="replace").strip()
            raise RuntimeError(f"{command[1]} {command[2]}: exit code {code}: {why}")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        told.close()


def rows(frame):
    """Rows as `sekisho-archive append` reads them: bytes as hexadecimal digits, microseconds."""
    cells = []
    for field in frame.schema.fields:
        column = {
            "binary": f"lower(hex({field.name}))",
            "timestamp": f"unix_micros({field.name})",
        }.get(field.dataType.typeName(), field.name)
        cells.append(F.expr(column).alias(field.name))
    return lines(frame.select(F.to_json(F.struct(*cells))))


def shown(frame):
    """Who was where, as `stage show` reads it."""
    cells = [
        "lower(hex(customer))",
        "cast(unix_micros(at) as string)",
        "ending",
        "act",
        "reference",
        "lower(hex(address))",
        "lower(hex(device))",
    ]
    frame = frame.where("address is not null or device is not null")
    cells = ", ".join(f"coalesce({cell}, '')" for cell in cells)
    return lines(frame.selectExpr(f"concat_ws('\t', {cells})"))


def lines(frame):
    return frame.rdd.map(lambda row: row[0])


def dealt(spark, found, partitions):
    """Lines with the same first cell in one partition, sorted as bytes."""
    frame = spark.createDataFrame(
        found.map(lambda line: (line,)), "line string", verifySchema=False
    )
    frame = frame.repartition(partitions, F.substring_index("line", "\t", 1))
    return lines(frame.sortWithinPartitions("line"))


def places(spark, asked, folder):
    """Writes the places that are asked about into a file, and gives its name to every executor."""
    found = spark.createDataFrame(
        asked.map(lambda line: (line.split("\t", 1)[0],)), "place string", verifySchema=False
    )
    path = os.path.join(folder, "asked")
    count = 0
    with open(path, "w", encoding="ascii") as file:
        for row in found.distinct().toLocalIterator():
            file.write(row.place + "\n")
            count += 1
        file.write(f"end {count}\n")
    spark.sparkContext.addFile(path)
    return "asked"


def voided_of(spark, archive):
    """What stands for fraud; an archive that never had any has no such folder."""
    try:
        return spark.read.schema(VOIDED).parquet(f"{archive}/voided")
    except AnalysisException as why:
        if why.getErrorClass() != "PATH_NOT_FOUND":
            raise
        return spark.createDataFrame([], VOIDED)


def sweep(spark, options, folder):
    binary, question = options.binary, options.question
    said = subprocess.run(
        [binary, "stage", "question", *question], stdout=subprocess.PIPE, check=False
    )
    if said.returncode:
        sys.exit(said.returncode)
    asks = json.loads(said.stdout)
    context = spark.sparkContext
    context.addFile(binary)
    partitions = options.partitions or max(2 * context.defaultParallelism, 2)
    spark.conf.set("spark.sql.shuffle.partitions", partitions)

    accesses = spark.read.schema(ACCESSES).parquet(f"{options.archive}/accesses").drop("day")
    within = f"at >= timestamp_micros({asks['from']}) and at < timestamp_micros({asks['until']})"
    done = accesses.where("done = 1").where(within).where(F.col("act").isin(asks["acts"]))
    listed = rows(done).mapPartitions(stage(binary, "list", question)).persist()
    asked = listed.mapPartitions(stage(binary, "ask", question)).persist()
    name = places(spark, asked, folder)

    voided = rows(voided_of(spark, options.archive))
    said = [
        asked,
        voided.mapPartitions(stage(binary, "void", question, name)),
        shown(accesses).mapPartitions(stage(binary, "show", question, name)),
    ]
    said = dealt(spark, context.union(said), partitions)
    gathered = said.mapPartitions(stage(binary, "gather", question))
    found = dealt(spark, context.union([listed, gathered]), partitions)
    judged = found.mapPartitions(stage(binary, "judge", question))
    frame = spark.createDataFrame(
        judged.map(lambda line: (line,)), "line string", verifySchema=False
    )
    # The order of the answers; their files, one after another, are those of one machine.
    told = frame.sort("line").selectExpr("substring(line, instr(line, '\t') + 1) as value")
    told.write.mode("errorifexists").text(options.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--archive", required=True, help="the archive, as Spark names it")
    parser.add_argument("--out", required=True, help="a folder that is not there yet")
    parser.add_argument("--binary", required=True, help="sekisho-archive, built for executors")
    parser.add_argument("--partitions", type=int, help="how many [twice the cores]")
    parser.add_argument("question", nargs="+", help="after --: options of sekisho-archive sweep")
    options = parser.parse_args()
    spark = SparkSession.builder.appName("sekisho-sweep").getOrCreate()
    try:
        with tempfile.TemporaryDirectory() as folder:
            sweep(spark, options, folder)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()

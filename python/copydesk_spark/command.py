"""The command `copydesk-spark`."""

import argparse
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile

EPILOG = """The input must lie under the same path on the driver and on all workers. OUTPUT gets a folder a table, with a file a
partition, beside them `stats/` and all else that `copydesk run` writes, and `run.json` last: an output without it is not whole.
`copydesk-spark cluster --help` starts a cluster on this machine to try it on."""


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="copydesk-spark",
        description="Cleans a dump of news on Spark, with the rows of `copydesk run`.",
        epilog=EPILOG,
    )
    parser.add_argument("input", help="folder or file to read")
    parser.add_argument("output", help="folder to write: a path, or an address that Spark can write to")
    parser.add_argument("--config", metavar="FILE", help="the pipeline.toml of a local run")
    parser.add_argument("--stages", metavar="NAMES", help="stages to run, separated by commas")
    engine = parser.add_mutually_exclusive_group()
    engine.add_argument("--master", help="such as local[4] or spark://host:7077; else spark-submit's")
    engine.add_argument("--remote", metavar="URL", help="a Spark Connect server, such as sc://host:15002")
    parser.add_argument(
        "--sail", action="store_true", help="Sail: in this process with pysail, or what --remote names"
    )
    parser.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help="of Spark")
    parser.add_argument("--ship", metavar="WHEEL", help="send this wheel to workers that lack it")
    parser.add_argument("--partitions", type=int, default=0, metavar="N", help="default: the engine's")
    parser.add_argument("--scratch", metavar="FOLDER", help="default: OUTPUT/_scratch")
    parser.add_argument("--keep-scratch", action="store_true", help="leave the scratch folder there")
    parser.add_argument("--quiet", action="store_true", help="no line a step on standard error")
    asked = parser.parse_args(argv)
    asked.output = re.sub("^file://(?=/)", "", asked.output)
    wrong = [pair for pair in asked.conf if "=" not in pair]
    if wrong:
        parser.error(f"--conf {wrong[0]}: write KEY=VALUE")
    return asked


def shipped(wheel, folder):
    """Settings that unpack a wheel in the working folder of each executor, and let Python find it there."""
    archive = shutil.copy(wheel, os.path.join(folder, "copydesk_spark.zip"))
    yield "spark.archives", f"{archive}#copydesk-wheel"
    yield "spark.executorEnv.PYTHONPATH", "copydesk-wheel"


@contextlib.contextmanager
def session(asked, folder):
    """The Spark session that was asked for, for as long as it is needed."""
    from pyspark.sql import SparkSession

    builder, server = SparkSession.builder, None
    if asked.sail and not asked.remote:
        from pysail.spark import SparkConnectServer

        server = SparkConnectServer(ip="127.0.0.1", port=0)
        server.start(background=True)
        builder = builder.remote(f"sc://127.0.0.1:{server.listening_address[1]}")
    elif asked.remote:
        builder = builder.remote(asked.remote)
    else:
        builder = builder.appName("copydesk")
        if asked.master:
            builder = builder.master(asked.master)
        if (asked.master or "").startswith("local"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    confs = [tuple(pair.split("=", 1)) for pair in asked.conf]
    if asked.ship:
        confs.extend(shipped(asked.ship, folder))
    for key, value in confs:
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
        if server is not None:
            server.stop()


def partitions_of(spark, asked):
    """How many partitions a shuffle has: as many as asked for, else two for each core that there is."""
    if asked.partitions > 0:
        return asked.partitions
    with contextlib.suppress(Exception):
        return 2 * spark.sparkContext.defaultParallelism
    return 2 * (os.cpu_count() or 1)


def remove(spark, folder):
    """Removes a scratch folder, wherever it is; says so if it cannot."""
    if "://" not in folder:
        shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs
        path = hadoop.Path(folder)
        path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).delete(path, True)
    except Exception as why:
        print(f"could not remove the scratch folder {folder}: {why}", file=sys.stderr)


def main(argv=None):
    """Runs the command; the exit codes are those of `copydesk`."""
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["cluster"]:
        from . import cluster

        return cluster.main(argv[1:])
    asked = arguments(argv)
    from . import _native, job

    tell = (lambda text: None) if asked.quiet else (lambda text: print(text, file=sys.stderr))
    try:
        stages = asked.stages.split(",") if asked.stages is not None else None
        plan = _native.Plan(os.path.abspath(asked.input), asked.config, stages)
        is_local = "://" not in asked.output
        if not is_local:
            plan.check_address()
    except ValueError as why:
        print(f"error: {why.args[0]}", file=sys.stderr)
        return why.args[1]
    output = os.path.abspath(asked.output) if is_local else asked.output
    if is_local and os.path.isdir(output) and os.listdir(output):
        print(f"error: output `{output}` is not empty\nhint: name a new folder", file=sys.stderr)
        return SETUP
    scratch = asked.scratch or f"{output}/_scratch"
    with tempfile.TemporaryDirectory() as folder, session(asked, folder) as spark:
        for key, value in SETTINGS:
            spark.conf.set(key, value)
        partitions = partitions_of(spark, asked)
        run = job.Run(spark, plan, output, scratch, folder, partitions, asked.sail, tell)
        spark.conf.set("spark.sql.shuffle.partitions", str(run.partitions))
        try:
            record = run.run()
        except job.Refused as why:
            print(f"error: {why}", file=sys.stderr)
            return OVER_BUDGET
        finally:
            if not asked.keep_scratch:
                remove(spark, scratch)
            if is_local:
                shutil.rmtree(f"{output}/_files", ignore_errors=True)
                if os.path.isdir(output) and not os.listdir(output):
                    os.rmdir(output)
    print(json.dumps({"output": output, **record["funnel"], "input": record["input"]}))
    return 0


SETUP = 78
OVER_BUDGET = 4
# Batches small enough for documents of some megabytes.
SETTINGS = [("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")]

if __name__ == "__main__":
    sys.exit(main())

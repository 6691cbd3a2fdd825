"""The end of a job: what the documents add up to is merged, and what is made of that is put beside the tables.

    a partition's sums, in pieces by range -> merged by range, in tasks -> the driver: stats/, report.html,
    datapackage.json, SHA256SUMS, and run.json last
"""

import glob
import json
import os
import shutil

from . import _native, work

# Ranges that sums are merged in before the driver gets them: more bring no more, as it merges them one by one.
MAX_RANGES = 64
PIECES = "range bigint, sums binary"
FILES = "place int, bytes bigint, sha256 string, rows bigint"
LAST = "run.json"


def merged(run, ended):
    """The sums of all partitions, merged: by range in tasks, then here."""
    pieces = ended.where("sums is not null").selectExpr("id as range", "sums")
    pieces = pieces.repartition(ranges(run), "range")
    pieces = run.kept("sums", pieces.mapInArrow(work.merge_sums(run.blob, ranges(run)), PIECES))
    sums = _native.Sums(run.job, run.folder)
    for row in pieces.select("sums").toLocalIterator():
        sums.add(bytes(row[0]))
    return sums


def ranges(run):
    """Ranges that the sums of this run are merged in."""
    return max(1, min(run.partitions, MAX_RANGES))


def finish(run, ended, sums, timings):
    """Writes what a run on one machine writes besides its rows, next to the tables; gives the record of the run."""
    staged = os.path.join(run.folder, "staged")
    files = [*placed(run, ended), *looked_at(run)] if run.is_path else []
    sums.write(run.plan, staged, files, run.repeated_ids, json.dumps(timings()))
    with open(os.path.join(staged, LAST), encoding="utf-8") as file:
        record = json.load(file)
    names = sorted(
        os.path.relpath(path, staged)
        for path in glob.glob(f"{glob.escape(staged)}/**/*", recursive=True)
        if os.path.isfile(path)
    )
    names.sort(key=lambda name: name == LAST)
    if not run.is_path:
        # The tables are listed nowhere: their hashes would have to be read through Spark.
        names.remove("SHA256SUMS")
    for name in names:
        put(run, os.path.join(staged, name), name)
    return record


def looked_at(run):
    """Name, table, size, hash and rows of each file of the tables, which get names that tell their format."""
    found = []
    for table, _ in run.job.files():
        folder = os.path.join(run.output, table)
        compressed = run.job.compression() if table.startswith("documents.") else "none"
        ending = os.path.splitext(table)[1] + {"gzip": ".gz"}.get(compressed, "")
        names = sorted(os.listdir(folder))
        parts = [name for name in names if not name.startswith(("_", "."))]
        for name in set(names) - set(parts):
            os.remove(os.path.join(folder, name))
        for number, part in enumerate(parts):
            name = f"part-{number:05}{ending}"
            os.rename(os.path.join(folder, part), os.path.join(folder, name))
            found.append((f"{table}/{name}", table))
    rows = [(place, os.path.join(run.output, name), name) for place, (name, _) in enumerate(found)]
    asked = run.spark.createDataFrame(rows, "place int, path string, name string")
    asked = asked.repartition(max(1, min(len(rows), run.partitions)))
    facts = asked.mapInArrow(work.look_at, FILES).collect()
    return [(*found[row[0]], row[1], row[2], row[3], None) for row in sorted(facts)]


def placed(run, ended):
    """Moves the files of kept documents that tasks have made to where they belong; in the order of the documents."""
    told = ended.where(ended["file"] == work.FILES).select("id", "line").collect()
    made = sorted((row[0], json.loads(row[1])) for row in told)
    if not made and run.makes_files:
        # There is no document, and a table without rows is a table all the same.
        ending = _native.Ending(run.job, run.folder, os.path.join(files_folder(run), "none"))
        made = [(0, ["none", *file]) for file in ending.files()[1]]
    by_ending = {}
    for _, (attempt, name, *facts) in made:
        stem, ending = name[: name.index(".")], name[name.index(".") :]
        stem = stem if "/" not in stem else os.path.join(os.path.dirname(stem), "train")
        stem = "documents" if stem.startswith("documents") else stem
        by_ending.setdefault((stem, ending), []).append((attempt, name, facts))
    placed = []
    for (stem, ending), files in by_ending.items():
        for number, (attempt, name, facts) in enumerate(files):
            target = f"{stem}-{number:05}-of-{len(files):05}{ending}"
            path = os.path.join(run.output, target)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.rename(os.path.join(files_folder(run), attempt, name), path)
            placed.append((target, *facts))
    shutil.rmtree(files_folder(run), ignore_errors=True)
    return placed


def files_folder(run):
    """Where tasks make files, until it is known which are wanted."""
    return os.path.join(run.output if run.is_path else run.folder, work.FILES)


def put(run, path, name):
    """Puts a file of the driver into the output folder."""
    target = f"{run.output}/{name}"
    if run.is_path:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, f"{target}.partial")
        os.rename(f"{target}.partial", target)
        return
    if not hasattr(run.spark, "_jsparkSession"):
        run.spark.copyFromLocalToFs(path, target)
        return
    hadoop = run.spark.sparkContext._jvm.org.apache.hadoop.fs
    there = hadoop.Path(target)
    system = there.getFileSystem(run.spark.sparkContext._jsc.hadoopConfiguration())
    system.copyFromLocalFile(False, True, hadoop.Path(f"file://{path}"), there)

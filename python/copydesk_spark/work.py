"""What the workers do with batches. Each function gets an iterator over batches of one partition and gives batches back.

A job is built once in each worker process: its language table and rules are the same for all tasks.
"""

import itertools
import json
import os
import tempfile
import uuid

import pyarrow

# Stands for the file of a row that tells of a file of kept documents.
FILES = "_files"

_jobs = {}


def job_of(blob):
    """The job of these bytes, built on first use."""
    if blob not in _jobs:
        from copydesk_spark import _native

        _jobs.clear()
        _jobs[blob] = _native.Job(blob)
    return _jobs[blob]


def scratch_folder():
    """A folder on a disk of this worker: one that the cluster gives to its executors, if it names one."""
    folders = os.environ.get("SPARK_LOCAL_DIRS") or os.environ.get("LOCAL_DIRS") or ""
    named = [folder for folder in folders.split(",") if os.path.isdir(folder)]
    return named[0] if named else tempfile.gettempdir()


def read(blob):
    """`unit`, `piece` → the documents of the pieces after the first pass."""

    def run(batches):
        job = job_of(blob)
        for batch in batches:
            units, pieces = batch.column("unit").to_pylist(), batch.column("piece").to_pylist()
            for unit, piece in zip(units, pieces):
                yield from job.read(unit, piece)

    return run


def each(blob, name, *arguments):
    """Calls a function of the job for each batch."""

    def run(batches):
        function = getattr(job_of(blob), name)
        for batch in batches:
            yield function(*arguments, batch)

    return run


def filled(batches):
    """The batches that have rows: what is made for the first of them is not made for a partition without any."""
    return (batch for batch in batches if batch.num_rows)


def resolve(blob, stage):
    """`id`, `observed` of the rows that are together in this partition → verdicts and compared pairs."""

    def run(batches):
        resolving = None
        for batch in filled(batches):
            if resolving is None:
                resolving = job_of(blob).resolving(stage, scratch_folder())
            resolving.push(batch.select(["id", "observed"]))
        if resolving is not None:
            yield from resolving.resolve()

    return run


def relate(blob):
    """All verdicts on duplicates, in one partition → where documents stand."""

    def run(batches):
        relatives = None
        for batch in filled(batches):
            if relatives is None:
                relatives = job_of(blob).relatives()
            relatives.push(batch)
        if relatives is not None:
            yield from relatives.standings()

    return run


def end(blob, schema, ranges, folder):
    """Documents with their verdicts → rows of the tables, and behind them what the partition comes to.

    That is a row for each file of kept documents, where they are not lines, and the sums in pieces, their range as `id`. Files are
    made in a folder of their own under `folder`: what the task that is believed says of its own counts, another's is litter.
    """

    def run(batches):
        from copydesk_spark import _native

        attempt = uuid.uuid4().hex
        ending = None
        for batch in filled(batches):
            if ending is None:
                files = os.path.join(folder, attempt)
                ending = _native.Ending(job_of(blob), scratch_folder(), files)
            rows = ending.write(batch)
            yield pyarrow.RecordBatch.from_arrays(
                [*rows.columns, pyarrow.nulls(rows.num_rows, pyarrow.binary())], schema=schema
            )
        if ending is None:
            return
        first, files = ending.files()
        if files:
            told = [json.dumps([attempt, *file]) for file in files]
            yield with_columns(
                schema, file=[FILES] * len(told), id=[first] * len(told), line=told
            )
        for pieces in ending.sums(ranges):
            yield with_columns(schema, id=pieces.column("range"), sums=pieces.column("sums"))

    return run


def with_columns(schema, **columns):
    """A batch of these columns, with nothing in the others."""
    given = {
        name: values if isinstance(values, pyarrow.Array) else pyarrow.array(values, schema.field(name).type)
        for name, values in columns.items()
    }
    (rows,) = {len(values) for values in given.values()}
    arrays = [given.get(field.name, pyarrow.nulls(rows, field.type)) for field in schema]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def merge_sums(blob, ranges):
    """Pieces of sums of some ranges, from all partitions → the same, merged."""

    def run(batches):
        from copydesk_spark import _native

        sums = None
        for batch in filled(batches):
            if sums is None:
                sums = _native.Sums(job_of(blob), scratch_folder())
            sums.merge(batch)
        if sums is not None:
            yield from sums.sums(ranges)

    return run


def look_at(batches):
    """`place`, `path`, `name` of files → their size, hash and rows."""
    from copydesk_spark import _native

    for batch in batches:
        paths, names = batch.column("path").to_pylist(), batch.column("name").to_pylist()
        facts = [_native.look_at(path, name) for path, name in zip(paths, names)]
        sizes, hashes, rows = zip(*facts) if facts else ((), (), ())
        yield pyarrow.RecordBatch.from_arrays(
            [
                batch.column("place"),
                pyarrow.array(sizes, pyarrow.int64()),
                pyarrow.array(hashes, pyarrow.string()),
                pyarrow.array(rows, pyarrow.int64()),
            ],
            names=["place", "bytes", "sha256", "rows"],
        )


def story_lines(blob, name):
    """Rows of a table of stories → its lines."""

    def run(batches):
        from copydesk_spark import _native

        function = getattr(_native.Stories(job_of(blob)), name)
        for batch in batches:
            yield function(batch)

    return run


def with_header(header, is_whole):
    """Begins the file of each partition with the header of its table.

    `is_whole`: a partition is a single row, for an engine that would deal its batches to several files.
    """

    def run(batches):
        head = pyarrow.RecordBatch.from_arrays([pyarrow.array([header])], names=["line"])
        if not is_whole:
            yield head
            yield from batches
            return
        lines = [line for batch in itertools.chain([head], batches) for line in batch[0].to_pylist()]
        yield pyarrow.RecordBatch.from_arrays([pyarrow.array(["\n".join(lines)])], names=["line"])

    return run

"""Rows of outputs: those of `copydesk run`, and those of the job, as hashes over sorted records; and the files that both write
as one, byte for byte.

    python rows.py LOCAL_OUTPUT [JOB_OUTPUT]     a line a table; with two outputs, whether they have the same rows
"""

import glob
import hashlib
import os
import sys

import pyarrow
import pyarrow.parquet

COMPRESSIONS = {"gz": "gzip", "zst": "zstd"}
TABLES = [
    "documents.csv",
    "documents.jsonl",
    "data",
    "duplicates.csv",
    "clusters.csv",
    "syndication.csv",
    "pairs.csv",
    "removed.csv",
    "repairs.csv",
    "paragraphs.csv",
    "rejected.csv",
    "stats/documents.csv",
]


def records(data):
    """Records of a CSV file with its header: each ends in CR LF outside quotes."""
    found, from_, at = [], 0, 0
    while (end := data.find(b"\r\n", at)) >= 0:
        at = end + 2
        if data.count(b'"', from_, end) % 2 == 0:
            found.append(data[from_:at])
            from_ = at
    if from_ != len(data):
        raise ValueError("a file ends within a record")
    return found


def files_of(output, table):
    """The files of a table: one, or those in a folder of its name."""
    path = os.path.join(output, table)
    if os.path.isfile(path):
        return [path]
    stem, ending = os.path.splitext(path)
    if shards := sorted([*glob.glob(f"{stem}-*{ending}*"), *glob.glob(f"{path}.*")]):
        return shards
    return sorted(p for p in glob.glob(f"{path}/*") if not os.path.basename(p).startswith(("_", ".")))


def rows_of(output, table):
    """All rows of a table, sorted; every file of CSV must begin with the same header."""
    rows, headers = [], set()
    for path in files_of(output, table):
        if path.endswith(".parquet"):
            read = pyarrow.parquet.read_table(path)
            headers.add(str(read.schema.remove_metadata()).encode())
            rows += [repr(row).encode() for row in read.to_pylist()]
            continue
        with pyarrow.input_stream(path, compression=COMPRESSIONS.get(path.rpartition(".")[2])) as file:
            data = file.read()
        if table.endswith(".jsonl"):
            rows += data.splitlines(keepends=True)
            continue
        lines = records(data)
        headers.add(lines[0])
        rows += lines[1:]
    if len(headers) > 1:
        raise ValueError(f"files of {table} have different headers")
    return sorted(rows), headers


def hash_of(output, table):
    rows, headers = rows_of(output, table)
    digest = hashlib.sha256()
    for row in [*headers, *rows]:
        digest.update(row)
    return len(rows), digest.hexdigest()[:16]


def whole_files(output):
    """The files that are one in any output: figures, and the page."""
    names = [os.path.relpath(path, output) for path in glob.glob(f"{glob.escape(output)}/stats/*.csv")]
    return sorted({*names, "report.html"} - {"stats/documents.csv"})


def bytes_of(output, name):
    path = os.path.join(output, name)
    if not os.path.isfile(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def compare(local, job):
    """Tables whose rows differ, with up to three rows that only one of the outputs has, and files whose bytes differ."""
    different = {}
    for name in sorted({*whole_files(local), *whole_files(job)}):
        if bytes_of(local, name) != bytes_of(job, name):
            different[name] = (len(bytes_of(local, name)), len(bytes_of(job, name)), [])
    for table in TABLES:
        mine, others = rows_of(local, table)[0], rows_of(job, table)[0]
        if mine != others:
            only = sorted(set(mine) ^ set(others))
            different[table] = (len(mine), len(others), only[:3])
    return different


if __name__ == "__main__":
    for table in TABLES:
        hashes = [hash_of(output, table) for output in sys.argv[1:]]
        verdict = "" if len(hashes) == 1 else "same" if hashes[0] == hashes[1] else "DIFFERENT"
        print(f"{table:16} {'  '.join(f'{rows:8} {digest}' for rows, digest in hashes)}  {verdict}")
    for name in whole_files(sys.argv[1]):
        hashes = [hashlib.sha256(bytes_of(output, name)).hexdigest()[:16] for output in sys.argv[1:]]
        verdict = "" if len(hashes) == 1 else "same" if hashes[0] == hashes[1] else "DIFFERENT"
        print(f"{name:25} {'  '.join(hashes)}  {verdict}")
    sys.exit(bool(len(sys.argv) == 3 and compare(*sys.argv[1:])))

"""Reading speed by format, in MB of text a second of CPU time, beside the fastest tools that read the same file.

    python3 -m venv /tmp/readers && /tmp/readers/bin/pip install duckdb polars pyarrow fastwarc warcio
    cargo build --release --features parquet --bin copydesk --example read
    /tmp/readers/bin/python benches/peers/readers.py ../shared/data/dump target/release [MEGABYTES]

The files are made of the texts of a dump, in a temporary folder, and deleted again. Each tool runs alone, on one thread, and
the rounds alternate; given is the fastest of five. Starting up and importing do not count: of copydesk, what it takes for a file
of one record is taken off, and the others tell the time themselves.

Two figures are copydesk's. `reader` (examples/read.rs) reads and decodes: encoding, control characters, entities and mojibake
looked for, dates, and two hashes of every record. `run` is `copydesk run` with no stage: it also writes `documents.csv`, counts
words and sentences, hashes what it wrote and publishes it. The other tools parse, and add up the lengths of all columns, so
that every value is read; none of them looks into the text.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile

ROUNDS = 5
DUCKDB = """
import duckdb, time
c = duckdb.connect(); c.execute("SET threads=1")
table = {table}
began = time.process_time()
print(c.execute("SELECT count(*), " + ", ".join(f"sum(length({{n}}::VARCHAR))" for n in {columns}) + " FROM " + table).fetchone(), time.process_time() - began)
"""
POLARS = """
import os; os.environ["POLARS_MAX_THREADS"] = "1"
import polars as pl, time
began = time.process_time()
frame = pl.{call}
print(len(frame), sum(frame[name].cast(pl.String).str.len_bytes().sum() for name in frame.columns), time.process_time() - began)
"""
FASTWARC = """
import time
from fastwarc import ArchiveIterator
began = time.process_time()
count = size = 0
for record in ArchiveIterator({file!r}):
    count += 1
    size += len(record.reader.read().decode())
print(count, size, time.process_time() - began)
"""
WARCIO = """
import time
from warcio.archiveiterator import ArchiveIterator
began = time.process_time()
count = size = 0
for record in ArchiveIterator(open({file!r}, "rb")):
    count += 1
    size += len(record.content_stream().read().decode())
print(count, size, time.process_time() - began)
"""
COLUMNS = ["id", "title", "text", "url", "source", "date"]


def records(dump, limit):
    size = 0
    for number, path in enumerate(sorted(dump.rglob("*.txt"))):
        text = path.read_bytes().decode("utf-8", "replace").replace("\0", "").replace("\r", "")
        title, _, body = text.partition("\n\n")
        if size > limit:
            return
        size += len(text.encode())
        source = path.parent.name
        yield [f"r{number}", title.replace("\n", " "), body, f"https://{source}.example/{number}", source, "2024-03-01"]


def write(folder, rows):
    import csv
    import gzip

    import pyarrow
    import pyarrow.parquet

    with open(folder / "a.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    with open(folder / "a.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(COLUMNS, row)), ensure_ascii=False) + "\n")
    table = pyarrow.table({name: [row[at] for row in rows] for at, name in enumerate(COLUMNS)})
    pyarrow.parquet.write_table(table, folder / "a.parquet", compression="zstd")
    with open(folder / "a.warc.gz", "wb") as file:
        for row in rows:
            block = f"{row[1]}\n\n{row[2]}".encode()
            head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {row[3]}\r\nWARC-Date: 2024-03-01T00:00:00Z\r\nWARC-Record-ID: <urn:x:{row[0]}>\r\nContent-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n"
            file.write(gzip.compress(head.encode() + block + b"\r\n\r\n", 6))
    text = folder / "texts"
    text.mkdir()
    for row in rows:
        (text / f"{row[0]}.txt").write_text(f"{row[1]}\n\n{row[2]}\n", encoding="utf-8")


def commands(file, built, work):
    """What reads a file: name and command."""
    python = lambda code: [sys.executable, "-c", code]
    path = str(file)
    tools = {}
    kind = file.name.partition(".")[2]
    if kind == "csv":
        table = f"\"read_csv('{path}', header=true, all_varchar=true, quote='\\\"', escape='\\\"', max_line_size=50000000, parallel=false)\""
        tools["DuckDB"] = python(DUCKDB.format(table=table, columns=COLUMNS))
        tools["polars"] = python(POLARS.format(call=f"read_csv({path!r}, infer_schema=False)"))
    if kind == "jsonl":
        table = f"\"read_json('{path}', format='newline_delimited', maximum_object_size=50000000)\""
        tools["DuckDB"] = python(DUCKDB.format(table=table, columns=COLUMNS))
        tools["polars"] = python(POLARS.format(call=f"read_ndjson({path!r})"))
    if kind == "parquet":
        tools["DuckDB"] = python(DUCKDB.format(table=f"\"'{path}'\"", columns=COLUMNS))
        tools["polars"] = python(POLARS.format(call=f"read_parquet({path!r})"))
    if kind == "warc.gz":
        tools["FastWARC"] = python(FASTWARC.format(file=path))
        tools["warcio"] = python(WARCIO.format(file=path))
    config = work / "pipeline.toml"
    config.write_text("stages = []\n[run]\nthreads = 1\nmax-error-rate = 1.0\n")
    out = work / "out"
    run = [built / "copydesk", "run", "--quiet", "--config", config, file, "-o", out]
    return {"copydesk reader": [built / "examples/read", file], "copydesk run": run, **tools}


def cpu_seconds(command):
    """As the tool tells it; of copydesk, what the system counted."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{command[0]}: {done.stderr}")
    if command[0] == sys.executable:
        return float(done.stdout.split()[-1])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main(dump, built, megabytes=60):
    rows = list(records(dump, megabytes << 20))
    size = sum(len(cell.encode()) for row in rows for cell in row)
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        for name, part in (("all", rows), ("one", rows[:1])):
            (work / name).mkdir()
            write(work / name, part)
        print(f"{len(rows)} records, {size / 1e6:.1f} MB of text; MB a second of CPU time, fastest of {ROUNDS}")
        for name in ("a.csv", "a.jsonl", "a.parquet", "a.warc.gz", "texts"):
            best = {}
            for _ in range(ROUNDS):
                for part in ("all", "one"):
                    for tool, command in commands(work / part / name, built, work).items():
                        seconds = cpu_seconds(command)
                        best[tool, part] = min(seconds, best.get((tool, part), seconds))
            figures = [
                f"{tool} {size / 1e6 / max(best[tool, 'all'] - best[tool, 'one'] * tool.startswith('copydesk'), 1e-3):.0f}"
                for tool, part in best
                if part == "all"
            ]
            stored = work / "all" / name
            stored = sum(f.stat().st_size for f in ([stored] if stored.is_file() else stored.iterdir()))
            print(f"{name} ({stored / 1e6:.1f} MB): " + ", ".join(figures), flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve(), *map(int, sys.argv[3:]))

"""Reads an output back with the tools that people use, and says where they see something else than what was written.

    python readback.py OUT

OUT is the output of a run with `formats = ["csv", "jsonl", "parquet"]`, not sharded or compressed, or a part of these. Needs duckdb, pandas, pyarrow,
datasets and frictionless[json,parquet] from PyPI; `cargo test` runs it where COPYDESK_PYTHON names an interpreter that has them.
"""

import csv
import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
csv.field_size_limit(1 << 30)
FORMULA = tuple("=+-@\t\r\0＝＋－＠")


def unguarded(cell):
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(FORMULA) else cell


def read(path, fields):
    """The rows of a CSV file by Python's own reader, with the types that the package gives."""
    convert = {"string": unguarded, "integer": int, "number": float}
    with open(path, newline="", encoding="utf-8") as file:
        return [
            {f["name"]: convert[f["type"]](row[f["name"]]) if row[f["name"]] else None for f in fields}
            for row in csv.DictReader(file, strict=True)
        ]


def main(out):
    package = json.loads((out / "datapackage.json").read_text())
    resources = {resource["path"]: resource for resource in package["resources"]}
    fields = resources["documents.csv"]["schema"]["fields"]
    truth = read(out / "documents.csv", fields)
    names = [field["name"] for field in fields]
    texts = {field["name"] for field in fields if field["type"] == "string"}
    print(f"csv (Python): {len(truth)} rows, {len(names)} columns")

    def same(what, rows, is_guarded=False, apart_from=()):
        rows = list(rows)
        assert len(rows) == len(truth), f"{what}: {len(rows)} rows instead of {len(truth)}"
        for number, (mine, theirs) in enumerate(zip(truth, rows)):
            assert list(theirs) == names, f"{what}: columns {list(theirs)}"
            for name in [name for name in names if name not in apart_from]:
                value = theirs[name]
                if value is not None and name in texts and is_guarded:
                    value = unguarded(value)
                ok = value == mine[name] and (value is None or isinstance(value, str) == (name in texts))
                assert ok, f"{what}: row {number}, {name}: {value!r} instead of {mine[name]!r}"
        for name in apart_from:
            # The same day and time, in other words.
            assert all(moment(row[name]) == moment(mine[name]) for mine, row in zip(truth, rows)), f"{what}: {name}"
        print(f"{what}: the same {len(rows)} rows and {len(names)} columns" + "".join(f", {name} in other words" for name in apart_from))

    duckdb(out, fields, same)
    pandas(out, fields, same)
    datasets(out, fields, same)
    tables(out, resources)
    frictionless(out)


def moment(text):
    """A day or a moment without its spelling and its zone; any other text as it is."""
    try:
        read = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return text
    return read.astimezone(timezone.utc).replace(tzinfo=None) if read.tzinfo else read


def tables(out, resources):
    """All tables, by DuckDB and pandas, with the types that the package gives."""
    import duckdb
    import pandas

    sql = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE"}
    kinds = {"string": "string", "integer": "Int64", "number": "Float64"}
    count = 0
    for path in sorted(path for path in resources if path.endswith(".csv")):
        fields = resources[path]["schema"]["fields"]
        truth = read(out / path, fields)
        columns = "{" + ", ".join(f"'{f['name']}': '{sql[f['type']]}'" for f in fields) + "}"
        found = duckdb.sql(
            f"FROM read_csv('{out / path}', columns={columns}, header=true, quote='\"', escape='\"', parallel=false, max_line_size=16777216)"
        )
        by_duckdb = [dict(zip(found.columns, row)) for row in found.fetchall()]
        dtype = {f["name"]: kinds[f["type"]] for f in fields}
        frame = pandas.read_csv(out / path, dtype=dtype, keep_default_na=False, na_values=[""])
        by_pandas = frame.astype(object).where(frame.notna(), None).to_dict("records")
        texts = [f["name"] for f in fields if f["type"] == "string"]
        for what, rows in [("DuckDB", by_duckdb), ("pandas", by_pandas)]:
            rows = [{name: unguarded(v) if name in texts and v else v for name, v in row.items()} for row in rows]
            for number, (mine, theirs) in enumerate(zip(truth, rows, strict=True)):
                assert theirs == mine, f"{path} ({what}): row {number}: {theirs} instead of {mine}"
        count += len(truth)
    print(f"csv (DuckDB, pandas): the same {count} rows of all {sum(path.endswith('.csv') for path in resources)} tables")


def duckdb(out, fields, same):
    import duckdb

    sql = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE"}
    columns = {field["name"]: sql[field["type"]] for field in fields}

    def rows(query):
        found = duckdb.sql(query)
        return [dict(zip(found.columns, row)) for row in found.fetchall()]

    given = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"
    path = lambda name: str(out / name)
    query = f"FROM read_csv('{path('documents.csv')}', columns={given}, header=true, quote='\"', escape='\"', parallel=false, max_line_size=16777216)"
    same("csv (DuckDB)", rows(query), is_guarded=True)
    if (out / "documents.jsonl").exists():
        query = f"FROM read_json('{path('documents.jsonl')}', columns={given}, format='newline_delimited')"
        same("jsonl (DuckDB)", rows(query))
    if (out / "data").exists():
        query = f"FROM read_parquet('{path('data/train-*.parquet')}')"
        found = duckdb.sql(query)
        types = dict(zip(found.columns, map(str, found.types)))
        assert types == columns, f"parquet (DuckDB): {types}"
        same("parquet (DuckDB)", rows(query))


def pandas(out, fields, same):
    import pandas

    kinds = {"string": "string", "integer": "Int64", "number": "Float64"}
    dtype = {field["name"]: kinds[field["type"]] for field in fields}

    def rows(frame):
        frame = frame.astype(object).where(frame.notna(), None)
        return frame.to_dict("records")

    frame = pandas.read_csv(out / "documents.csv", dtype=dtype, keep_default_na=False, na_values=[""])
    same("csv (pandas)", rows(frame), is_guarded=True)
    if (out / "documents.jsonl").exists():
        frame = pandas.read_json(out / "documents.jsonl", lines=True, dtype=dtype, convert_dates=False, precise_float=True)
        same("jsonl (pandas)", rows(frame))
    if (out / "data").exists():
        frame = pandas.concat(
            pandas.read_parquet(part, dtype_backend="numpy_nullable") for part in sorted((out / "data").iterdir())
        )
        assert {name: str(kind) for name, kind in frame.dtypes.items()} == dtype, f"parquet (pandas): {frame.dtypes}"
        same("parquet (pandas)", rows(frame))


def datasets(out, fields, same):
    import datasets

    dtypes = {"string": "string", "integer": "int64", "number": "float64"}
    expected = {field["name"]: dtypes[field["type"]] for field in fields}
    features = datasets.Features({name: datasets.Value(kind) for name, kind in expected.items()})
    cache = str(out.parent / "datasets-cache")
    if (out / "data").exists():
        # As the hub does it: the folder with its card.
        loaded = datasets.load_dataset(str(out), cache_dir=cache)
        assert list(loaded) == ["train"], list(loaded)
        found = {name: feature.dtype for name, feature in loaded["train"].features.items()}
        assert found == expected, f"parquet (datasets): {found}"
        same("parquet (datasets, by the card)", loaded["train"])
    if (out / "documents.jsonl").exists():
        file = str(out / "documents.jsonl")
        loaded = datasets.load_dataset("json", data_files=file, features=features, cache_dir=cache)
        # Arrow takes text that looks like a date for a timestamp, and writes it as text again in its own way.
        same("jsonl (datasets)", loaded["train"], apart_from=[name for name in ("date", "published") if name in expected])


def frictionless(out):
    import frictionless

    frictionless.system.trusted = True
    package = frictionless.Package(str(out / "datapackage.json"))
    for resource in package.resources:
        report = resource.validate()
        flat = report.flatten(["rowNumber", "fieldName", "type", "message"])
        assert report.valid, f"frictionless: {resource.path}: {flat[:5] or report.errors}"
    print(f"frictionless: {len(package.resources)} tables are valid")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())

#!/usr/bin/env python3
"""Scores boilerplate cleaning against pages with segments that must stay or must go.

Each line of GOLD is one page: `raw_text` (lines), `must_keep` and `must_drop` (pieces of its text), `lang`. A page becomes
a .txt file, the binary cleans all of them in one run, and a segment counts as there if it stands in the page's text.
Segments that are not in the raw text are left out.

    benches/score_segments.py GOLD.jsonl --bin target/release/copydesk [--lang de] [--config-text 'stages = ["boilerplate"]']

Figures: kept = share of the must_keep segments that are still there; dropped = share of the must_drop segments gone.
"""
import argparse, collections, csv, json, pathlib, subprocess, sys, tempfile

STAGES = 'stages = ["language", "boilerplate", "learned-boilerplate"]\n'
csv.field_size_limit(1 << 30)


def norm(text):
    return " ".join(text.split())


def clean(pages, args):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for i, page in enumerate(pages):
            file = work / "dump" / "pages" / f"{i:06d}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            body = "\n\n".join(page["raw_text"].split("\n"))
            file.write_text(f"Untitled\n\n{body}\n", encoding="utf-8")
        config = work / "pipeline.toml"
        config.write_text(args.config_text or STAGES)
        command = [args.bin, "run", str(work / "dump"), "-o", str(work / "out"), "--config", str(config), "-q"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode not in (0, 3):
            sys.exit(f"the run ended with {run.returncode}:\n{run.stderr[-2000:]}")
        with open(work / "out" / "documents.csv", newline="", encoding="utf-8") as file:
            return {int(pathlib.PurePosixPath(row["id"]).stem): norm(row["text"]) for row in csv.DictReader(file)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold")
    parser.add_argument("--bin", default="target/release/copydesk")
    parser.add_argument("--lang")
    parser.add_argument("--config-text")
    args = parser.parse_args()
    with open(args.gold, encoding="utf-8") as gold:
        pages = [json.loads(line) for line in gold]
    pages = [page for page in pages if not args.lang or page["lang"] in args.lang.split(",")]
    texts, counts = clean(pages, args), collections.Counter()
    for i, page in enumerate(pages):
        raw = norm(page["raw_text"])
        for kind in ("must_keep", "must_drop"):
            for segment in map(norm, page[kind]):
                if segment and segment in raw:
                    counts[kind, segment in texts.get(i, "")] += 1
    print(f"pages     {len(pages)}")
    for name, kind, wanted in (("kept", "must_keep", True), ("dropped", "must_drop", False)):
        total = counts[kind, True] + counts[kind, False]
        print(f"{name:9} {counts[kind, wanted] / max(1, total):.4f} of {total}")


main()

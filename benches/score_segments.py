#!/usr/bin/env python3
"""Scores boilerplate cleaning against pages with segments that must stay or must go.

Each line of GOLD is one page: `raw_text` (lines), `must_keep` and `must_drop` (pieces of its text), `lang`. A page becomes
a .txt file, the binary cleans all of them in one run, and a segment counts as there if it stands in the page's text.
Segments that are not in the raw text are left out.

    benches/score_segments.py GOLD.jsonl --bin target/release/copydesk [--lang de] [--config-text 'stages = ["boilerplate"]']

Figures: kept = share of the must_keep segments that are still there; dropped = share of the must_drop segments gone.
"""
import argparse, collections, json

import cleaned

STAGES = 'stages = ["language", "boilerplate", "learned-boilerplate"]\n'


def norm(text):
    return " ".join(text.split())


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
    documents = [("pages", page["raw_text"].split("\n")) for page in pages]
    texts, counts = cleaned.texts(args.bin, args.config_text or STAGES, documents), collections.Counter()
    texts = {i: norm(text) for i, text in texts.items()}
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

"""Whether near-dedup finds as much in a large corpus as in a small one: labelled copies among unrelated documents.

    python3 benches/near_dup_scale.py GOLD BIN [--unrelated 0 1000000] [--words 300] [--scratch FOLDER] [run options]

GOLD has a JSON object a line: `text`, `source`, `cluster` (the number of the story) and `edit` (a `roundup` belongs to none). The
unrelated documents are words drawn by a seeded generator from 40,000 made-up ones, so that no two share a shingle but by chance;
a million of 300 words take 2 GB of disk. For each number of them: precision and recall of pairs within GOLD, pairs with anything
else (there should be none), seconds of processor time, memory at the peak. Needs Python 3.9.
"""
import argparse
import collections
import csv
import json
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
import timing  # noqa: E402

SEED = 7
SHARD = 20_000
GOLD = "gold.jsonl"
SYLLABLES = "ba co di fe gu ha li mo ne pu ra si to ve zu".split()
csv.field_size_limit(1 << 30)


def write(rows, unrelated, words_each, folder):
    """The labelled documents in one file, the others beside it."""
    with open(folder / GOLD, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({"text": row["text"], "source": row["source"]}, ensure_ascii=False) + "\n")
    rng = random.Random(SEED)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(40_000)]
    for start in range(0, unrelated, SHARD):
        with open(folder / f"unrelated-{start // SHARD:05}.jsonl", "w", encoding="utf-8") as file:
            for number in range(start, min(unrelated, start + SHARD)):
                text = " ".join(rng.choices(words, k=words_each)) + "."
                file.write(json.dumps({"source": f"s{number % 500}", "text": text}) + "\n")


def found(rows, duplicates):
    """Precision and recall of pairs, and rows that are not of two labelled documents."""
    group, others = list(range(len(rows))), 0
    with open(duplicates, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            (one, number), (other, kept) = (row[name].rsplit("#", 1) for name in ("id", "kept_id"))
            if one == other == GOLD:
                group[int(number)] = int(kept)
            else:
                others += 1

    def root(at):
        while group[at] != at:
            at = group[at]
        return at

    def pairs(keys):
        return sum(count * (count - 1) // 2 for count in collections.Counter(keys).values())

    roots = [root(at) for at in range(len(rows))]
    stories = [f"alone {at}" if row["edit"] == "roundup" else str(row["cluster"]) for at, row in enumerate(rows)]
    right = pairs(zip(roots, stories))
    return right / max(1, pairs(roots)), right / max(1, pairs(stories)), others


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold")
    parser.add_argument("bin")
    parser.add_argument("--unrelated", type=int, nargs="+", default=[0, 1_000_000])
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--scratch", default=None)
    args, options = parser.parse_known_args()
    rows = [json.loads(line) for line in open(args.gold, encoding="utf-8")]
    binary = pathlib.Path(args.bin).resolve()
    print(f"{'unrelated':>10}{'precision':>11}{'recall':>9}{'others':>8}{'CPU s':>8}{'peak MB':>9}")
    for unrelated in args.unrelated:
        with tempfile.TemporaryDirectory(dir=args.scratch) as folder:
            folder = pathlib.Path(folder)
            (folder / "in").mkdir()
            write(rows, unrelated, args.words, folder / "in")
            (folder / "pipeline.toml").write_text('stages = ["exact-dedup", "near-dedup"]\n')
            command = [binary, "run", folder / "in", "-o", folder / "out", "--config", folder / "pipeline.toml", "--quiet", *options]
            cost = timing.Cost(command)
            precision, recall, others = found(rows, folder / "out/duplicates.csv")
            print(f"{unrelated:>10}{precision:>11.4f}{recall:>9.4f}{others:>8}{cost.processor:>8.1f}{cost.peak:>9.0f}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Scores boilerplate cleaning against the labels that news sites and blogs print around articles, language by language.

Each row of labels.tsv is a label: its language, its kind and its text. Kind `prose` is what the label stands in: eight
lines before it and one behind, so no label is told by the lines about it. Kind `keep` looks like a label and is none. A
label becomes a document of its own, the binary cleans all of them in one run, and a label is removed if its line is gone.

    benches/score_labels.py --bin target/release/copydesk [--lang de,fr] [--left] [--config-text '…']

Figures: share of labels removed, by language and by kind; `keep` and `prose` count the lines that went and must not.
"""
import argparse, collections, csv, pathlib

import cleaned

CONFIG = 'stages = ["language", "boilerplate"]\n\n[stage.boilerplate]\nclassifier = false\nmax-share = 1.0\n'
TABLE = pathlib.Path(__file__).with_name("labels.tsv")


def read(languages):
    with open(TABLE, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [row for row in rows if not languages or row["language"] in languages]
    prose, labels = collections.defaultdict(list), []
    for row in rows:
        if row["kind"] == "prose":
            prose[row["language"]].append(row["text"])
        else:
            labels.append((row["language"], row["kind"], row["text"]))
    return prose, labels


def body(lines, label):
    """The lines of a document; the last repeats two sentences, for a label must not be known by standing last."""
    return [*lines, label, f"{lines[2]} {lines[5]}"]


def table(name, gone):
    print(f"\n{name:12} {'labels':>6} {'removed':>7}")
    for key, counts in sorted(gone.items(), key=lambda item: item[1][True] / sum(item[1].values())):
        total = sum(counts.values())
        print(f"{key:12} {total:6} {counts[True] / total:7.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="target/release/copydesk")
    parser.add_argument("--lang")
    parser.add_argument("--left", action="store_true", help="list the labels that remain")
    parser.add_argument("--config-text")
    args = parser.parse_args()
    prose, labels = read(args.lang and args.lang.split(","))
    documents = [(f"{language}/site", body(prose[language], label)) for language, _, label in labels]
    texts = cleaned.texts(args.bin, args.config_text or CONFIG, documents)
    by_language, by_kind = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    left, kept, lost_labels, lost_prose = [], 0, [], 0
    for i, (language, kind, label) in enumerate(labels):
        lines = [line for line in texts.get(i, "").split("\n") if line]
        lost_prose += sum(line not in lines for line in body(prose[language], label) if line != label)
        is_gone = label not in lines
        if kind == "keep":
            kept += not is_gone
            lost_labels += [(language, label)] * is_gone
            continue
        by_language[language][is_gone] += 1
        by_kind[kind][is_gone] += 1
        left += [(language, kind, label)] * (not is_gone)
    table("language", by_language)
    table("kind", by_kind)
    total = sum(sum(counts.values()) for counts in by_language.values())
    print(f"\n{'all':12} {total:6} {1 - len(left) / max(1, total):7.3f}")
    print(f"keep lost    {len(lost_labels)} of {kept + len(lost_labels)}")
    print(f"prose lost   {lost_prose} lines")
    for language, label in lost_labels:
        print(f"lost\t{language}\t{label}")
    for row in left if args.left else []:
        print("left", *row, sep="\t")


main()

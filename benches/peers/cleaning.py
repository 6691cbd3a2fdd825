"""Cleaning of labelled news pages: copydesk beside datatrove's C4 filter and trafilatura, quality and cost.

    benches/peers/cleaning.py ../shared/data/gold_boilerplate_dev.jsonl target/release/copydesk [newspaper|p_all]

No peer cleans text that was extracted before, so each gets what comes nearest: datatrove its C4 rules for lines, trafilatura
the lines as the paragraphs of a page. Figures: F1 over shingles of four words, mean of the pages; pages whose kept lines
all stay and whose other lines all go; share of kept lines that are lost.
"""

import collections
import html
import json
import pathlib
import sys
import tempfile

import timing


def nothing(texts):
    return texts


def datatrove(texts):
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    rules = C4QualityFilter(min_num_sentences=-1)

    def clean(text):
        document = Document(text=text, id="")
        rules.filter(document)
        return document.text

    return [clean(text) for text in texts]


def trafilatura(texts):
    import trafilatura

    def clean(text):
        paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
        page = f"<html><body><article>{paragraphs}</article></body></html>"
        return trafilatura.extract(page, include_tables=False, deduplicate=False) or ""

    return [clean(text) for text in texts]


PEERS = {"no cleaning": nothing, "datatrove, C4 lines": datatrove, "trafilatura, lines as <p>": trafilatura}


def pages(gold, variant):
    for page in map(json.loads, open(gold, encoding="utf-8")):
        if page["variant"] == variant and "keep" in page["labels"]:
            yield page


def as_scraped(row):
    """The folder and the text of a page as a dump has it."""
    title = " ".join((row.get("page_title") or row.get("title") or "Untitled").split())
    return row["dataset"], title + "\n\n" + row["raw_text"].replace("\n", "\n\n")


CONFIG = 'stages = ["language", "boilerplate", "learned-boilerplate"]\n\n[output]\nguard-formulas = false\n'


def shingles(text):
    words = "".join(letter if letter.isalnum() else " " for letter in text).split()
    return collections.Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)))


def f1(kept, got):
    common = sum((kept & got).values())
    return 2 * common / (sum(kept.values()) + sum(got.values()))


def quality(rows, texts):
    scores, exact, kept_lines, lost = [], 0, 0, 0
    for row, text in zip(rows, texts):
        lines = [" ".join(line.split()) for line in row["raw_text"].split("\n")]
        there = {" ".join(line.split()) for line in text.split("\n")}
        kept = [line for line, label in zip(lines, row["labels"]) if label == "keep" and line]
        dropped = {line for line, label in zip(lines, row["labels"]) if label == "drop" and line} - set(kept)
        gone = sum(line not in there for line in kept)
        kept_lines, lost = kept_lines + len(kept), lost + gone
        exact += not gone and not dropped & there
        scores.append(f1(shingles("\n".join(kept)), shingles(text)))
    return f"F1 {sum(scores) / len(scores):.4f}, exact {exact / len(rows):.3f}, kept lines lost {lost / kept_lines:.2%}"


def main():
    if sys.argv[1] == "--peer":
        texts = [json.loads(line)["text"] for line in open(sys.argv[3], encoding="utf-8")]
        print(json.dumps(PEERS[sys.argv[2]](texts)))
        return
    gold, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    rows = list(pages(gold, sys.argv[3] if len(sys.argv) > 3 else "newspaper"))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        ours = timing.Copydesk(binary, folder, map(as_scraped, rows), CONFIG)
        texts = folder / "texts.jsonl"
        texts.write_text("".join(json.dumps({"text": row["raw_text"]}) + "\n" for row in rows), encoding="utf-8")
        commands = {"copydesk": ours.command}
        commands |= {name: [sys.executable, __file__, "--peer", name, texts] for name in PEERS}
        costs = timing.in_turn(commands, 3)
        figures = {}
        for name, cost in costs.items():
            figures[name] = quality(rows, ours.column("text", "") if name == "copydesk" else json.loads(cost.output))
        megabytes = sum(len(row["raw_text"].encode()) for row in rows) / 1e6
        print(f"{len(rows)} pages, {megabytes:.1f} MB")
        timing.table(costs, "copydesk", megabytes, figures)


if __name__ == "__main__":
    main()

"""Statistics of a sample of a dump: `copydesk stats` beside TextDescriptives and datatrove's stats, one thread, cost alone.

    benches/peers/statistics_of_texts.py ../shared/data/dump target/release/copydesk [FILES]

What each counts differs; copydesk counts most (its default families, for documents, sources, languages and the corpus).
TextDescriptives: descriptive statistics and readability over a blank English model. datatrove: statistics of documents,
lines, paragraphs, sentences and words. Figures themselves are compared in `tests/independent/measures.py`.
"""

import json
import logging
import pathlib
import sys
import tempfile

import timing


def texts(dump):
    for path in sorted(pathlib.Path(dump).rglob("*.txt")):
        yield str(path), path.read_text(encoding="utf-8", errors="replace")


def text_descriptives(dump, out):
    import spacy
    import textdescriptives

    model = spacy.blank("en")
    model.max_length = 1 << 30
    model.add_pipe("sentencizer")
    model.add_pipe("textdescriptives/descriptive_stats")
    model.add_pipe("textdescriptives/readability")
    with open(out / "figures.jsonl", "w") as target:
        for document in model.pipe(text for _, text in texts(dump)):
            target.write(json.dumps(textdescriptives.extract_dict(document, include_text=False), default=float) + "\n")


def datatrove(dump, out):
    from datatrove.data import Document
    from datatrove.pipeline.stats import DocStats, LineStats, ParagraphStats, SentenceStats, WordStats

    logging.disable()
    documents = (Document(text=text, id=name) for name, text in texts(dump))
    for kind in (DocStats, LineStats, ParagraphStats, SentenceStats, WordStats):
        documents = kind(str(out / kind.__name__), groups_to_compute=["summary", "histogram"]).run(documents, 0, 1)
    for _ in documents:
        pass


PEERS = {"TextDescriptives": text_descriptives, "datatrove stats": datatrove}


def main():
    if sys.argv[1] == "--peer":
        PEERS[sys.argv[2]](sys.argv[3], pathlib.Path(sys.argv[4]))
        return
    dump, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        megabytes = timing.sample(dump, int(sys.argv[3]) if len(sys.argv) > 3 else 1000, folder / "dump")
        out = folder / "figures"
        out.mkdir()
        commands = {"copydesk": [binary, "stats", folder / "dump", "-o", folder / "out", "--threads", "1", "--quiet"]}
        commands |= {name: [sys.executable, __file__, "--peer", name, folder / "dump", out] for name in PEERS}
        costs = timing.in_turn(commands, 3)
        print(f"{megabytes:.1f} MB")
        timing.table(costs, "copydesk", megabytes)


if __name__ == "__main__":
    main()

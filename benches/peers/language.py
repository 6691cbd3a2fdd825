"""Language of labelled texts: copydesk beside lingua's own Python package, langdetect and langid, accuracy and cost.

    benches/peers/language.py ../shared/data/language_dev.jsonl target/release/copydesk [TEXTS]

`TEXTS` are drawn with a fixed seed, 1,500 unless said otherwise, since the peers take milliseconds for each. A label of a
language that a tool does not know counts as wrong, as a user would see it; only texts in languages that lingua knows are
drawn. The cost of starting is in all figures.
"""

import json
import pathlib
import random
import sys
import tempfile

import timing

# Languages that the labels of one tool write otherwise than those of another.
SAME = {"no": "nb", "zh-cn": "zh", "zh-tw": "zh"}


def lingua(texts):
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()
    found = (detector.detect_language_of(text) for text in texts)
    return [language.iso_code_639_1.name.lower() if language else "und" for language in found]


def langdetect(texts):
    import langdetect

    langdetect.DetectorFactory.seed = 1

    def label(text):
        try:
            return langdetect.detect(text)
        except langdetect.LangDetectException:
            return "und"

    return [label(text) for text in texts]


def langid(texts):
    import py3langid

    return [py3langid.classify(text)[0] for text in texts]


PEERS = {"lingua": lingua, "langdetect": langdetect, "langid": langid}


def known_languages():
    from lingua import Language

    return {language.iso_code_639_1.name.lower() for language in Language.all()}


CONFIG = 'stages = ["language"]\n\n[stage.language]\nkeep = []\n'


def main():
    if sys.argv[1] == "--peer":
        texts = [json.loads(line)["text"] for line in open(sys.argv[3], encoding="utf-8")]
        print(json.dumps(PEERS[sys.argv[2]](texts)))
        return
    gold, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1500
    known = known_languages()
    rows = [json.loads(line) for line in open(gold, encoding="utf-8")]
    rows = [row for row in rows if SAME.get(row["lang"], row["lang"]) in known]
    rows = random.Random(1).sample(rows, min(count, len(rows)))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        documents = (("texts", row["text"]) for row in rows)
        ours = timing.Copydesk(binary, folder, documents, CONFIG)
        texts = folder / "texts.jsonl"
        texts.write_text("".join(json.dumps({"text": row["text"]}) + "\n" for row in rows), encoding="utf-8")
        commands = {"copydesk": ours.command}
        commands |= {name: [sys.executable, __file__, "--peer", name, texts] for name in PEERS}
        costs = timing.in_turn(commands, 3)
        figures = {}
        for name, cost in costs.items():
            got = ours.column("language", "und") if name == "copydesk" else json.loads(cost.output)
            figures[name] = accuracy(rows, got)
        megabytes = sum(len(row["text"].encode()) for row in rows) / 1e6
        print(f"{len(rows)} texts, {megabytes:.1f} MB")
        timing.table(costs, "copydesk", megabytes, figures)


def accuracy(rows, got):
    """Share of right labels by the kind of text."""
    units = {}
    for row, label in zip(rows, got):
        right = SAME.get(label, label) == SAME.get(row["lang"], row["lang"])
        units.setdefault(row["unit"], []).append(right)
    return ", ".join(f"{unit} {sum(of) / len(of):.3f}" for unit, of in sorted(units.items()))


if __name__ == "__main__":
    main()

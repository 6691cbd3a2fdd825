#!/usr/bin/env python3
"""Scores near-duplicate recall by language: the same seeded edits on texts of a dump, in every language that it has.

    benches/score_edits.py DUMP --bin target/release/copydesk [--language ar en] [--per-language 150] [--units 120]
                                [--same-source] [--json]

DUMP is `<language>/<source>/<name>.txt`, a headline, a blank line and a body. Texts of at least `--min-units` words (pairs of
characters in scripts without spaces) are bases. Each run holds the bases of all languages and three copies of each, so that a
copy is not found through many others. A copy is found if it is in the cluster of its base; `--same-source` leaves it in the
source of its base, where `near-dedup` asks for more, and without it each is another outlet's. `--units` cuts bodies to the same
length first: a language with few words a text is otherwise compared by its lengths. What is put into a text comes from a
quarter of the texts, which are no bases. Natural duplicates among the bases are told by a first run and left out.
"""
import argparse, collections, csv, json, pathlib, random, re, subprocess, tempfile, unicodedata

SEED = 20261129
UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}
MAX_HEADLINE = 40
ARABIC = {"آ": "ا", "أ": "ا", "إ": "ا", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي"}
csv.field_size_limit(1 << 30)


class Text:
    """A headline and a body as paragraphs of units, words or characters."""

    def __init__(self, language, title, paragraphs):
        self.language, self.title, self.paragraphs = language, title, paragraphs
        self.glue = "" if language in UNSPACED else " "

    def units(self):
        return [unit for paragraph in self.paragraphs for unit in paragraph]

    def weight(self):
        return 2 if self.language in UNSPACED else 1

    def with_(self, paragraphs=None, title=None):
        return Text(self.language, self.title if title is None else title, self.paragraphs if paragraphs is None else paragraphs)

    def body(self):
        return "\n\n".join(self.glue.join(paragraph) for paragraph in self.paragraphs if paragraph)


def sentences(text):
    """Runs of units that end with a full stop, in the scripts of the dump; where there is none, of 25 words."""
    found = []
    for paragraph in text.paragraphs:
        current = []
        for unit in paragraph:
            current.append(unit)
            ends = unit[-1:] in ".!?。！？؟۔।…" or (text.language == "th" and unit == " ")
            if (ends and len(current) >= 4 * text.weight()) or len(current) >= 60 * text.weight():
                found.append(current)
                current = []
        if current:
            found.append(current)
    return found


def cut(share):
    def edit(text, rng, others):
        left, kept = max(1, int(len(text.units()) * share)), []
        for paragraph in text.paragraphs:
            kept.append(paragraph[:left])
            left -= len(kept[-1])
        return text.with_(kept)
    return edit


def dropped(share):
    def edit(text, rng, others):
        all_ = sentences(text)
        kept = [sentence for sentence in all_ if rng.random() >= share]
        return text.with_(kept or all_[:1])
    return edit


def wrapped(words):
    def edit(text, rng, others):
        count = words * text.weight()
        before = rng.random()
        head, tail = others(int(count * before)), others(count - int(count * before))
        return text.with_([head] + text.paragraphs + [tail])
    return edit


def updated(count):
    def edit(text, rng, others):
        paragraphs = list(text.paragraphs)
        for _ in range(count):
            paragraphs.insert(rng.randrange(len(paragraphs) + 1), others(35 * text.weight()))
        return text.with_(paragraphs)
    return edit


def replaced(share):
    def edit(text, rng, others):
        vocabulary = others(400)
        size = text.weight()
        def change(paragraph):
            words = [paragraph[at:at + size] for at in range(0, len(paragraph), size)]
            return [unit for word in words for unit in (rng.sample(vocabulary, len(word)) if rng.random() < share else word)]
        return text.with_([change(paragraph) for paragraph in text.paragraphs])
    return edit


def misread(share):
    """The share of words in which one letter is another."""
    def edit(text, rng, others):
        letters = [letter for letter in "".join(others(200)) if letter.isalpha()]
        def change(unit):
            places = [at for at, letter in enumerate(unit) if letter.isalpha()]
            if not places or rng.random() >= share / text.weight():
                return unit
            at = rng.choice(places)
            return unit[:at] + rng.choice(letters) + unit[at + 1:]
        return text.with_([[change(unit) for unit in paragraph] for paragraph in text.paragraphs])
    return edit


def shuffled(text, rng, others):
    all_ = sentences(text)
    size = max(1, len(all_) // 5)
    parts = [all_[at:at + size] for at in range(0, len(all_), size)]
    rng.shuffle(parts)
    return text.with_([[unit for sentence in part for unit in sentence] for part in parts])


def headed(text, rng, others):
    return text.with_([others(3) + text.paragraphs[0]] + text.paragraphs[1:], text.glue.join(others(6 * text.weight())))


def spelled(text, rng, others):
    """Set in another way: capitals, quotes, spaces; in Arabic script marks, tatweel, hamza and the keyboard's letters."""
    def change(unit):
        if text.language in ("ar", "fa"):
            unit = "".join(ARABIC.get(letter, letter) for letter in unit)
            unit = "".join(letter for letter in unit if not "\u064b" <= letter <= "\u0652")
            return unit.replace("،", ",").replace("ل", "لـ") if rng.random() < 0.1 else unit.replace("،", ",")
        unit = unit.replace("“", '"').replace("”", '"').replace("’", "'").replace("–", "-")
        return unicodedata.normalize("NFC", unit.upper() if rng.random() < 0.1 else unit)
    return text.with_([[change(unit) for unit in paragraph] for paragraph in text.paragraphs])


def combined(text, rng, others):
    return headed(wrapped(30)(cut(0.6)(text, rng, others), rng, others), rng, others)


EDITS = {
    "cut 80": cut(0.8), "cut 60": cut(0.6), "cut 40": cut(0.4),
    "boiler 30": wrapped(30), "boiler 60": wrapped(60), "headline": headed,
    "drop 20": dropped(0.2), "drop 40": dropped(0.4), "reorder": shuffled,
    "update 1": updated(1), "update 2": updated(2), "words 5": replaced(0.05),
    "words 10": replaced(0.10), "misread 2": misread(0.02), "misread 5": misread(0.05),
    "spelling": spelled, "combined": combined, "same": lambda text, rng, others: text,
}


def read(dump, args):
    """The texts by language, as `{language: [(source, Text)]}`; at most `per_language`, drawn with a seed."""
    texts = collections.defaultdict(list)
    for folder in sorted(path for path in pathlib.Path(dump).iterdir() if path.is_dir()):
        if args.language and folder.name not in args.language:
            continue
        files = sorted(folder.glob("*/*.txt"))
        random.Random(SEED).shuffle(files)
        for file in files:
            raw = file.read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
            title, _, body = raw.partition("\n\n")
            language = folder.name
            split = list if language in UNSPACED else str.split
            if not body or len(split(title)) > MAX_HEADLINE:
                # A file of one paragraph, or without a headline: to change its first line would be to change the text.
                title, body = "", raw
            paragraphs = [split(line) for line in body.split("\n") if line.strip()]
            text = Text(language, title.strip(), paragraphs)
            if args.units:
                text = cut(min(1.0, args.units * text.weight() / max(1, len(text.units()))))(text, None, None)
            if len(text.units()) >= args.min_units * text.weight():
                texts[language].append((f"{language}/{file.parent.name}", text))
            if len(texts[language]) >= args.per_language:
                break
    return texts


def clusters(rows, args):
    """Runs exact and near dedup over `(source, Text)`; the cluster of each as the number of its first document."""
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "dump").mkdir()
        with open(work / "dump" / "all.jsonl", "w", encoding="utf-8") as file:
            for source, text in rows:
                record = {"title": text.title, "text": text.body(), "source": source}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        (work / "pipeline.toml").write_text('stages = ["exact-dedup", "near-dedup"]\n')
        command = [args.bin, "run", work / "dump", "-o", work / "out", "--config", work / "pipeline.toml"]
        subprocess.run(command, check=True, capture_output=True, cwd=work)
        number = lambda id_: int(id_.rsplit("#", 1)[1])
        of = list(range(len(rows)))
        with open(work / "out" / "duplicates.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                of[number(row["id"])] = number(row["kept_id"])
        for at in range(len(of)):
            root = at
            while of[root] != root:
                root = of[root]
            of[at] = root
        return of


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("--bin", type=lambda path: pathlib.Path(path).resolve(), default="target/release/copydesk")
    parser.add_argument("--language", nargs="*")
    parser.add_argument("--per-language", type=int, default=150)
    parser.add_argument("--min-units", type=int, default=60)
    parser.add_argument("--units", type=int, default=0)
    parser.add_argument("--same-source", action="store_true")
    parser.add_argument("--misses", help="write the copies that were not found to this file, as JSON lines")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    args.bin = pathlib.Path(args.bin).resolve()
    texts = read(args.dump, args)
    flat = [(source, text) for language in sorted(texts) for source, text in texts[language]]
    label = clusters(flat, args)
    size = collections.Counter(label)
    bases = [row for row, root in zip(flat, label) if size[root] == 1]
    # What is put into copies must not stand in the corpus as a text, or every copy is a round-up.
    pools = collections.defaultdict(list)
    for _, text in bases[::4]:
        pools[text.language].append(text.units())
    bases = [row for at, row in enumerate(bases) if at % 4]
    hit, tried, misses = collections.Counter(), collections.Counter(), []
    names = list(EDITS)
    for first in range(0, len(names), 3):
        rows, origin = list(bases), list(enumerate(["base"] * len(bases)))
        for at, (source, text) in enumerate(bases):
            for name in names[first:first + 3]:
                rng = random.Random(f"{SEED} {at} {name}")
                def others(count):
                    if count <= 0:
                        return []
                    # One other text where it is long enough, or several.
                    taken, pool = [], pools[text.language]
                    while len(taken) < count:
                        units = rng.choice(pool)
                        start = rng.randrange(max(1, len(units) - count))
                        taken += units[start:start + count - len(taken)]
                    return taken
                copy = EDITS[name](text, rng, others)
                rows.append((source if args.same_source else f"outlet-{rng.randrange(40)}", copy))
                origin.append((at, name))
        label = clusters(rows, args)
        for row, ((at, name), root) in zip(rows, zip(origin, label)):
            if name == "base":
                continue
            language = row[1].language
            tried[language, name] += 1
            if root == label[at]:
                hit[language, name] += 1
            else:
                misses.append({"language": language, "edit": name, "source": bases[at][0], "base": bases[at][1].title + "\n\n" + bases[at][1].body(), "copy": row[1].title + "\n\n" + row[1].body()})
    if args.misses:
        with open(args.misses, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(miss, ensure_ascii=False) + "\n" for miss in misses)
    languages = sorted({language for language, _ in tried})
    count = collections.Counter(text.language for _, text in bases)
    report = {}
    for language in languages:
        rates = {name: round(hit[language, name] / tried[language, name], 3) for name in names}
        units = sorted(len(text.units()) // text.weight() for _, text in bases if text.language == language)
        total = sum(hit[language, name] for name in names) / sum(tried[language, name] for name in names)
        report[language] = {"bases": count[language], "median_words": units[len(units) // 2], "recall": round(total, 4), **rates}
    if args.json:
        print(json.dumps(report))
        return
    columns = ["bases", "median_words", "recall"] + names
    print("edit".ljust(14) + "".join(language.rjust(8) for language in languages))
    for column in columns:
        print(column.ljust(14) + "".join(str(report[language][column]).rjust(8) for language in languages))


main()

"""What a document costs as a corpus grows: the whole run over 10,000, 100,000, … documents, resampled from a dump with edits.

    python3 benches/whole_scale.py DUMP BIN [--documents 10000 100000 500000] [--threads 1] [--scratch FOLDER] [run options]

DUMP is a folder of .txt files: a headline, a blank line, a body. Documents are drawn with replacement by a seeded generator; each
gets an edit that news gets on its way from outlet to outlet (a paragraph less, a sentence less, two paragraphs exchanged, words
exchanged, a line of its own), and one in ten is left as it is. They lie in JSON Lines, 20,000 to a file. For each size: seconds of
processor time, microseconds of it a document, MB/s of text, memory at the peak, and the documents that were published, so that a
run that did nothing is seen. Needs Python 3.9.
"""
import argparse
import json
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
import timing  # noqa: E402

SEED = 20261130
SHARD = 20_000


def texts_of(dump):
    """Source, headline and body of every file."""
    for path in sorted(pathlib.Path(dump).rglob("*.txt")):
        title, _, body = path.read_bytes().decode("utf-8", "replace").partition("\n")
        yield path.parts[-2], title.strip(), body.strip()


def edited(rng, body, others):
    """A body as another outlet might print it."""
    paragraphs = [paragraph for paragraph in body.split("\n") if paragraph.strip()]
    kind = rng.randrange(10)
    if kind == 0 or not paragraphs:
        return body
    at = rng.randrange(len(paragraphs))
    if kind < 3 and len(paragraphs) > 2:
        del paragraphs[at]
    elif kind < 5:
        sentences = paragraphs[at].split(". ")
        if len(sentences) > 1:
            del sentences[rng.randrange(len(sentences))]
        paragraphs[at] = ". ".join(sentences)
    elif kind < 7 and len(paragraphs) > 1:
        other = rng.randrange(len(paragraphs))
        paragraphs[at], paragraphs[other] = paragraphs[other], paragraphs[at]
    elif kind < 9:
        words = paragraphs[at].split(" ")
        for _ in range(max(1, len(words) // 30)):
            words[rng.randrange(len(words))] = rng.choice(words)
        paragraphs[at] = " ".join(words)
    else:
        line = rng.choice(others)[2].partition("\n")[0][:200]
        paragraphs.insert(at, line)
    return "\n\n".join(paragraphs)


def write(texts, count, folder):
    """Writes so many documents; the bytes of their text."""
    rng = random.Random(SEED)
    size = 0
    for start in range(0, count, SHARD):
        with open(folder / f"part-{start // SHARD:05}.jsonl", "w", encoding="utf-8") as shard:
            for number in range(start, min(count, start + SHARD)):
                source, title, body = rng.choice(texts)
                body = edited(rng, body, texts)
                size += len(title.encode()) + len(body.encode())
                shard.write(json.dumps({"id": f"d{number}", "source": source, "title": title, "text": body}, ensure_ascii=False) + "\n")
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dump")
    parser.add_argument("bin")
    parser.add_argument("--documents", type=int, nargs="+", default=[10_000, 100_000, 500_000])
    parser.add_argument("--threads", default="1")
    parser.add_argument("--scratch", default=None)
    args, options = parser.parse_known_args()
    texts = list(texts_of(args.dump))
    binary = pathlib.Path(args.bin).resolve()
    print(f"{'documents':>10}{'wall s':>9}{'CPU s':>9}{'µs each':>9}{'MB/s':>7}{'peak MB':>9}{'kept':>11}")
    for count in args.documents:
        with tempfile.TemporaryDirectory(dir=args.scratch) as folder:
            folder = pathlib.Path(folder)
            (folder / "in").mkdir()
            megabytes = write(texts, count, folder / "in") / 1e6
            command = [binary, "run", folder / "in", "-o", folder / "out", "--threads", args.threads, "--quiet", *options]
            cost = timing.Cost(command)
            kept = json.loads((folder / "out/run.json").read_text())["funnel"]["kept"]
            print(f"{count:>10}{cost.wall:>9.1f}{cost.processor:>9.1f}{cost.processor / count * 1e6:>9.1f}"
                  f"{megabytes / cost.processor:>7.2f}{cost.peak:>9.0f}{kept:>11}", flush=True)


if __name__ == "__main__":
    main()

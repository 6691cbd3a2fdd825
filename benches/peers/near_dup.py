"""Near duplicates: copydesk beside rensa, text-dedup and datatrove, in processor time and adjusted Rand index, one sitting.

    python3 -m venv /tmp/near && /tmp/near/bin/pip install rensa==0.5.0 datatrove==0.10.1 text-dedup==0.4.0 \
        "datasets<4" "xxhash<4" spacy==3.8.18 tokenizers orjson
    /tmp/near/bin/python benches/peers/near_dup.py ../shared/data/near_dup_dev.jsonl target/release/copydesk [ROUNDS]

GOLD has a JSON object a line: `text`, `source`, and `cluster`, the number of the story. Each tool runs in a process of its own
on one thread. For a peer the clock begins when the texts are in memory and ends with groups; for copydesk, a run without any
stage is taken off a run with both, and the whole run, reading and writing included, is in the table too. Seconds are user and system, the least of ROUNDS
(3). A peer that is not installed is named and left out. Not part of CI: a minute for text-dedup, several for datatrove.
"""

import collections
import csv
import json
import math
import os
import pathlib
import pickle
import resource
import struct
import subprocess
import sys
import tempfile

SHINGLE_WORDS = 5
csv.field_size_limit(1 << 30)


class Groups:
    """Union of documents by number."""

    def __init__(self, count):
        self.parent = list(range(count))

    def root(self, at):
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def unite(self, left, right):
        left, right = self.root(left), self.root(right)
        self.parent[max(left, right)] = min(left, right)

    def labels(self):
        return [self.root(at) for at in range(len(self.parent))]


def seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def rensa_at(threshold, bands):
    """MinHash of 128 permutations as its README does it, over runs of five words; candidates are verified."""
    def run(texts, folder):
        from rensa import RMinHash, RMinHashLSH
        began = seconds(resource.RUSAGE_SELF)
        lsh, hashes = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=bands), []
        groups = Groups(len(texts))
        for number, text in enumerate(texts):
            words = text.lower().split()
            runs = range(max(1, len(words) - SHINGLE_WORDS + 1))
            minhash = RMinHash(num_perm=128, seed=42)
            minhash.update(list({" ".join(words[at:at + SHINGLE_WORDS]) for at in runs}))
            for other in lsh.query(minhash):
                if hashes[other].jaccard(minhash) >= threshold:
                    groups.unite(number, other)
            lsh.insert(number, minhash)
            hashes.append(minhash)
        return seconds(resource.RUSAGE_SELF) - began, groups.labels()
    return run


def datatrove(texts, folder):
    """Its four steps with their defaults: 14 buckets of 8, five words, numbers folded."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import MinhashConfig, MinhashDedupBuckets, MinhashDedupSignature
    documents = [Document(text=text, id=str(number)) for number, text in enumerate(texts)]
    config = MinhashConfig()
    began = seconds(resource.RUSAGE_SELF)
    signature = MinhashDedupSignature(output_folder=f"{folder}/signatures", config=config)
    for _ in signature.run(iter(documents), rank=0, world_size=1) or ():
        pass
    buckets = MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
    for bucket in range(config.num_buckets):
        buckets.run(rank=bucket, world_size=config.num_buckets)
    groups = Groups(len(texts))
    for file in pathlib.Path(folder, "buckets").glob("*.dups"):
        for _, left, _, right in struct.iter_unpack("<4I", file.read_bytes()):
            groups.unite(left, right)
    return seconds(resource.RUSAGE_SELF) - began, groups.labels()


def text_dedup(texts, folder):
    """Its program with its defaults, on one core: 250 permutations, five words, 0.7. Its start is not counted: it is run
    once more on ten texts, and those seconds are taken off."""
    def program(name, chosen):
        file = pathlib.Path(folder, f"{name}.jsonl")
        file.write_text("".join(json.dumps({"text": text, "number": number}) + "\n" for number, text in enumerate(chosen)))
        began = seconds(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(file), "--split", "train",
                   "--column", "text", "--cache_dir", f"{folder}/cache-{name}", "--output", f"{folder}/{name}", "--num_proc", "1",
                   "--batch_size", "10000", "--debug"]
        subprocess.run(command, check=True, capture_output=True)
        return seconds(resource.RUSAGE_CHILDREN) - began
    start = program("start", texts[:10])
    spent = program("all", texts)
    with open(f"{folder}/all/uf.pkl", "rb") as file:
        union = pickle.load(file)
    of = union if isinstance(union, dict) else union.parent
    groups = Groups(len(texts))
    for number, other in of.items():
        groups.unite(number, other)
    return spent - start, groups.labels()


PEERS = {
    "rensa 0.5": rensa_at(0.5, 32),
    "rensa 0.7": rensa_at(0.7, 16),
    "text-dedup": text_dedup,
    "datatrove": datatrove,
}


def copydesk(rows, binary, folder):
    """Exact and near dedup alone, on one thread: seconds of the whole run, of its part without any stage, and groups."""
    work = pathlib.Path(folder)
    (work / "dump").mkdir()
    with open(work / "dump" / "all.jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({"text": row["text"], "source": row["source"]}, ensure_ascii=False) + "\n")
    spent = {}
    for name, stages in (("bare", "[]"), ("out", '["exact-dedup", "near-dedup"]')):
        (work / "pipeline.toml").write_text(f"stages = {stages}\n")
        began = seconds(resource.RUSAGE_CHILDREN)
        command = [binary, "run", work / "dump", "-o", work / name, "--config", work / "pipeline.toml", "--threads", "1"]
        subprocess.run(command, check=True, capture_output=True, cwd=work)
        spent[name] = seconds(resource.RUSAGE_CHILDREN) - began
    number = lambda name: int(name.rsplit("#", 1)[1])
    groups = Groups(len(rows))
    with open(work / "out" / "duplicates.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            groups.unite(number(row["id"]), number(row["kept_id"]))
    return spent["out"], spent["bare"], groups.labels()


def scores(labels, gold):
    """Adjusted Rand index, pair precision, pair recall."""
    pairs = lambda keys: sum(math.comb(count, 2) for count in collections.Counter(keys).values())
    both, ours, true = pairs(zip(labels, gold)), pairs(labels), pairs(gold)
    expected = ours * true / math.comb(len(gold), 2)
    return (both - expected) / ((ours + true) / 2 - expected), both / max(1, ours), both / max(1, true)


def main():
    gold, binary = sys.argv[1], str(pathlib.Path(sys.argv[2]).resolve())
    with open(gold, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    if binary.endswith("--peer"):
        with tempfile.TemporaryDirectory() as folder:
            spent, labels = PEERS[sys.argv[3]]([row["text"] for row in rows], folder)
        print(json.dumps({"seconds": spent, "labels": labels}))
        return
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    stories = [row["cluster"] for row in rows]
    megabytes = sum(len(row["text"].encode()) for row in rows) / 1e6
    one_thread = dict(os.environ, RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", HF_DATASETS_OFFLINE="1")
    found = collections.defaultdict(list)
    for nth in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            whole, bare, labels = copydesk(rows, binary, folder)
        found["copydesk"].append((whole - bare, labels))
        found["  whole run"].append((whole, labels))
        for name in PEERS:
            if nth > 0 and name not in found:
                continue
            command = [sys.executable, __file__, gold, "--peer", name]
            run = subprocess.run(command, env=one_thread, capture_output=True, text=True)
            if run.returncode != 0:
                print(f"{name}: not run: {(run.stderr.strip().splitlines() or ['no message'])[-1]}", file=sys.stderr)
                continue
            result = json.loads(run.stdout.splitlines()[-1])
            found[name].append((result["seconds"], result["labels"]))
    least = min(spent for spent, _ in found["copydesk"])
    print(f"{len(rows)} documents, {megabytes:.1f} MB")
    print("tool            CPU s      MB/s     times       ARI  precision    recall")
    for name, runs in found.items():
        spent = min(spent for spent, _ in runs)
        index, precision, recall = scores(runs[0][1], stories)
        print(f"{name:12}{spent:9.2f}{megabytes / spent:10.2f}{spent / least:10.1f}{index:10.4f}{precision:11.4f}{recall:10.4f}")


main()

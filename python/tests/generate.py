"""Writes a dump of made-up articles, the same for the same seed: compressed JSON Lines, with ids of their own of which some
repeat, exact and near copies, furniture of sources, and records that are damaged.

    python python/tests/generate.py FOLDER ARTICLES [SEED]
"""

import gzip
import json
import os
import random
import sys

SOURCES = [f"outlet-{number:02}" for number in range(40)]
SYLLABLES = "ba den for gal hin jor kel lom mar nis pol rud sen tav vor wil zan cre sto pla".split()
COMMON = "the of and to in a is that for on was with as by at from it an be this are or his".split()


def article(chance, words):
    """Some paragraphs of sentences, with function words among the others."""
    paragraphs = []
    for _ in range(chance.randint(3, 9)):
        sentences = []
        for _ in range(chance.randint(2, 5)):
            sentence = [
                chance.choice(COMMON) if chance.random() < 0.45 else chance.choice(words)
                for _ in range(chance.randint(7, 22))
            ]
            sentences.append(" ".join(sentence).capitalize() + ".")
        paragraphs.append(" ".join(sentences))
    return paragraphs


def near_copy(chance, paragraphs, words):
    """The same story as another outlet has it: a few words changed, a paragraph less."""
    copied = [paragraph.split() for paragraph in paragraphs]
    for _ in range(chance.randint(0, 8)):
        paragraph = chance.choice(copied)
        paragraph[chance.randrange(len(paragraph))] = chance.choice(words)
    if len(copied) > 4 and chance.random() < 0.5:
        copied.pop(chance.randrange(len(copied)))
    return [" ".join(paragraph) for paragraph in copied]


def main(folder, articles, seed=1):
    chance = random.Random(int(seed))
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(20000)]
    os.makedirs(folder)
    shards = [gzip.open(f"{folder}/day-{number:03}.jsonl.gz", "wt", 3) for number in range(24)]
    recent = []
    for number in range(int(articles)):
        roll = chance.random()
        if recent and roll < 0.08:
            paragraphs = chance.choice(recent)
        elif recent and roll < 0.2:
            paragraphs = near_copy(chance, chance.choice(recent), words)
        else:
            paragraphs = article(chance, words)
            recent = recent[-2000:] + [paragraphs]
        source = chance.choice(SOURCES)
        furniture = [f"Follow {source} on every channel"] if chance.random() < 0.7 else []
        record = {
            # One in fifty is from a wire service that has but a few ids.
            "id": f"{source}-{number}" if chance.random() > 0.02 else f"wire-{number % 7}",
            "source": source,
            "title": " ".join(chance.choices(words, k=6)).capitalize(),
            "date": f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "text": "\n\n".join(paragraphs + furniture),
        }
        line = json.dumps(record) if chance.random() > 0.0005 else "{ this is no record"
        shards[number * len(shards) // int(articles)].write(line + "\n")
    for shard in shards:
        shard.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What Spark forks its Python workers from: a process that has the job, and the language models that a sample of the input asks for.

Spark starts it instead of `pyspark.daemon`, by `spark.python.daemon.module`. Workers share what it has loaded, and load the rest
themselves. Nothing here may start a thread or write to standard output, and without a sample, or with one that cannot be read, it
is `pyspark.daemon`.
"""

import base64
import json
import os
import sys
import zlib

SAMPLE = "COPYDESK_SAMPLE"
# Documents of a piece, and pieces of the input, that are read once before workers are forked.
DOCUMENTS = 8
PIECES = 64
# Systems allow 128 KiB.
MAX_BYTES = 96 << 10


def settings(plan, blob):
    """Settings of Spark that have its workers forked from here."""
    pieces = plan.pieces(1 << 14)
    pieces = pieces[:: max(1, len(pieces) // PIECES)][:PIECES]
    while pieces:
        sample = packed(blob, pieces)
        if len(sample) <= MAX_BYTES:
            yield "spark.python.daemon.module", __name__
            yield f"spark.executorEnv.{SAMPLE}", sample
            return
        pieces = pieces[::2] if len(pieces) > 1 else []


def packed(blob, pieces):
    texts = [base64.b64encode(part).decode() for part in (blob, *pieces)]
    return base64.b64encode(zlib.compress(json.dumps(texts).encode())).decode()


def preload(sample):
    """Builds the job, and reads the sample with it."""
    from copydesk_spark import _native, jobs

    texts = json.loads(zlib.decompress(base64.b64decode(sample)))
    blob, *pieces = (base64.b64decode(text) for text in texts)
    job = _native.Job(blob)
    for piece in pieces:
        job.warm(piece, DOCUMENTS)
    jobs[blob] = job


if __name__ == "__main__":
    if SAMPLE in os.environ:
        try:
            preload(os.environ.pop(SAMPLE))
        except Exception as why:
            print(f"copydesk: workers share no models: {why}", file=sys.stderr)
    from pyspark.daemon import manager

    manager()

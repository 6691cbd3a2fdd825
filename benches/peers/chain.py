"""The whole chain over a sample of a dump: copydesk beside what a user would build from datatrove.

    benches/peers/chain.py ../shared/data/dump target/release/copydesk [FILES]

Both read the files, label languages, take out furniture, drop near duplicates, count, and write the texts, with two workers.
datatrove's chain: a reader of text files (it has none), languages by py3langid or by lingua's Python package (its own
language filter fetches a model, which a machine without network cannot), C4's rules for lines, MinHash in its four steps,
statistics of documents, lines and words, JSON Lines. Quality of the parts: `language.py`, `cleaning.py`, `near_dup.py`.
"""

import pathlib
import sys
import tempfile

import timing


class Read:
    """A step that reads a worker's share of the files."""

    def __init__(self, dump):
        self.dump = dump

    def __call__(self, data, rank=0, world_size=1):
        from datatrove.data import Document

        files = sorted(path for path in pathlib.Path(self.dump).rglob("*") if path.is_file())
        for path in files[rank::world_size]:
            yield Document(text=path.read_text(encoding="utf-8", errors="replace"), id=str(path))


class Label:
    """A step that labels the language."""

    def __init__(self, detector):
        self.detector = detector

    def __call__(self, data, rank=0, world_size=1):
        if self.detector == "langid":
            import py3langid

            def label(text):
                return py3langid.classify(text)[0]
        else:
            from lingua import LanguageDetectorBuilder

            detector = LanguageDetectorBuilder.from_all_languages().build()

            def label(text):
                return str(detector.detect_language_of(text))

        for document in data:
            document.metadata["language"] = label(document.text)
            yield document


def datatrove(dump, out, detector):
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.stats import DocStats, LineStats, WordStats
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig()
    steps = [
        ([Read(dump), Label(detector), C4QualityFilter(min_num_sentences=-1), JsonlWriter(f"{out}/cleaned")], 2),
        ([JsonlReader(f"{out}/cleaned"), MinhashDedupSignature(f"{out}/signatures", config)], 2),
        ([MinhashDedupBuckets(f"{out}/signatures", f"{out}/buckets", config=config)], config.num_buckets),
        ([MinhashDedupCluster(f"{out}/buckets", f"{out}/removed", config=config)], 1),
        (
            [
                JsonlReader(f"{out}/cleaned"),
                MinhashDedupFilter(f"{out}/removed"),
                *(kind(f"{out}/{kind.__name__}", groups_to_compute=["summary"]) for kind in (DocStats, LineStats, WordStats)),
                JsonlWriter(f"{out}/kept"),
            ],
            2,
        ),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        executor = LocalPipelineExecutor(pipeline, tasks=tasks, workers=2, logging_dir=f"{out}/logs/{number}", start_method="fork")
        executor.run()


def main():
    if sys.argv[1] == "--peer":
        with tempfile.TemporaryDirectory() as out:
            datatrove(sys.argv[3], out, sys.argv[2])
        return
    dump, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        megabytes = timing.sample(dump, int(sys.argv[3]) if len(sys.argv) > 3 else 2000, folder / "dump")
        commands = {"copydesk": [binary, "run", folder / "dump", "-o", folder / "out", "--threads", "2", "--quiet"]}
        for detector in ("langid", "lingua"):
            commands[f"datatrove, {detector}"] = [sys.executable, __file__, "--peer", detector, folder / "dump"]
        costs = timing.in_turn(commands, 1)
        print(f"{megabytes:.1f} MB")
        timing.table(costs, "copydesk", megabytes)


if __name__ == "__main__":
    main()

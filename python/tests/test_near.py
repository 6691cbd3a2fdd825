"""`near-dedup` in steps on Sail: stories whose trees take several rounds to grow have the rows of `copydesk run`.

    COPYDESK_BIN=target/debug/copydesk python -m unittest discover -s python/tests
"""

import json
import os
import subprocess
import tempfile
import unittest

from copydesk_spark import command

import rows

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BINARY = os.path.abspath(os.environ.get("COPYDESK_BIN", f"{REPOSITORY}/target/debug/copydesk"))


def words(story, begin, end):
    return " ".join(f"{story}{number}" for number in range(begin, end))


def dump(folder):
    """A chain of versions, each with a fifth of new words; copies of one text; a round-up; and documents by themselves."""
    texts = [words("chain", 20 * version, 20 * version + 100) for version in range(64)]
    texts += [words("wire", 0, 120) + " " + words("copy", 99 * n, 99 * n + n % 9) for n in range(60)]
    texts += [words(story, 3 * n, 3 * n + 150) for story in ("one", "two") for n in range(4)]
    texts.append(words("one", 0, 150) + " " + words("two", 0, 150))
    texts += [words("alone", 999 * n, 999 * n + 90) + " " + words("all", 0, 40) for n in range(40)]
    for number, text in enumerate(texts):
        # Neighbours of a chain are not neighbours in the corpus.
        source = f"{folder}/outlet-{number * 37 % len(texts)}"
        os.makedirs(source)
        with open(f"{source}/a.txt", "w") as file:
            file.write(f"Headline {number}\n\n{text}")


class NearDedup(unittest.TestCase):
    def test_long_chains_have_the_rows_of_a_local_run_for_any_number_of_partitions(self):
        with tempfile.TemporaryDirectory() as folder:
            dump(f"{folder}/dump")
            local = f"{folder}/local"
            stages = ["--stages", "near-dedup"]
            subprocess.run([BINARY, "run", f"{folder}/dump", "-o", local, *stages], check=True)
            self.assertGreater(len(rows.rows_of(local, "duplicates.csv")[0]), 100)
            for partitions in ("1", "2", "4"):
                with self.subTest(partitions=partitions):
                    out = f"{folder}/job-{partitions}"
                    job = [f"{folder}/dump", out, "--sail", "--quiet", "--partitions", partitions]
                    self.assertEqual(command.main([*job, *stages]), 0)
                    self.assertEqual(rows.compare(local, out), {})
                    (path,) = rows.files_of(out, "run.json")
                    with open(path) as file:
                        steps = [step["step"] for step in json.load(file)["timings"]["steps"]]
                    self.assertIn("near-dedup-ties-4", steps)


if __name__ == "__main__":
    unittest.main()

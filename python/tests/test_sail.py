"""The job on Sail, in this process, has the rows of `copydesk run`.

    COPYDESK_BIN=target/debug/copydesk python -m unittest discover -s python/tests

needs the wheel, pysail and pyspark-client; the binary and the wheel must have been built with the same features.
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import pyarrow.parquet
from copydesk_spark import command

import generate
import rows

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
BINARY = os.path.abspath(os.environ.get("COPYDESK_BIN", f"{REPOSITORY}/target/debug/copydesk"))
EXAMPLES = f"{REPOSITORY}/examples/dump"

# Everything that a configuration can ask for and that has rows of its own.
WIDE = """
stages = ["boilerplate", "learned-boilerplate", "exact-dedup", "near-dedup", "paragraph-dedup", "stats"]
[output]
formats = ["csv", "jsonl"]
[stage.learned-boilerplate]
min-documents = 2
[stage.exact-dedup]
action = "label"
[stage.paragraph-dedup]
action = "label"
min-words = 5
[stage.stats]
families = ["diversity", "words", "before", "arf", "growth", "characters", "ngrams", "collocations"]
"""

# Forms of the table of kept documents, and the tables that it then is.
FORMS = [
    ('compression = "zst"\nformats = ["csv", "jsonl"]\n', ["documents.csv", "documents.jsonl"]),
    ('shard-size = "1 MiB"\n', ["documents.csv"]),
    ('shard-size = "1 MiB"\ncompression = "gz"\nformats = ["jsonl"]\n', ["documents.jsonl"]),
]


class TheJob(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def local(self, config, dump=EXAMPLES):
        out = f"{self.folder}/local"
        run = [BINARY, "run", dump, "-o", out, *config]
        done = subprocess.run(run, cwd=self.folder, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 3), done.stderr)
        return out

    def job(self, name, *more, dump=EXAMPLES):
        out = f"{self.folder}/{name}"
        code = command.main([dump, out, "--sail", "--quiet", *more])
        self.assertEqual(code, 0)
        return out

    def assert_same(self, local, job):
        self.assertEqual(rows.compare(local, job), {})
        with open(f"{local}/run.json") as file:
            expected = json.load(file)
        with open(f"{job}/run.json") as file:
            found = json.load(file)
        # The files are cut at partitions, and times are not those of the other run; all else is the same.
        for record in (expected, found):
            del record["files"], record["timings"]
        self.assertEqual(expected, found)
        self.assertFalse(os.path.exists(f"{job}/_scratch"))
        self.assert_listed(job)

    def assert_listed(self, job):
        """Every file is listed, with its hash and its rows, and nothing else is there."""
        with open(f"{job}/run.json") as file:
            listed = {of["name"]: of for of in json.load(file)["files"]}
        names = {
            os.path.relpath(os.path.join(folder, name), job)
            for folder, _, names in os.walk(job)
            for name in names
        }
        self.assertEqual(names, {*listed, "run.json", "SHA256SUMS"})
        checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=job)
        self.assertEqual(checked.returncode, 0)
        verified = subprocess.run([BINARY, "verify", job], capture_output=True, text=True)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        for table in rows.TABLES:
            of_table = [os.path.relpath(path, job) for path in rows.files_of(job, table)]
            counted = sum(listed[name]["rows"] for name in of_table)
            self.assertEqual(counted, len(rows.rows_of(job, table)[0]), table)
        with open(f"{job}/datapackage.json") as file:
            paths = {resource["path"] for resource in json.load(file)["resources"]}
        self.assertEqual(paths, {*listed} - {"datapackage.json", "report.html", "README.md"})

    def test_rows_are_those_of_a_local_run_for_any_number_of_partitions(self):
        local = self.local([])
        self.assertGreater(len(rows.rows_of(local, "documents.csv")[0]), 20)
        self.assertGreater(len(rows.rows_of(local, "duplicates.csv")[0]), 1)
        for partitions in ("1", "2", "4"):
            with self.subTest(partitions=partitions):
                job = self.job(f"job-{partitions}", "--partitions", partitions)
                self.assert_same(local, job)

    def test_a_configuration_means_what_it_means_locally(self):
        config = f"{self.folder}/pipeline.toml"
        with open(config, "w") as file:
            file.write(WIDE)
        local = self.local(["--config", config])
        for table in ("paragraphs.csv", "documents.jsonl"):
            self.assertGreater(len(rows.rows_of(local, table)[0]), 0, table)
        self.assert_same(local, self.job("job", "--partitions", "3", "--config", config))

    def test_compressed_records_have_ids_and_copies_across_partitions(self):
        dump = f"{self.folder}/dump"
        generate.main(dump, 600)
        local = self.local([], dump)
        self.assertGreater(len(rows.rows_of(local, "duplicates.csv")[0]), 50)
        with open(f"{local}/run.json") as file:
            self.assertGreater(json.load(file)["input"]["repeated_ids"], 0)
        self.assert_same(local, self.job("job", "--partitions", "5", dump=dump))

    def test_documents_are_written_in_every_form_that_a_local_run_has(self):
        config = f"{self.folder}/pipeline.toml"
        for number, (form, tables) in enumerate(FORMS):
            with self.subTest(form=form):
                with open(config, "w") as file:
                    file.write(f'stages = ["exact-dedup", "stats"]\n[output]\n{form}')
                local = self.local(["--config", config])
                for table in tables:
                    self.assertEqual(len(rows.rows_of(local, table)[0]), 53, table)
                self.assert_same(local, self.job(f"job-{number}", "--partitions", "3", "--config", config))
                shutil.rmtree(local)

    def test_parquet_holds_the_rows_of_json_lines(self):
        config = f"{self.folder}/pipeline.toml"
        with open(config, "w") as file:
            file.write('[output]\nformats = ["jsonl"]\n')
        local = self.local(["--config", config])
        with open(config, "w") as file:
            file.write('[output]\nformats = ["jsonl", "parquet"]\n')
        job = self.job("job", "--partitions", "2", "--config", config)
        self.assertEqual(*(rows.rows_of(of, "documents.jsonl") for of in (local, job)))
        by_id = lambda row: row["id"]
        expected = [json.loads(row) for row in rows.rows_of(local, "documents.jsonl")[0]]
        found = pyarrow.parquet.read_table(f"{job}/data").to_pylist()
        self.assertEqual(sorted(expected, key=by_id), sorted(found, key=by_id))
        self.assert_listed(job)
        with open(f"{job}/README.md") as file:
            self.assertIn(f"num_examples: {len(expected)}", file.read())

    def test_what_is_wrong_with_the_setup_is_told_before_any_work(self):
        config = f"{self.folder}/pipeline.toml"
        with open(config, "w") as file:
            file.write('[output]\nformats = ["csv", "text"]\n')
        zst = f"{self.folder}/zst.toml"
        with open(zst, "w") as file:
            file.write('[output]\ncompression = "zst"\n')
        out = f"{self.folder}/out"
        for code, arguments in (
            (78, [EXAMPLES, out, "--config", config]),
            (78, [EXAMPLES, "s3a://bucket/out", "--config", zst]),
            (78, [EXAMPLES, self.folder, "--sail"]),
            (10, [f"{self.folder}/nothing", out]),
        ):
            self.assertEqual(command.main(arguments), code)
            self.assertFalse(os.path.exists(out))

    def test_a_run_over_its_error_budget_publishes_nothing(self):
        config = f"{self.folder}/pipeline.toml"
        with open(config, "w") as file:
            file.write("[run]\nmax-errors = 0\n[input]\nmax-document-bytes = 900\n")
        out = f"{self.folder}/out"
        code = command.main([EXAMPLES, out, "--sail", "--quiet", "--config", config])
        self.assertEqual(code, 4)
        self.assertEqual(os.listdir(self.folder), ["pipeline.toml"])


if __name__ == "__main__":
    unittest.main()

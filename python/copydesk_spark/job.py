"""The job: what goes from where to where. What happens to a document is in the native module, and said in `work`.

    pieces of the input -> read, first pass -> documents, laid down once in the scratch folder
    per corpus stage:  observed rows -> by part -> resolve -> verdicts -> to the documents that they concern
    near-dedup:        observed rows -> in steps (`steps.py`) -> verdicts -> ...
    documents with all verdicts -> rows of the tables -> OUTPUT/documents.csv/part-..., OUTPUT/duplicates.csv/part-..., ...
                                -> sums -> OUTPUT/stats/..., OUTPUT/report.html, ..., OUTPUT/run.json; see `output`

Each arrow that crosses partitions is a join or a repartition of the engine. What two later steps need is written to the
scratch folder first, so that it is worked out once, and a lost executor costs no more than what it was doing.
"""

import contextlib
import time

import pyarrow
from pyspark.sql import functions as F

from . import _native, output, steps, work

LAID = (
    "unit int, position bigint, name string, own string, own_hash bigint,"
    " document binary, observed binary"
)
SPREAD = "part bigint, id bigint, observed binary"
KEYS = "key bigint, id bigint"
RESOLVED = steps.RESOLVED
OBSERVED = "id bigint, observed binary, lost binary"
MESSAGES = "id bigint, message binary"
STANDINGS = "id bigint, of bigint, standing binary"
ENDED = (
    "file string, id bigint, line string, cluster bigint, source string, kept_name string,"
    " is_dropped boolean, date string, sums binary"
)
ENDED_SCHEMA = pyarrow.schema(
    [
        ("file", pyarrow.string()),
        ("id", pyarrow.int64()),
        ("line", pyarrow.string()),
        ("cluster", pyarrow.int64()),
        ("source", pyarrow.string()),
        ("kept_name", pyarrow.string()),
        ("is_dropped", pyarrow.bool_()),
        ("date", pyarrow.string()),
        ("sums", pyarrow.binary()),
    ]
)
MAX_DOCUMENTS = 2**32 - 1


class Refused(Exception):
    """The output is not published, for a reason that the configuration gives."""


class Run:
    """One run of the job on a Spark session."""

    def __init__(self, spark, plan, target, scratch, folder, partitions, is_sail=False, tell=print):
        self.spark = spark
        self.plan = plan
        self.output = target.rstrip("/")
        # What the driver and all workers see, rather than an address that Spark writes to.
        self.is_path = "://" not in target
        self.makes_files = not plan.writes_lines()
        # The driver's own, for as long as the job runs.
        self.folder = folder
        self.scratch = scratch.rstrip("/")
        self.partitions = partitions
        self.is_sail = is_sail
        self.tell = tell
        self.blob = plan.job()
        self.job = _native.Job(self.blob)
        self.steps = []
        self.repeated_ids = 0

    def run(self):
        """Carries the job out; gives a record of it."""
        began = time.monotonic()
        documents, found = self.read()
        names = self.names(documents)
        messages, resolved = self.conclude(documents, names)
        standings = self.standings(resolved, names)
        ended = self.end(documents, messages, standings, names)
        sums = output.merged(self, ended)
        limits = sums.limits()
        if limits:
            raise Refused("nothing is published: " + "; ".join(limits))
        self.write(ended, resolved, names)
        return output.finish(
            self,
            ended,
            sums,
            lambda: {
                "engine": "spark",
                "partitions": self.partitions,
                "documents": found,
                "steps": self.steps,
                "seconds": round(time.monotonic() - began, 3),
            },
        )

    def describe(self, step):
        """Names the step in Spark's own interface, where there is one."""
        with contextlib.suppress(Exception):
            self.spark.sparkContext.setJobDescription(f"copydesk: {step}")

    def kept(self, name, frame):
        """Works a frame out, and gives it back as it lies in the scratch folder."""
        began = time.monotonic()
        self.describe(name)
        path = f"{self.scratch}/{name}"
        frame.write.mode("overwrite").parquet(path)
        self.steps.append({"step": name, "seconds": round(time.monotonic() - began, 3)})
        self.tell(f"{name}: {self.steps[-1]['seconds']:.1f} s")
        return self.spark.read.schema(frame.schema).parquet(path)

    def read(self):
        """Reads the input and takes it through the first pass; gives the documents their numbers."""
        pieces = self.plan.pieces(4 * self.partitions)
        rows = [(unit, bytearray(piece)) for unit, piece in enumerate(pieces)]
        pieces = self.spark.createDataFrame(rows, "unit int, piece binary")
        laid = pieces.repartition(self.partitions).mapInArrow(work.read(self.blob), LAID)
        laid = self.kept("documents", laid)
        counts = sorted(map(tuple, laid.groupBy("unit").agg(F.count("*")).collect()))
        found = sum(count for _, count in counts)
        if found > MAX_DOCUMENTS:
            raise ValueError(f"the input holds more than {MAX_DOCUMENTS:,} documents")
        offsets, offset = [], 0
        for unit, count in counts:
            offsets.append((unit, offset))
            offset += count
        offsets = self.spark.createDataFrame(offsets, "unit int, offset bigint")
        documents = laid.join(F.broadcast(offsets), "unit")
        return documents.withColumn("id", F.col("offset") + F.col("position")), found

    def names(self, documents):
        """Public ids: a record's own where no document before it bears it, else path and position."""
        named = documents.select("id", "name", "own", "own_hash")
        bearers = named.where("own_hash is not null").groupBy("own_hash")
        owners = bearers.agg(F.min("id").alias("owner"), F.count("*").alias("bearers"))
        count, bearing = owners.agg(F.count("*"), F.sum("bearers")).collect()[0]
        if count == 0:
            return named.select("id", "name")
        self.repeated_ids = bearing - count
        name = F.when(F.col("id") == F.col("owner"), F.col("own")).otherwise(F.col("name"))
        named = named.join(owners, "own_hash", "left").select("id", name.alias("name"))
        return self.kept("names", named)

    def conclude(self, documents, names):
        """Goes from corpus stage to corpus stage; gives all that they say of documents, and all that they concluded."""
        stages = self.job.corpus_stages()
        observed = documents.select("id", "observed")
        messages, resolved = None, None
        for stage, (name, judges_documents) in enumerate(stages):
            if stage > 0:
                mine = self.with_messages(documents.select("id", "document"), messages)
                mine = mine.mapInArrow(work.each(self.blob, "observe", stage), OBSERVED)
                observed = self.kept(f"{name}-observed", mine)
                lost = observed.where("lost is not null")
                messages = messages.unionByName(lost.select("id", F.col("lost").alias("message")))
                observed = observed.select("id", "observed")
            legs = _native.legs(self.job, stage)
            if legs is None:
                rows = observed.mapInArrow(work.each(self.blob, "spread", stage), SPREAD)
                rows = rows.repartition(self.partitions, "part")
                verdicts = self.kept(
                    f"{name}-verdicts", rows.mapInArrow(work.resolve(self.blob, stage), RESOLVED)
                )
            else:
                verdicts = steps.resolve(self, stage, name, legs, observed)
            said = verdicts.where("kind = 0")
            if judges_documents:
                said = said.select(F.col("key").alias("id"), "message")
            else:
                keys = observed.mapInArrow(work.each(self.blob, "keys"), KEYS)
                said = keys.join(said, "key").select("id", "message")
                if name == "paragraph-dedup":
                    said = said.unionByName(self.needed_names(said, names))
                said = self.kept(f"{name}-said", said)
            messages = said if messages is None else messages.unionByName(said)
            resolved = verdicts if resolved is None else resolved.unionByName(verdicts)
        return messages, resolved

    def needed_names(self, said, names):
        """The public ids of documents that verdicts name, for the documents that the verdicts are on."""
        needs = said.mapInArrow(work.each(self.blob, "needs"), "id bigint, needs bigint")
        needs = needs.where("needs is not null").distinct()
        needs = needs.join(names.withColumnRenamed("id", "needs"), "needs")
        return needs.select("id", "needs", "name").mapInArrow(
            work.each(self.blob, "names"), MESSAGES
        )

    @staticmethod
    def with_messages(documents, messages):
        """Documents with what is said of each, as a list."""
        if messages is None:
            return documents.withColumn("verdicts", F.array().cast("array<binary>"))
        together = messages.groupBy("id").agg(F.collect_list("message").alias("verdicts"))
        return documents.join(together, "id", "left")

    def standings(self, resolved, names):
        """Where each document stands that is not by itself."""
        if resolved is None:
            return None
        said = resolved.where("kind = 0").select("message").coalesce(1)
        standings = said.mapInArrow(work.relate(self.blob), STANDINGS)
        kept = names.select(F.col("id").alias("of"), F.col("name").alias("kept_name"))
        standings = standings.join(kept, "of", "left").select("id", "standing", "kept_name")
        return self.kept("standings", standings)

    def end(self, documents, messages, standings, names):
        """The rows of all documents."""
        last = self.with_messages(documents.select("id", "document"), messages)
        last = last.join(names, "id")
        if standings is None:
            last = last.withColumn("standing", F.lit(None).cast("binary"))
            last = last.withColumn("kept_name", F.lit(None).cast("string"))
        else:
            last = last.join(standings, "id", "left")
        last = last.select("id", "name", "document", "verdicts", "standing", "kept_name")
        end = work.end(self.blob, ENDED_SCHEMA, output.ranges(self), output.files_folder(self))
        return self.kept("rows", last.mapInArrow(end, ENDED))

    def write(self, ended, resolved, names):
        """Writes the tables, a folder each; one file a partition."""
        stories = ended.where("cluster is not null")
        clusters = stories.groupBy("cluster").agg(
            F.max("kept_name").alias("kept_name"),
            F.count("*").alias("size"),
            F.count(F.when(F.col("is_dropped"), 1)).alias("dropped"),
            F.countDistinct("source").alias("sources"),
            F.min("date").alias("first"),
            F.max("date").alias("last"),
        )
        kept_sources = stories.where("kept_name is not null").select(
            "cluster", F.col("source").alias("kept_source")
        )
        syndication = stories.join(kept_sources, "cluster")
        syndication = syndication.groupBy("cluster", "kept_source", "source").agg(
            (F.count("*") - F.count("kept_name")).alias("copies")
        )
        syndication = syndication.where("copies > 0").groupBy("kept_source", "source")
        syndication = syndication.agg(
            F.count("*").alias("stories"), F.sum("copies").alias("documents")
        )
        frames = {
            "clusters.csv": self.story_lines("clusters", clusters),
            "syndication.csv": self.story_lines("syndication", syndication),
        }
        if resolved is not None:
            pairs = resolved.where("kind = 1")
            pairs = pairs.join(names.select(F.col("id").alias("key"), "name"), "key")
            other = names.select(F.col("id").alias("other"), F.col("name").alias("other_name"))
            pairs = pairs.join(other, "other").select("message", "name", "other_name")
            frames["pairs.csv"] = self.story_lines("pairs", pairs)
        for file, header in self.job.files():
            frame = frames.get(file)
            if frame is None:
                frame = ended.where(F.col("file") == file).select("line")
            if header is not None:
                frame = frame.mapInArrow(work.with_header(header, self.is_sail), "line string")
            began = time.monotonic()
            self.describe(file)
            is_documents = file.startswith("documents.")
            compression = self.job.compression() if is_documents else "none"
            frame.write.option("compression", compression).text(f"{self.output}/{file}")
            self.steps.append({"step": file, "seconds": round(time.monotonic() - began, 3)})

    def story_lines(self, name, frame):
        """Rows of a table of stories as lines."""
        return frame.mapInArrow(work.story_lines(self.blob, name), "line string")

"""Stages that are resolved in steps, many tasks at once. What the steps are, and which rows go to which of them, is said by the
native module (`copydesk::stage::steps`); here the rows are moved.

Rows cross in packets: sorted, compressed runs, each for one part of what a port receives.
"""

import time
from functools import reduce

from pyspark.sql import functions as F

from . import _native
from .work import filled, job_of, scratch_folder

PACKETS = "port int, part int, rows binary"
RESOLVED = "kind int, key bigint, other bigint, message binary"
# From here on, ports are of verdicts and compared pairs.
CONCLUSIONS = 254
# Parts are dealt to partitions by their hash; the more there are, the more evenly.
PARTS_A_PARTITION = 16


def resolve(run, stage, name, legs, observed):
    """Carries the legs out; gives verdicts and compared pairs."""
    carried = Carried(run, stage, name, observed)
    for number, leg in enumerate(legs):
        carried.leg(number, *leg, is_last=number + 1 == len(legs))
    concluded = [frame.where(F.col("port") >= CONCLUSIONS) for _, frame in carried.kept]
    verdicts = union(concluded).mapInArrow(conclude(run.blob), RESOLVED)
    return run.kept(f"{name}-verdicts", verdicts)


class Carried:
    """The legs so far."""

    def __init__(self, run, stage, name, observed):
        self.run, self.stage, self.name, self.observed = run, stage, name, observed
        self.parts = PARTS_A_PARTITION * run.partitions
        # Frames of packets, each with the ports that it is there for.
        self.kept = []
        # Rows that all tasks are told.
        self.told = []

    def leg(self, number, name, steps, gives, then, is_last):
        """Carries one out, and keeps what it gives."""
        does, port, unsettled = then
        label = f"{self.name}-{name}"
        frame = self.steps(number, steps, 0)
        if does == "tell":
            self.tell(label, frame.where(F.col("port") == port))
        elif does == "next":
            self.kept.append((gives, frame if is_last else self.run.kept(label, frame)))
        else:
            times = 1
            frame = self.run.kept(f"{label}-{times}", frame)
            while frame.where(F.col("port") == unsettled).take(1):
                self.replace(port, frame)
                times += 1
                frame = self.run.kept(f"{label}-{times}", self.steps(number, steps, len(steps) - 2))
            self.replace(port, frame)

    def replace(self, port, frame):
        """From now on, the rows of a port are these alone."""
        self.kept = [([other for other in ports if other != port], old) for ports, old in self.kept]
        self.kept.append(([port], frame))

    def tell(self, label, frame):
        """Hands the rows of a frame to all tasks from now on."""
        began = time.monotonic()
        self.run.describe(label)
        self.told = sorted(bytes(row[0]) for row in frame.select("rows").collect())
        self.run.steps.append({"step": label, "seconds": round(time.monotonic() - began, 3)})
        self.run.tell(f"{label}: {self.run.steps[-1]['seconds']:.1f} s")

    def steps(self, leg, steps, first):
        """The rows that come out of a leg, from one of its steps on."""
        frame = None
        for nth in range(first, len(steps)):
            takes, joins, meets, hears = steps[nth]
            # What is done again takes what it gave.
            inputs = self.of_ports(takes if nth == first and first > 0 else joins)
            frame = union(inputs if frame is None else [frame, *inputs])
            if meets:
                frame = frame.repartition(self.run.partitions, "part")
            told = self.told if hears else []
            task = carry(self.run.blob, (self.stage, leg, nth), self.parts, told)
            frame = frame.mapInArrow(task, PACKETS)
        return frame

    def of_ports(self, ports):
        """Packets of some ports: from the legs so far, or else from the documents."""
        frames, dealt = [], set(ports)
        for given, frame in self.kept:
            mine = [port for port in ports if port in given]
            if mine:
                frames.append(frame.where(F.col("port").isin(mine)))
                dealt.difference_update(mine)
        if dealt:
            task = deal(self.run.blob, self.stage, sorted(dealt), self.parts)
            frames.append(self.observed.mapInArrow(task, PACKETS))
        return frames


def union(frames):
    """The rows of all frames."""
    return reduce(lambda left, right: left.unionByName(right), frames)


def deal(blob, stage, ports, parts):
    """`id`, `observed` → packets for the first steps."""

    def run(batches):
        dealing = None
        for batch in filled(batches):
            if dealing is None:
                dealing = _native.Dealing(job_of(blob), stage, ports, parts)
            yield from dealing.push(batch.select(["id", "observed"]))
        if dealing is not None:
            yield from dealing.finish()

    return run


def carry(blob, step, parts, told):
    """Packets that are together in this partition → packets for the next steps."""

    def run(batches):
        task = None
        for batch in filled(batches):
            if task is None:
                task = _native.Carrying(job_of(blob), step, parts, told, scratch_folder())
            yield from task.push(batch)
        while task is not None:
            sent = task.next()
            if sent is None:
                return
            yield from sent

    return run


def conclude(blob):
    """Packets of verdicts and compared pairs → their rows."""

    def run(batches):
        for batch in batches:
            yield from _native.concluded(job_of(blob), batch)

    return run

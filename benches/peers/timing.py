"""Runs commands one after another, in turn, and says what each took: seconds of wall and processor, peak memory."""

import csv
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


class Cost:
    """What one run of a command took, its children included: seconds, seconds of processor, and MB at the peak of the
    largest process."""

    def __init__(self, command):
        with tempfile.TemporaryFile() as printed:
            began = time.monotonic()
            process = subprocess.Popen([str(part) for part in command], stdout=printed, stderr=subprocess.PIPE)
            complaints = process.stderr.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 3):
                sys.exit(f"{command} ended with {process.returncode}:\n{complaints.decode()[-2000:]}")
            self.wall = time.monotonic() - began
            self.processor = usage.ru_utime + usage.ru_stime
            self.peak = usage.ru_maxrss / 1024
            printed.seek(0)
            self.output = printed.read()


def in_turn(commands, rounds):
    """Median costs of commands by name, each run once a round, so that a noisy minute falls on all of them."""
    costs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(Cost(command))
    return {name: median(of) for name, of in costs.items()}


def median(costs):
    middle = sorted(costs, key=lambda cost: cost.processor)[len(costs) // 2]
    middle.wall = statistics.median(cost.wall for cost in costs)
    return middle


def table(costs, ours, megabytes, figures=None):
    """Prints a row a command, with ratios to `ours`; `figures`: quality by name."""
    print(f"{'':28}{'wall s':>8}{'cpu s':>8}{'MB/s':>8}{'peak MB':>9}{'cpu ratio':>11}{'wall ratio':>12}  quality")
    for name, cost in costs.items():
        print(
            f"{name:28}{cost.wall:8.2f}{cost.processor:8.2f}{megabytes / cost.processor:8.2f}{cost.peak:9.0f}"
            f"{cost.processor / costs[ours].processor:11.1f}{cost.wall / costs[ours].wall:12.1f}  {(figures or {}).get(name, '')}"
        )


def sample(dump, count, folder):
    """Copies files of a dump, drawn at random with a fixed seed, and returns their MB."""
    dump = pathlib.Path(dump)
    files = sorted(path for path in dump.rglob("*") if path.is_file())
    drawn = random.Random(1).sample(files, min(count, len(files)))
    for path in drawn:
        target = pathlib.Path(folder) / path.relative_to(dump)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return sum(path.stat().st_size for path in drawn) / 1e6


class Copydesk:
    """A run over documents, and how a column of its table is read in their order. `documents`: each the name of its folder
    and its text."""

    def __init__(self, binary, folder, documents, config):
        self.folder, self.count = folder, 0
        for self.count, (source, text) in enumerate(documents, 1):
            target = folder / "dump" / source / f"{self.count - 1:06d}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text + "\n", encoding="utf-8")
        (folder / "pipeline.toml").write_text(config)
        self.command = [binary, "run", folder / "dump", "-o", folder / "out", "--config", folder / "pipeline.toml"]
        self.command += ["--threads", "1", "--quiet"]

    def column(self, name, otherwise):
        """Its cells; `otherwise` for documents that were not kept."""
        csv.field_size_limit(1 << 30)
        cells = [otherwise] * self.count
        with open(self.folder / "out/documents.csv", newline="", encoding="utf-8") as table:
            for row in csv.DictReader(table):
                cells[int(pathlib.PurePosixPath(row["id"]).stem)] = row[name]
        return cells

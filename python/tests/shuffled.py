"""What each step of a job shuffled, from Spark's event log: `cluster --log FOLDER` keeps one under `events`.

    python python/tests/shuffled.py FOLDER/events DOCUMENTS
"""

import glob
import json
import os
import re
import sys

import pyarrow


def events_of(folder):
    for path in sorted(glob.glob(f"{folder}/**/events_*", recursive=True)):
        with pyarrow.input_stream(path, compression="zstd" if "zst" in path else None) as stream:
            data = stream.read()
        for line in data.splitlines():
            yield json.loads(line)


def main(folder, documents):
    written, steps, stages, seconds = {}, {}, {}, {}
    for event in events_of(folder):
        kind = event["Event"]
        if kind.endswith("SparkListenerSQLExecutionStart"):
            # What is written names its folder; what is only counted names none.
            target = re.search(r"Arguments: file:(/[^\s,\]]+)", event["physicalPlanDescription"])
            steps[event["executionId"]] = os.path.basename(target.group(1)) if target else "counts"
        elif kind == "SparkListenerJobStart":
            number = event.get("Properties", {}).get("spark.sql.execution.id")
            for stage in event["Stage IDs"]:
                stages.setdefault(stage, steps.get(int(number)) if number else None)
        elif kind == "SparkListenerTaskEnd":
            metrics = event.get("Task Metrics") or {}
            step = stages.get(event["Stage ID"])
            shuffle = metrics.get("Shuffle Write Metrics", {})
            so_far = written.setdefault(step, [0, 0])
            so_far[0] += shuffle.get("Shuffle Bytes Written", 0)
            so_far[1] += shuffle.get("Shuffle Records Written", 0)
            seconds[step] = seconds.get(step, 0) + metrics.get("Executor Run Time", 0) / 1000
    all_bytes = sum(size for size, _ in written.values())
    for step, (size, records) in written.items():
        each = f"{size / documents:8.1f} B, {records / documents:7.3f} rows a document"
        print(f"{str(step):34} {each}  {seconds[step]:7.1f} s in tasks")
    print(f"{'all':34} {all_bytes / documents:8.1f} B a document, {sum(seconds.values()):.1f} s in tasks")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

"""Where the time of a run goes: processor time of runs with one stage more each, one thread, beside what no program can avoid.

    python3 benches/stage_costs.py ../shared/data/dump target/release/copydesk [ROUNDS]

The floor is measured in the same process: opening and reading every file, validating UTF-8, writing as many bytes and
hashing them. Rounds go through all runs in turn; a figure is the median. Needs Python 3.9.
"""

import hashlib
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
import timing  # noqa: E402

STAGES = ["language", "boilerplate", "learned-boilerplate", "exact-dedup", "near-dedup", "stats"]


def floor(dump, folder):
    """Seconds of processor for what every run must do, by step."""
    steps = {}
    began = time.process_time()

    def step(name):
        nonlocal began
        steps[name] = time.process_time() - began
        began = time.process_time()

    paths = [path for path in pathlib.Path(dump).rglob("*") if path.is_file()]
    step("listing the files")
    texts = [path.read_bytes() for path in paths]
    step("opening and reading them")
    for text in texts:
        text.decode("utf-8", "replace")
    step("validating UTF-8")
    whole = b"".join(texts)
    began = time.process_time()
    (pathlib.Path(folder) / "floor").write_bytes(whole)
    step("writing as many bytes")
    hashlib.sha256(whole).hexdigest()
    step("hashing them")
    return steps, len(whole) / 1e6


def main():
    dump, binary = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory() as folder:
        steps, megabytes = floor(dump, folder)
        for name, seconds in steps.items():
            print(f"{name:36}{seconds:7.2f} s")
        print(f"{'the floor':36}{sum(steps.values()):7.2f} s  {megabytes:.0f} MB\n")
        commands = {}
        for count in range(len(STAGES) + 1):
            name = f"+ {STAGES[count - 1]}" if count else "read, count and write"
            stages = ",".join(STAGES[:count])
            commands[name] = [binary, "run", dump, "-o", f"{folder}/out", "--stages", stages, "--threads", "1", "--quiet"]
        costs = timing.in_turn(commands, rounds)
        before = 0.0
        for name, cost in costs.items():
            own = cost.processor - before
            print(f"{name:36}{own:7.2f} s{megabytes / max(own, 0.01):8.0f} MB/s   whole {cost.processor:6.2f} s, wall {cost.wall:6.2f} s")
            before = cost.processor
        whole = costs[f"+ {STAGES[-1]}"]
        print(f"\nthe whole: {megabytes / whole.processor:.1f} MB/s of processor time, {whole.peak:.0f} MB at the peak")
        more = [part if part != "1" else "2" for part in map(str, commands[f"+ {STAGES[-1]}"])]
        pair = timing.in_turn({"one thread": commands[f"+ {STAGES[-1]}"], "two threads": more}, rounds)
        one, two = pair["one thread"], pair["two threads"]
        print(f"one thread {one.wall:.2f} s, two {two.wall:.2f} s of wall: ×{one.wall / two.wall:.2f}")


if __name__ == "__main__":
    main()

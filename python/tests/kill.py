"""Executors are killed and stopped while the job runs on a cluster of this machine; the rows are right all the same.

    python python/tests/kill.py COPYDESK [KILLS STOPS [FIRST_SEED]]

Needs the wheel, pyspark and Java 17. Each run starts a master and two workers, and takes about a minute on idle cores.
"""

import os
import subprocess
import sys
import tempfile
import time

import rows

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "dump")
# About how long the job lasts once its executors are there, in seconds.
WITHIN = os.environ.get("WITHIN", "40")


def main(binary, kills=20, stops=5, first=1):
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        local = f"{folder}/local"
        done = subprocess.run([binary, "run", EXAMPLES, "-o", local], cwd=folder, capture_output=True)
        if done.returncode not in (0, 3):
            sys.exit(done.stderr.decode())
        for number in range(int(kills) + int(stops)):
            seed = int(first) + number
            option = "--kill-seed" if number < int(kills) else "--stop-seed"
            out = f"{folder}/out-{seed}"
            began = time.monotonic()
            command = [sys.executable, "-m", "copydesk_spark.command", "cluster", option, str(seed)]
            command += ["--within", WITHIN, "--", EXAMPLES, out, "--partitions", "4", "--quiet"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            told = [line for line in done.stderr.splitlines() if line.startswith("SIG")]
            lost = done.stderr.count("Lost executor")
            right = done.returncode == 0 and rows.compare(local, out) == {}
            passed, failed = passed + right, failed + (not right)
            seconds = time.monotonic() - began
            told = "; ".join(told) or "nothing was killed"
            print(
                f"seed {seed}: {told}; {lost} executors lost by the driver's log;"
                f" exit {done.returncode}, rows {'right' if right else 'WRONG'}, {seconds:.0f} s",
                flush=True,
            )
            if not right:
                print(done.stderr[-3000:], flush=True)
    print(f"{passed} passed, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))

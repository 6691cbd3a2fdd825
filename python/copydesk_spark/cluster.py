"""`copydesk-spark cluster`: a Spark cluster on this machine, a master and workers of one core each, for trying the job on.

It is started, the job runs on it, and it is taken down. For tests, an executor can be killed or stopped meanwhile.
"""

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="copydesk-spark cluster",
        description="Runs the job on a Spark cluster that lives on this machine for as long.",
        epilog="What stands behind `--` goes to `copydesk-spark` as it is.",
    )
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="of one core each")
    parser.add_argument("--memory", default="2g", metavar="SIZE", help="of an executor's JVM")
    parser.add_argument("--log", metavar="FOLDER", help="keep the logs there")
    test = parser.add_argument_group("for tests")
    test.add_argument("--kill-seed", type=int, metavar="N", help="SIGKILL an executor, at a time by this seed")
    test.add_argument("--stop-seed", type=int, metavar="N", help="SIGSTOP one instead")
    test.add_argument("--within", type=float, default=60, metavar="SECONDS", help="of the first executor")
    if "--" in argv:
        at = argv.index("--")
        return parser.parse_args(argv[:at]), argv[at + 1 :]
    return parser.parse_args(argv), []


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Cluster:
    """A master and its workers, and nothing else of this machine."""

    def __init__(self, workers, folder):
        import pyspark

        self.home = os.path.dirname(pyspark.__file__)
        self.folder = folder
        self.port = free_port()
        self.processes = []
        self.environment = {
            **os.environ,
            "SPARK_HOME": self.home,
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": os.path.join(folder, "local"),
            "SPARK_DAEMON_MEMORY": "512m",
            "PYSPARK_PYTHON": sys.executable,
        }
        os.makedirs(self.environment["SPARK_LOCAL_DIRS"], exist_ok=True)
        master = ["--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(free_port())]
        self.start("master", "org.apache.spark.deploy.master.Master", master)
        self.wait_for_port()
        for number in range(workers):
            work = os.path.join(folder, f"work-{number}")
            worker = ["--host", "127.0.0.1", "--cores", "1", "--memory", "4g", "--work-dir", work]
            worker += ["--webui-port", str(free_port()), self.url]
            self.start(f"worker-{number}", "org.apache.spark.deploy.worker.Worker", worker)

    @property
    def url(self):
        return f"spark://127.0.0.1:{self.port}"

    def start(self, name, main, more):
        log = open(os.path.join(self.folder, f"{name}.log"), "wb")
        command = [os.path.join(self.home, "bin", "spark-class"), main, *more]
        self.processes.append(
            subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        )
        log.close()

    def wait_for_port(self):
        for _ in range(600):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.processes[0].poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the master did not start; see {self.folder}/master.log")

    def executors(self):
        """Process numbers of the executors of this cluster's workers, ascending."""
        mine = {process.pid for process in self.processes}
        parents, commands = {}, {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    commands[int(entry)] = file.read()
            except OSError:
                continue
            parents[int(entry)] = int(fields[1])
        found = []
        for pid, command in commands.items():
            if b"CoarseGrainedExecutorBackend" not in command:
                continue
            above = pid
            while above in parents and above not in mine:
                above = parents[above]
            if above in mine:
                found.append(pid)
        return sorted(found)

    def stop(self):
        """Ends every process that was started here, executors and their Python workers among them."""
        stopped = self.executors()
        for pid in stopped:
            for number in (signal.SIGCONT, signal.SIGKILL):
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
        for process in reversed(self.processes):
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def settings(own):
    """What the job is told of the cluster. Time-outs are short, so that a loss is seen while one watches."""
    return [
        ("spark.executor.memory", own.memory),
        ("spark.driver.memory", "1g"),
        ("spark.driver.host", "127.0.0.1"),
        ("spark.driver.bindAddress", "127.0.0.1"),
        ("spark.ui.enabled", "false"),
        ("spark.network.timeout", "20s"),
        ("spark.network.timeoutInterval", "5s"),
        ("spark.executor.heartbeatInterval", "3s"),
        ("spark.task.maxFailures", "8"),
        ("spark.eventLog.enabled", "true"),
    ]


def main(argv):
    """Runs the job on a cluster of its own; its exit code is the job's."""
    own, job = arguments(argv)
    folder = own.log or tempfile.mkdtemp(prefix="copydesk-cluster-")
    os.makedirs(os.path.join(folder, "events"), exist_ok=True)
    cluster = Cluster(own.workers, folder)
    try:
        confs = settings(own) + [("spark.eventLog.dir", "file://" + os.path.abspath(f"{folder}/events"))]
        command = [sys.executable, "-m", "copydesk_spark.command", *job, "--master", cluster.url]
        for key, value in confs:
            command += ["--conf", f"{key}={value}"]
        running = subprocess.Popen(command, env=cluster.environment, start_new_session=True)
        try:
            disturb(own, cluster, running)
            return running.wait()
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    finally:
        cluster.stop()
        if own.log is None:
            shutil.rmtree(folder, ignore_errors=True)


def disturb(own, cluster, running):
    """Kills or stops one executor, at a time that the seed gives."""
    seed = own.kill_seed if own.kill_seed is not None else own.stop_seed
    if seed is None:
        return
    number = signal.SIGKILL if own.kill_seed is not None else signal.SIGSTOP
    chance = random.Random(seed)
    while running.poll() is None and len(cluster.executors()) < own.workers:
        time.sleep(0.2)
    wait = chance.uniform(0, own.within)
    until = time.monotonic() + wait
    while running.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    executors = cluster.executors()
    if running.poll() is not None or not executors:
        print(f"{number.name}: the job was over after {wait:.1f} s", file=sys.stderr)
        return
    victim = chance.choice(executors)
    os.kill(victim, number)
    print(f"{number.name}: executor {victim} after {wait:.1f} s", file=sys.stderr)

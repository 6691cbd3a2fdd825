"""What the binary makes of documents that a score is about; for `score_labels.py` and `score_segments.py`."""
import csv, pathlib, subprocess, sys, tempfile

csv.field_size_limit(1 << 30)


def texts(binary, config, documents):
    """The cleaned texts by number. `documents` has the folder and the lines of each; a text that was dropped has none."""
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        for i, (folder, lines) in enumerate(documents):
            file = work / "dump" / folder / f"{i:06d}.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            body = "\n\n".join(lines)
            file.write_text(f"Untitled\n\n{body}\n", encoding="utf-8")
        (work / "pipeline.toml").write_text(config)
        command = [binary, "run", work / "dump", "-o", work / "out", "--config", work / "pipeline.toml", "-q"]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode not in (0, 3):
            sys.exit(f"the run ended with {run.returncode}:\n{run.stderr[-2000:]}")
        with open(work / "out" / "documents.csv", newline="", encoding="utf-8") as file:
            return {int(pathlib.PurePosixPath(row["id"]).stem): row["text"] for row in csv.DictReader(file)}

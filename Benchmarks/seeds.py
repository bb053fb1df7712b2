"""What the benchmarks of tasks share: an experiment in `runner` and the same in another program, seed by seed in turn."""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

import torch


def run(program, experiment, threads):
    """The scores on the test set of an experiment in `runner`, and the seconds of the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "experiment.yaml")
        with open(path, "w") as file:
            file.write(experiment)
        begin = time.perf_counter()
        result = subprocess.run(
            [os.path.abspath(program), path, "--threads", str(threads), "--runs-dir", f"{folder}/runs"],
            capture_output=True, text=True,
        )
        seconds = time.perf_counter() - begin
        if result.returncode:
            sys.exit(result.stderr)
        (name,) = os.listdir(f"{folder}/runs")
        with open(f"{folder}/runs/{name}/summary.json") as file:
            return json.load(file)["test"], seconds


def compare(doc, peer, epochs, archive, load, experiment, train, scores):
    """Prints the scores and times of both programs for each seed.

    peer: the name of the other program; archive: the data set's file in RUNNER_DATA; load(archive, split): a split
    for `train(data, seed, epochs)`, which returns a value for each of `scores` and seconds; experiment(path, seed,
    epochs): the text for `runner`; scores: pairs of a label and a key of `runner`'s summary.
    """
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--runner")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", choices=["runner", peer.lower()])
    parser.add_argument("--csv", help="where to append the rows")
    arguments = parser.parse_args()
    if arguments.only != peer.lower() and not arguments.runner:
        parser.error("--runner is missing")
    torch.set_num_threads(arguments.threads)
    path = os.path.abspath(os.path.join(os.environ["RUNNER_DATA"], archive))
    data = {}
    if arguments.only != "runner":
        with zipfile.ZipFile(path) as file:
            data = {split: load(file, split) for split in ("train", "val", "test")}
    programs = [name for name in ("runner", peer) if arguments.only in (None, name.lower())]
    rows = []
    for seed in arguments.seeds:
        for name in programs:
            if name == "runner":
                text = experiment(path, seed, arguments.epochs)
                found, seconds = run(arguments.runner, text, arguments.threads)
                values = [found[key] for _, key in scores]
            else:
                *values, seconds = train(data, seed, arguments.epochs)
            rows.append((seed, name, *values, seconds))
            shown = "  ".join(f"{label} {value:.4f}" for (label, _), value in zip(scores, values))
            print(f"seed {seed}  {name:11} {shown}  {seconds:.1f} s", flush=True)
            if arguments.csv:
                with open(arguments.csv, "a", newline="") as file:
                    csv.writer(file).writerow(rows[-1])
    for name in programs:
        for place, (label, _) in enumerate(scores, 2):
            values = [row[place] for row in rows if row[1] == name]
            if len(values) > 1:
                print(f"{name:11} {label} {statistics.mean(values):.4f} ± {statistics.stdev(values):.4f} "
                      "(standard deviation over seeds)")
    if len(programs) == 2:
        pairs = [[row[-1] for row in rows if row[0] == seed] for seed in arguments.seeds]
        ratios = ", ".join(f"{own / other:.2f}" for own, other in pairs)
        print(f"runner's time by {peer}'s, within a seed: {ratios}")

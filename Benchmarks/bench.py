"""Compares runner with its peers on the sequential experiment and prints a Markdown table.

All programs take turns on the same machine; medians over the rounds are compared. Before that the gates:
the same split, initial weights, batch order and dropout masks must give PyTorch's losses step by step,
and the accuracies must lie within the spread of five seeds.

usage: bench.py [--rounds N] [--runner PROGRAM] [--epochs N]     needs RUNNER_DATA with mnist/
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
EXPERIMENT = os.path.join(HERE, "..", "experiments", "sequential.yaml")


def lines_of(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def processor_seconds():
    """Of all children that have ended: less noisy than the clock where a machine does other work."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.memory = None
        self.environment = dict(os.environ, OMP_WAIT_POLICY="PASSIVE", PYTHONPATH=HERE)

    def runner(self, *overrides):
        """A run's directory, summary, seconds and peak memory."""
        begin = time.perf_counter()
        command = [
            self.options.runner, "run", EXPERIMENT, f"epochs={self.options.epochs}", *overrides,
            "--json", "--quiet", "--runs-dir", os.path.join(self.folder, "runs"),
        ]
        before = processor_seconds()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        seconds = time.perf_counter() - begin
        processor = processor_seconds() - before
        summary = json.loads(done.stdout)
        timings = lines_of(os.path.join(summary["run"], "timings.jsonl"))
        # The largest child so far; the first ones are the runner's.
        self.memory = self.memory or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return {
            "run": summary["run"],
            "accuracy": summary["test"]["accuracy"],
            "wall": seconds,
            "whole_processor": processor,
            "training": sum(line["train_seconds"] for line in timings),
            "evaluation": sum(line["evaluation_seconds"] for line in timings),
        }

    def peer(self, script, *arguments):
        begin, before = time.perf_counter(), processor_seconds()
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, script), *map(str, arguments)],
            stdout=subprocess.PIPE, check=True, env=self.environment)
        values = json.loads(done.stdout.splitlines()[-1])
        values["wall"] = time.perf_counter() - begin
        values["whole_processor"] = processor_seconds() - before
        return values

    def gates(self):
        """Ends the program where the two do not compute the same."""
        initial = os.path.join(self.folder, "initial.safetensors")
        subprocess.run(
            [
                sys.executable, "-c",
                "import sys, torch, common; torch.manual_seed(1); "
                "common.save_weights(common.network(), sys.argv[1])", initial,
            ],
            check=True, env=self.environment)
        made = self.runner("epochs=1", f"weights={initial}")
        gate = self.peer("gate.py", made["run"], initial)
        print(
            f"gate: {gate['steps']} losses from equal weights, order and masks; largest relative "
            f"difference {gate['first_100']:.1e} in 100 steps, {gate['all']:.1e} in all")
        if gate["first_100"] > 1e-4 or gate["all"] > 5e-2:
            sys.exit("the losses differ: nothing is measured")
        ours = [self.runner(f"seed={seed}")["accuracy"] for seed in range(1, 6)]
        predictions = os.path.join(made["run"], "predictions.csv")
        theirs = [
            self.peer("tuned.py", predictions, 1, self.options.epochs, seed)["accuracy"]
            for seed in range(1, 6)
        ]
        spread = 2 * max(statistics.stdev(ours), statistics.stdev(theirs))
        difference = statistics.mean(ours) - statistics.mean(theirs)
        print(
            f"gate: accuracy of five seeds {statistics.mean(ours):.4f} and, PyTorch, "
            f"{statistics.mean(theirs):.4f}; difference {difference:+.4f}, spread {spread:.4f}")
        if abs(difference) > spread:
            sys.exit("the accuracies differ: nothing is measured")
        return predictions

    def best_threads(self, predictions):
        """The number of threads with which tuned PyTorch trains fastest here."""
        counts = sorted({1, max(1, (os.cpu_count() or 1) // 2), os.cpu_count() or 1})
        times = {n: self.peer("tuned.py", predictions, n, 2)["training"] for n in counts}
        return min(times, key=times.get)

    def measure(self, predictions):
        threads = self.best_threads(predictions)
        results = {name: [] for name in ("runner", "notebook", "tuned", "gemms", "folds", "tuned folds")}
        for number in range(self.options.rounds):
            results["runner"].append(self.runner())
            results["gemms"].append(self.peer("gemms.py", 1))
            results["tuned"].append(self.peer("tuned.py", predictions, threads, self.options.epochs))
            results["runner"].append(self.runner())
            folds = self.runner("data.split={folds: 5}", "--jobs", "2")
            results["folds"].append(folds)
            results["tuned folds"].append(
                self.peer(
                    "tuned.py", os.path.join(folds["run"], "predictions.csv"), threads,
                    self.options.epochs))
            if number < self.options.notebook_rounds:
                results["notebook"].append(
                    self.peer("notebook.py", predictions, self.options.epochs))
        return threads, results


def median(results, key):
    return statistics.median(item[key] for item in results)


def table(threads, results, epochs, memory):
    steps = results["tuned"][0]["steps"]
    ours, notebook, tuned = results["runner"], results["notebook"], results["tuned"]
    gemms = median(results["gemms"], "step")
    rows = [("", "runner", "notebook", f"tuned PyTorch, {threads} threads")]
    rows.append(
        (f"whole process, {epochs} epochs", f"{median(ours, 'wall'):.2f} s")
        + tuple(
            f"{median(peer, 'wall'):.2f} s ({median(peer, 'wall') / median(ours, 'wall'):.1f} ×)"
            for peer in (notebook, tuned)))
    rows.append(
        ("its processor time", f"{median(ours, 'whole_processor'):.2f} s")
        + tuple(
            f"{median(peer, 'whole_processor'):.2f} s "
            f"({median(peer, 'whole_processor') / median(ours, 'whole_processor'):.1f} ×)"
            for peer in (notebook, tuned)))
    folds, tuned_folds = (median(results[name], "wall") for name in ("folds", "tuned folds"))
    rows.append(
        (
            "whole process, five folds", f"{folds:.2f} s, two jobs", "",
            f"{tuned_folds:.2f} s ({tuned_folds / folds:.1f} ×)",
        ))
    rows.append(
        ("training loop", f"{median(ours, 'training'):.2f} s")
        + tuple(
            f"{median(peer, 'training'):.2f} s "
            f"({median(peer, 'training') / median(ours, 'training'):.1f} ×)"
            for peer in (notebook, tuned)))
    rows.append(
        ("a step of 64", f"{1e3 * median(ours, 'training') / steps:.3f} ms")
        + tuple(f"{1e3 * median(peer, 'training') / steps:.3f} ms" for peer in (notebook, tuned)))
    rows.append(
        (
            "a step / its matrix products alone",
            f"{median(ours, 'training') / steps / gemms:.2f}",
            f"{median(notebook, 'training') / steps / gemms:.1f}",
            f"{median(tuned, 'training') / steps / gemms:.2f}",
        ))
    rows.append(
        ("test accuracy",)
        + tuple(f"{median(item, 'accuracy'):.4f}" for item in (ours, notebook, tuned)))
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "| --- | ---: | ---: | ---: |")
    print("\n".join(lines))
    print(
        f"\nMedians; the products take {1e3 * gemms:.3f} ms. The runner's larger process: {memory:.0f} MB.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--notebook-rounds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--runner", default=os.path.join(HERE, "..", ".build", "release", "runner"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, folder)
        bench.runner("epochs=1")
        threads, results = bench.measure(bench.gates())
        table(threads, results, options.epochs, bench.memory)


main()

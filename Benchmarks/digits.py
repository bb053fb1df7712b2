"""LeNet-5 and `simple_cnn` on MNIST beside PyTorch, whole processes in turn on the same machine.

usage: digits.py --runner PATH [--models lenet5 simple_cnn] [--epochs 2] [--seeds 5] [--threads N]

runner takes `experiments/sequential.yaml`, with another model; PyTorch is `tuned.py` (tensors in memory, normalised once,
fused Adam, channels last), with the split of runner's first seed. Prints the test accuracies over the seeds and the
median of the ratios of the times, whole processes and training alone. Needs RUNNER_DATA with mnist/.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile

import common

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = ["sequential", "lenet5", "simple_cnn"]
EXPERIMENT = os.path.join(HERE, "..", "experiments", "sequential.yaml")


def compare(name, options, folder):
    """Prints accuracies and times and returns the median ratio of whole processes."""
    accuracies, whole, training = ([], []), [], []
    for seed in range(1, options.seeds + 1):
        model = [] if name == "sequential" else [f"model={name}"]
        summary, ours = common.timed([
            options.runner, EXPERIMENT, *model, f"epochs={options.epochs}", f"seed={seed}", f"threads={options.threads}",
            "--json", "--quiet", "--runs-dir", folder])
        run = summary["run"]
        with open(os.path.join(run, "timings.jsonl")) as file:
            steps = sum(json.loads(line)["train_seconds"] for line in file)
        peer, theirs = common.timed([
            sys.executable, os.path.join(HERE, "tuned.py"), os.path.join(run, "predictions.csv"), str(options.threads),
            str(options.epochs), str(seed), name])
        accuracies[0].append(summary["test"]["accuracy"])
        accuracies[1].append(peer["accuracy"])
        whole.append(theirs / ours)
        training.append(peer["training"] / steps)
        print(f"{name}, seed {seed}: runner {ours:.1f} s, PyTorch {theirs:.1f} s", flush=True)
    texts = [
        f"{statistics.mean(values):.4f}" + (f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else "")
        for values in accuracies]
    print(
        f"{name}, {options.epochs} epochs: accuracy {texts[0]}, PyTorch {texts[1]}; runner is "
        f"{statistics.median(whole):.2f} times as fast ({min(whole):.2f} to {max(whole):.2f}), in training alone "
        f"{statistics.median(training):.2f} times", flush=True)
    return statistics.median(whole)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=os.path.join(HERE, "..", ".build", "release", "runner"))
    parser.add_argument("--models", nargs="+", default=["lenet5", "simple_cnn"], choices=MODELS)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            compare(name, options, folder)


if __name__ == "__main__":
    main()

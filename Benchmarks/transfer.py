"""Compares runner with PyTorch on experiments/resnet18_finetune.yaml: 4,000 training images, five folds,
five epochs, a state dict of ImageNet's form with random values.

Every program passes the images through the same frozen network and trains a classifier for each fold.
runner starts with an empty cache; a second run, which finds the pass in it, is timed too. The notebook's
way passes every image in every epoch, so it is timed on some images and multiplied.

usage: transfer.py [--rounds N] [--runner PROGRAM] [--images N]     needs RUNNER_DATA with mnist/
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
EXPERIMENT = os.path.join(HERE, "..", "experiments", "resnet18_finetune.yaml")
EPOCHS, FOLDS, TRAIN, TEST = 5, 5, 4000, 1000


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.weights = os.path.join(folder, "resnet18.pth")
        self.environment = dict(os.environ, OMP_WAIT_POLICY="PASSIVE", PYTHONPATH=HERE)
        subprocess.run(
            [
                sys.executable, "-c",
                "import sys, torch, common; torch.manual_seed(1); "
                "model = common.torchvision().models.resnet18(); "
                "torch.save(model.state_dict(), sys.argv[1])", self.weights,
            ],
            check=True, env=self.environment)

    def runner(self, cache):
        begin = time.perf_counter()
        done = subprocess.run(
            [
                self.options.runner, "run", EXPERIMENT, f"data.limit={{train: {TRAIN}, test: {TEST}}}",
                f"data.split={{folds: {FOLDS}}}", f"weights={self.weights}", f"epochs={EPOCHS}",
                "--jobs", "2", "--json", "--quiet", "--runs-dir", os.path.join(self.folder, "runs"),
            ],
            stdout=subprocess.PIPE, check=True, env=dict(os.environ, RUNNER_CACHE=cache))
        summary = json.loads(done.stdout)
        return {
            "wall": time.perf_counter() - begin,
            "accuracy": summary["pooled"]["accuracy"],
            "predictions": os.path.join(summary["run"], "predictions.csv"),
        }

    def peer(self, *arguments):
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "transfer_peer.py"), *map(str, arguments)],
            stdout=subprocess.PIPE, check=True, env=self.environment)
        return dict(json.loads(done.stdout.splitlines()[-1]), wall=time.perf_counter() - begin)

    def measure(self):
        results = {"runner": [], "again": [], "cached": [], "notebook": []}
        for number in range(self.options.rounds):
            cache = os.path.join(self.folder, f"cache-{number}")
            results["runner"].append(self.runner(cache))
            results["again"].append(self.runner(cache))
            predictions = results["runner"][-1]["predictions"]
            threads = os.cpu_count() or 1
            results["notebook"].append(
                self.peer("notebook", predictions, self.weights, threads, self.options.images))
            results["cached"].append(self.peer("cached", predictions, self.weights, threads))
        return results


def median(items, key):
    return statistics.median(item[key] for item in items)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--images", type=int, default=640)
    parser.add_argument("--runner", default=os.path.join(HERE, "..", ".build", "release", "runner"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = Bench(options, folder).measure()
    ours, cached = median(results["runner"], "wall"), median(results["cached"], "wall")
    # Each fold and epoch: the training images and those that are held out; the test images once a fold.
    passes = FOLDS * (EPOCHS * TRAIN + TEST)
    notebook = passes * median(results["notebook"], "image")
    accuracies = median(results["runner"], "accuracy"), median(results["cached"], "accuracy")
    print(f"gate: out-of-fold accuracy {accuracies[0]:.4f} and, PyTorch, {accuracies[1]:.4f}")
    if abs(accuracies[0] - accuracies[1]) > 0.03:
        sys.exit("the accuracies differ: nothing is worth comparing")
    print("| resnet18_finetune, 4,000 + 1,000 images, 5 folds, 5 epochs | whole process | |")
    print("| --- | ---: | ---: |")
    print(f"| runner, empty cache | {ours:.1f} s | |")
    print(f"| runner, again | {median(results['again'], 'wall'):.1f} s | |")
    print(f"| PyTorch with a hand-written cache | {cached:.1f} s | {cached / ours:.2f} × |")
    print(
        f"| PyTorch, every image in every epoch | {notebook:.0f} s | {notebook / ours:.1f} × |\n\n"
        f"The last from {1e3 * median(results['notebook'], 'image'):.1f} ms an image.")


main()

"""Guards speed: a few ratios to PyTorch, in about four minutes, against those that were stored for this kind of processor.

usage: quick.py --runner PATH [--store] [--rounds 3]

Every ratio is PyTorch's time by runner's, taken in turn within a round; the median counts. The program fails if one has
fallen by more than 10% of what `quick.json` has for the processor's widest vectors. `--store` writes what was
measured into that file. Other programs should not run meanwhile. Needs RUNNER_DATA with mnist/ and cifar10-jpeg.zip.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from types import SimpleNamespace

import torch

import digits
import exports
import steps

STORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "quick.json")
FALL = 0.9


def measured(runner, rounds):
    """The ratios by their names."""
    threads = os.cpu_count()
    archive = os.path.join(os.environ["RUNNER_DATA"], "cifar10-jpeg.zip")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        options = SimpleNamespace(runner=runner, epochs=1, seeds=rounds, threads=threads)
        for name in ["sequential", "lenet5"]:
            found[name] = digits.compare(name, options, folder)
    options = SimpleNamespace(runner=runner, rounds=rounds, threads=threads, no_compile=True)
    for name in ["cnn6", "resnet18"]:
        found[f"{name}, a step"] = steps.compare(name, options, archive)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=os.path.join(os.path.dirname(STORE), "..", ".build", "release", "runner"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    torch.set_flush_denormal(True)
    vectors = exports.processor().split()[-1]
    found = measured(os.path.abspath(options.runner), options.rounds)
    with open(STORE) as file:
        stored = json.load(file)
    before = stored.get(vectors, {})
    print(f"\n| {vectors} | times as fast as PyTorch | stored |\n| --- | ---: | ---: |")
    fallen = []
    for name, ratio in found.items():
        known = before.get(name)
        print(f"| {name} | {ratio:.2f} | {'–' if known is None else f'{known:.2f}'} |")
        if known is not None and ratio < FALL * known:
            fallen.append(name)
    if options.store:
        stored[vectors] = {name: round(ratio, 2) for name, ratio in found.items()}
        with open(STORE, "w") as file:
            json.dump(stored, file, indent=2)
            file.write("\n")
    elif not before:
        sys.exit(f"nothing is stored for {vectors}, so nothing was compared: run again with --store")
    elif fallen:
        sys.exit(f"slower by more than 10 %: {', '.join(fallen)}")


if __name__ == "__main__":
    main()

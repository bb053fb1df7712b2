"""Checks a finished run against PyTorch: `python3 load_state_dict.py RUN_DIRECTORY`.

Written for torch 2.13.0+cpu, safetensors 0.8.0, numpy 2.4.6; it makes no files. The run is one of
experiments/sequential.yaml. Its weights/best.safetensors must load with strict=True into

    nn.Sequential(Flatten, Linear(784, 128), ReLU, Dropout(0.2), Linear(128, 64), ReLU,
                  Linear(64, 10))                      # 1.weight, 4.weight, 6.weight, ...

which then predicts the test images; labels, predicted labels and probabilities must be those that
predictions.csv gives for split `test`. A predicted label may differ only where the two classes tie:
where both have the same probability within twice the tolerance, here and there; such rows are
printed. `index` is the image's position in the test file.

The test images come from --data DIR, else RUNNER_DATA/<dataset>, with the dataset that summary.json
names: t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with or without .gz.
Exit code: 0 they agree, 1 they differ, 2 the comparison cannot be made.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import sys

import numpy
import torch
import torch.nn as nn
from safetensors.torch import load_file

torch.set_num_threads(1)


def cannot(reason):
    print(f"cannot compare: {reason}", file=sys.stderr)
    raise SystemExit(2)


def idx(folder, name, offset):
    for path, opener in ((folder / f"{name}.gz", gzip.open), (folder / name, open)):
        if path.is_file():
            with opener(path, "rb") as file:
                return numpy.frombuffer(file.read(), numpy.uint8, offset=offset)
    cannot(f"{folder} holds no {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, help="the folder of the test images")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    arguments = parser.parse_args()
    run, tolerance = arguments.run, arguments.tolerance
    for name in ("weights/best.safetensors", "predictions.csv", "summary.json"):
        if not (run / name).is_file():
            cannot(f"{run} holds no {name}")

    dataset = json.loads((run / "summary.json").read_text())["dataset"]
    if isinstance(dataset, dict):
        dataset = dataset["name"]
    folder = arguments.data
    if folder is None:
        if "RUNNER_DATA" not in os.environ:
            cannot("give --data DIR or set RUNNER_DATA")
        folder = pathlib.Path(os.environ["RUNNER_DATA"], dataset)
    labels = idx(folder, "t10k-labels-idx1-ubyte", 8).astype(int)
    images = idx(folder, "t10k-images-idx3-ubyte", 16).reshape(len(labels), 1, 28, 28)

    with open(run / "predictions.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == "test"]
    if not rows:
        cannot("predictions.csv has no rows of split test")
    indices = numpy.array([int(row["index"]) for row in rows])
    if len(set(indices.tolist())) != len(indices):
        cannot("predictions.csv has a test image twice: give one fold's directory")
    if indices.min() < 0 or indices.max() >= len(labels):
        cannot(f"predictions.csv has test images beyond the {len(labels)} of {folder}")
    theirs = torch.tensor([[float(row[f"p{k}"]) for k in range(10)] for row in rows],
                          dtype=torch.float64)
    predicted = numpy.array([int(row["predicted"]) for row in rows])

    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 64),
        nn.ReLU(), nn.Linear(64, 10),
    )
    wrong = []
    try:
        model.load_state_dict(load_file(run / "weights/best.safetensors"), strict=True)
    except RuntimeError as error:
        print(error)
        raise SystemExit(1)
    model.eval()
    x = torch.from_numpy(images[indices].copy()).float().div(255).sub_(0.5).div_(0.5)
    with torch.no_grad():
        ours = model(x).softmax(1).double()

    if (labels[indices] != [int(row["label"]) for row in rows]).any():
        wrong.append("labels differ from the dataset's")
    ties = 0
    for row in numpy.flatnonzero(predicted != ours.argmax(1).numpy()):
        a, b = int(predicted[row]), int(ours[row].argmax())
        gaps = [abs((p[row, a] - p[row, b]).item()) for p in (ours, theirs)]
        tie = max(gaps) <= 2 * tolerance
        ties += tie
        print(f"test image {indices[row]}: predicted {a}, PyTorch {b}; their probabilities differ "
              f"by {gaps[0]:.2e} here and {gaps[1]:.2e} there: {'a tie' if tie else 'not a tie'}")
        if not tie:
            wrong.append(f"test image {indices[row]} is predicted differently")
    delta = (ours - theirs).abs().max().item()
    if not delta <= tolerance:
        wrong.append(f"probabilities differ by {delta:.2e}, more than {tolerance:.0e}")
    accuracy = (predicted == labels[indices]).mean()
    print(f"{len(rows)} test images of {dataset}, accuracy {accuracy:.4f}, {ties} ties, "
          f"max |difference of probabilities| {delta:.2e}")
    for line in wrong[:20]:
        print(f"different: {line}")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()

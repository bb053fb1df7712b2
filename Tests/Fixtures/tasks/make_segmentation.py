#!/usr/bin/env python3
"""Makes segmentation.json with scikit-learn: scores of random masks.

    python3 -m pip install scikit-learn
    python3 Tests/Fixtures/tasks/make_segmentation.py

The file was made with scikit-learn 1.9.1. A mask is a text with a digit for each pixel; '.' has no class.
"""

import json
import pathlib
import warnings

import numpy
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, jaccard_score

warnings.simplefilter("ignore")
random = numpy.random.default_rng(11)
cases = []
for number in range(1000):
    classes = int(random.integers(1, 7))
    images = []
    # Some classes never occur, some are never predicted.
    known = random.permutation(classes)[: random.integers(1, classes + 1)]
    said = random.permutation(classes)[: random.integers(1, classes + 1)]
    for _ in range(random.integers(1, 5)):
        size = int(random.integers(1, 25))
        truth = random.choice(known, size)
        right = random.random(size) < random.choice([0, 0.5, 0.9, 1])
        predicted = numpy.where(right, truth, random.choice(said, size))
        ignored = random.random(size) < random.choice([0, 0, 0.3, 1])
        images.append((truth, predicted, ignored))
    if number % 40 == 7:
        images = [(t, p, numpy.ones_like(i, bool)) for t, p, i in images]
    t = numpy.concatenate([t[~i] for t, _, i in images])
    p = numpy.concatenate([p[~i] for _, p, i in images])
    scores, ious = {}, [None] * classes
    if len(t):
        scores = {
            "mean_iou": jaccard_score(t, p, average="macro"),
            "dice": f1_score(t, p, average="macro"),
            "pixel_accuracy": accuracy_score(t, p),
            "mean_class_accuracy": balanced_accuracy_score(t, p),
            "frequency_weighted_iou": jaccard_score(t, p, average="weighted"),
        }
        for label in numpy.union1d(t, p):
            ious[label] = jaccard_score(t, p, labels=[label], average=None)[0]
    cases.append({
        "classes": classes,
        "truth": ["".join("." if i else str(c) for c, i in zip(t, i)) for t, _, i in images],
        "predicted": ["".join(map(str, p)) for _, p, _ in images],
        "scores": {key: float(value) for key, value in scores.items()},
        "ious": [None if value is None else float(value) for value in ious],
    })
path = pathlib.Path(__file__).parent / "segmentation.json"
path.write_text(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")

#!/usr/bin/env python3
"""Makes thresholds.json: the threshold of each label with the highest F1, by scikit-learn.

    python3 -m pip install numpy scikit-learn
    python3 Tests/Fixtures/tasks/make_thresholds.py

The file was made with scikit-learn 1.9.1. `f1` is the highest F1 of precision_recall_curve. Every threshold in
(lower, upper] has it; of several such intervals the one whose threshold is nearest to 0.5 is given.
"""

import json
import pathlib

import numpy as np
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parent


def case(generator, number):
    count = int(generator.integers(3, 40))
    targets = generator.integers(0, 2, count)
    targets[int(generator.integers(0, count))] = 1
    # Quarters make ties within and between the classes.
    step = 0.25 if number % 3 == 0 else 1 / 1024
    noise = generator.normal(0, 1 + number % 4, count)
    logits = (np.round((targets * 2 - 1 + noise + (number % 5 - 2) * 0.7) / step) * step).astype(np.float64)
    if number % 11 == 10:
        targets[:] = 1
    if number % 13 == 12:
        logits[:] = logits[0]
    # The sigmoid as the program computes it.
    scores = np.exp(np.minimum(logits, 0) - np.log1p(np.exp(-np.abs(logits))))
    precision, recall, thresholds = metrics.precision_recall_curve(targets, scores)
    # The last point of the curve has no threshold.
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], 1e-300)
    best = f1.max()
    assert np.isclose(best, max(metrics.f1_score(targets, scores >= t) for t in thresholds), atol=1e-12)
    found = []
    for threshold in thresholds[f1 >= best - 1e-12]:
        below = scores[scores < threshold]
        lower = float(below.max()) if below.size else None
        inside = threshold >= 0.5 and (lower is None or lower < 0.5)
        chosen = 0.5 if inside else threshold if lower is None else (lower + threshold) / 2
        found.append((abs(chosen - 0.5), lower, float(threshold)))
    distances = sorted(item[0] for item in found)
    if len(distances) > 1 and distances[1] - distances[0] < 1e-9:
        return None
    _, lower, upper = min(found, key=lambda item: item[0])
    return {
        "targets": [int(value) for value in targets], "logits": [float(value) for value in logits],
        "f1": float(best), "lower": lower, "upper": upper,
    }


generator = np.random.default_rng(15)
cases = [found for number in range(80) if (found := case(generator, number))]
(FOLDER / "thresholds.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print(len(cases), "cases;", sum(item["upper"] >= 0.5 > (item["lower"] or 0) for item in cases), "keep 0.5")

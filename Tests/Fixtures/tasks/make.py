#!/usr/bin/env python3
"""Makes regression.json, multi_label.json and signed_rank.json with scikit-learn and SciPy.

    python3 -m pip install numpy scikit-learn scipy
    python3 Tests/Fixtures/tasks/make.py

The files were made with scikit-learn 1.9.1. Inputs are 32-bit floats, so that both sides start from the same
numbers.
"""

import json
import pathlib
import warnings

import numpy as np
from scipy.stats import wilcoxon
from sklearn import metrics

FOLDER = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


def numbers(values):
    return [float(value) for value in np.asarray(values).ravel()]


def regression(generator):
    cases = []
    for number in range(40):
        count = int(generator.integers(2, 25))
        width = int(generator.integers(1, 4))
        targets = generator.normal(0, 10.0 ** generator.integers(-2, 3), (count, width)).astype(np.float32)
        outputs = (targets + generator.normal(0, 1, (count, width))).astype(np.float32)
        if number % 7 == 3:
            targets[:, 0] = targets[0, 0]
        if number % 7 == 5:
            outputs = targets.copy()
        if number == 17:
            # All targets equal, and all of them answered.
            targets[:, 0] = 2
            outputs[:, 0] = 2
        true, said = targets.astype(np.float64), outputs.astype(np.float64)
        expected = {}
        for name, function in [
            ("rmse", metrics.root_mean_squared_error),
            ("mae", metrics.mean_absolute_error),
            ("median_absolute_error", metrics.median_absolute_error),
            ("r2", metrics.r2_score),
        ]:
            expected[name] = float(function(true, said))
            if width > 1:
                parts = function(true, said, multioutput="raw_values")
                for column in range(width):
                    expected[f"{name}_t{column}"] = float(parts[column])
        cases.append(
            {"width": width, "targets": numbers(targets), "outputs": numbers(outputs), "expected": expected}
        )
    return cases


def multi_label(generator):
    cases = []
    for number in range(40):
        count = int(generator.integers(1, 25))
        labels = int(generator.integers(2, 7))
        targets = (generator.random((count, labels)) < generator.choice([0.1, 0.4, 0.8])).astype(int)
        if number % 5 == 2:
            targets[:, 0] = 0
        if not targets.any():
            targets[0, 0] = 1
        logits = generator.normal(0, 2, (count, labels)).astype(np.float32)
        logits += 2 * targets - 1
        if number % 4 == 1:
            # Many equal outputs.
            logits = np.round(logits)
        logits = logits.astype(np.float32)
        said = (logits >= 0).astype(int)
        expected = {
            "hamming_loss": float(metrics.hamming_loss(targets, said)),
            "subset_accuracy": float(metrics.accuracy_score(targets, said)),
        }
        for average in ["macro", "micro", "samples", "weighted"]:
            for name, function in [
                ("f1", metrics.f1_score),
                ("precision", metrics.precision_score),
                ("recall", metrics.recall_score),
            ]:
                value = function(targets, said, average=average, zero_division=0)
                expected[f"{name}_{average}"] = float(value)
            if average != "samples":
                value = metrics.average_precision_score(targets, logits.astype(np.float64), average=average)
                expected[f"average_precision_{average}"] = float(value)
        # scikit-learn has it for one label at a time.
        parts = [metrics.matthews_corrcoef(targets[:, label], said[:, label]) for label in range(labels)]
        expected["matthews_corrcoef_macro"] = float(np.mean(parts))
        expected["matthews_corrcoef_micro"] = float(metrics.matthews_corrcoef(targets.ravel(), said.ravel()))
        cases.append(
            {
                "labels": labels,
                "targets": [int(value) for value in targets.ravel()],
                "outputs": numbers(logits),
                "expected": expected,
            }
        )
    return cases


def signed_rank(generator):
    cases = []
    for number in range(40):
        count = int(generator.integers(3, 80))
        values = generator.normal(generator.choice([0, 0.3]), 1, count)
        if number % 3 == 1:
            values = np.round(values, 1)
        if number % 3 == 2:
            values = np.round(values * 2) / 2
        if not values.any():
            values[0] = 1
        # What 'auto' chose before SciPy 1.15, which takes permutations for few values with ties instead.
        exact = count <= 50 and len(set(np.abs(values))) == count and np.all(values != 0)
        result = wilcoxon(values, method="exact" if exact else "approx")
        cases.append(
            {"differences": numbers(values), "p": float(result.pvalue), "exact": bool(exact)}
        )
    return cases


for name, make, seed in [
    ("regression", regression, 1),
    ("multi_label", multi_label, 2),
    ("signed_rank", signed_rank, 3),
]:
    text = json.dumps(make(np.random.default_rng(seed)), separators=(",", ":"))
    (FOLDER / f"{name}.json").write_text(text.replace("},{", "},\n{") + "\n")

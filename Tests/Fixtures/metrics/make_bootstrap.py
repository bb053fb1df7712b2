"""Golden bootstrap intervals: the program's random streams (docs/randomness.md) written anew, resampled
predictions given to scikit-learn, percentiles from numpy.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make_bootstrap.py` writes bootstrap.json beside
itself; cases.py says how the predictions are made.

  {"cases": [{"case", "resamples", "first": [indices of the first resample],
    "intervals": {key: [lower, upper]}}]}
"""

import json
import pathlib
import warnings

import numpy
from sklearn import metrics

import cases

HERE = pathlib.Path(__file__).resolve().parent
MASK = 0xFFFFFFFF
BOOTSTRAP = 7
RESAMPLES = 200


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right & MASK, (left >> 32) ^ c3 ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def draws(resample, count):
    place = philox((BOOTSTRAP, 0, 0, resample), (0, 0))
    key = philox((0, 0, 0, place[2]), place[:2])[:2]
    indices = []
    for position in range(count):
        words = philox((position // 2, 0, 0, 0), key)
        low, high = words[2:] if position % 2 else words[:2]
        indices.append(((low | high << 32) * count) >> 64)
    return indices


def interval(values):
    return [float(value) for value in numpy.percentile(values, [2.5, 97.5])]


warnings.simplefilter("ignore")
items = []
for case in (0, 1, 4, 7, 15, 20, 27, 44, 51, 86):
    classes, labels, predictions, probabilities = cases.make(case)
    every = list(range(classes))
    values = {}
    for resample in range(RESAMPLES):
        drawn = draws(resample, len(labels))
        label, prediction, probability = labels[drawn], predictions[drawn], probabilities[drawn]
        values.setdefault("accuracy", []).append(metrics.accuracy_score(label, prediction))
        values.setdefault("f1_macro", []).append(metrics.f1_score(
            label, prediction, average="macro", zero_division=0))
        values.setdefault("balanced_accuracy", []).append(
            metrics.balanced_accuracy_score(label, prediction))
        values.setdefault("matthews_corrcoef", []).append(
            metrics.matthews_corrcoef(label, prediction))
        values.setdefault("log_loss", []).append(
            metrics.log_loss(label, probability, labels=every))
        values.setdefault("brier", []).append(metrics.brier_score_loss(
            label, probability, labels=every, scale_by_half=False))
        present = [index for index in every if (label == index).any()]
        if classes > 2:
            values.setdefault("average_precision_macro", []).append(numpy.mean(
                [metrics.average_precision_score(label == index, probability[:, index])
                 for index in present]))
            if len(present) > 1:
                values.setdefault("roc_auc_macro", []).append(numpy.mean(
                    [metrics.roc_auc_score(label == index, probability[:, index])
                     for index in present]))
    items.append({
        "case": case, "resamples": RESAMPLES, "first": draws(0, len(labels)),
        "intervals": {
            key: interval(found) for key, found in values.items() if 2 * len(found) >= RESAMPLES},
    })
(HERE / "bootstrap.json").write_text(
    '{"cases":[\n' + ",\n".join(json.dumps(item) for item in items) + "\n]}\n")
print(len(items), "cases", (HERE / "bootstrap.json").stat().st_size, "bytes")

"""Golden results of every metric on 2,000 cases that are given as scores, computed by scikit-learn from
probabilities and their logarithms in double precision.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make_scores.py` writes scores.f64 beside itself: 2,000
rows of len(KEYS) little-endian 64-bit floats, NaN where a metric has no value. score_cases.py says how
the scores are made: classes without examples, scores of which 32-bit probabilities are 0 or 1, labels of
one class only.

- precision, recall, f1: over the classes that occur among labels or predictions, zero_division=0;
- roc_auc, average_precision: of each class against the rest by its log-odds, ln p - ln(1 - p) (for
  sigmoid by its score), averaged over the classes that have a score; of two classes that of the second;
- log_loss: the cross-entropy of float64, since scikit-learn clips probabilities; equal to scikit-learn's
  where that does not;
- expected_calibration_error and, for sigmoid, brier, which scikit-learn lacks: computed here.
"""

import pathlib
import warnings

import numpy
from sklearn import metrics

import score_cases

HERE = pathlib.Path(__file__).resolve().parent
AVERAGES = ["macro", "micro", "weighted"]
KEYS = (
    ["accuracy", "balanced_accuracy", "cohen_kappa", "matthews_corrcoef", "top_k_accuracy",
     "log_loss", "brier", "expected_calibration_error"]
    + [f"{name}_{average}" for name in ("precision", "recall", "f1") for average in AVERAGES]
    + ["roc_auc_macro", "roc_auc_weighted", "average_precision_macro", "average_precision_weighted"])
NAN = float("nan")


def calibration(labels, predictions, probabilities, bins=15):
    confidence = probabilities[numpy.arange(len(labels)), predictions]
    right = labels == predictions
    edges = numpy.linspace(0, 1, bins + 1)
    place = numpy.clip(numpy.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    return sum(
        abs(right[place == index].mean() - confidence[place == index].mean())
        * (place == index).mean() for index in range(bins) if (place == index).any())


def averages(score, classes, labels, ranks):
    """Macro and weighted mean of the classes' own scores."""
    values, supports = [], []
    for index in [1] if classes == 2 else range(classes):
        positive = labels == index
        if not positive.any() or (score is metrics.roc_auc_score and positive.all()):
            continue
        values.append(score(positive.astype(int), ranks[:, index]))
        supports.append(positive.sum())
    return [numpy.mean(values), numpy.average(values, weights=supports)] if values else [NAN, NAN]


def one_case(case):
    classes, labels, predictions, scores, logarithms, link = score_cases.make(case)
    every = list(range(classes))
    probabilities = numpy.exp(logarithms)
    examples = numpy.arange(len(labels))
    k = 1 + case % 5
    ranked = scores if classes > 2 else numpy.where(scores[:, 1] > scores[:, 0], 1.0, -1.0)
    loss = -logarithms[examples, labels].mean()
    if link == "softmax":
        brier = metrics.brier_score_loss(labels, probabilities, labels=every, scale_by_half=False)
        if probabilities[examples, labels].min() > 1e-9 and probabilities.max() < 1 - 1e-9:
            other = metrics.log_loss(labels, probabilities, labels=every)
            assert abs(other - loss) < 1e-12, (case, loss, other)
    else:
        brier = ((probabilities - numpy.eye(classes)[labels]) ** 2).sum(axis=1).mean()
    values = [
        metrics.accuracy_score(labels, predictions),
        metrics.balanced_accuracy_score(labels, predictions),
        metrics.cohen_kappa_score(labels, predictions),
        metrics.matthews_corrcoef(labels, predictions),
        metrics.top_k_accuracy_score(labels, ranked, k=k, labels=every),
        loss, brier, calibration(labels, predictions, probabilities),
    ]
    averaged = {
        kind: metrics.precision_recall_fscore_support(
            labels, predictions, average=kind, zero_division=0) for kind in AVERAGES}
    for position in range(3):
        values += [averaged[kind][position] for kind in AVERAGES]
    ranks = numpy.array([score_cases.log_odds(row) for row in scores]) if link == "softmax" else scores
    values += averages(metrics.roc_auc_score, classes, labels, ranks)
    values += averages(metrics.average_precision_score, classes, labels, ranks)
    assert len(values) == len(KEYS)
    return values


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    results = numpy.array([one_case(case) for case in range(2000)], dtype="<f8")
(HERE / "scores.f64").write_bytes(results.tobytes())
print(results.shape, numpy.isnan(results).sum(axis=0), results.nbytes, "bytes")

"""Golden results of every metric on 2,000 random cases, computed by scikit-learn.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make_random.py` writes random.json beside itself;
cases.py says how the predictions are made.

  {"scikit_learn", "cases": [[case, values, notes, classes]]}

`values` has one number for each of KEYS, null where scikit-learn raises or answers NaN. `notes` names
the metrics that it raises ("raises"), warns ("warns") or answers NaN ("nan") for. The tests hold the
program's own policy against those:

- no examples: scikit-learn raises, the program leaves the values out;
- roc_auc, average_precision: averaged over the classes that have a score of their own, taken class by
  class from scikit-learn, wherever its own average is NaN or refused because a class has no labels;
- cohen_kappa: left out where it is NaN;
- balanced_accuracy, top_k_accuracy, precision, recall, f1: scikit-learn's value, whatever it warns.

`classes` is [precision, recall, f1, roc_auc, average_precision] of each class in every tenth case, null
for a class that occurs neither among labels nor among predictions.
expected_calibration_error, which scikit-learn lacks, is computed here. Probabilities are float64; that
they sum to one only as well as float32 can is no warning worth noting.
"""

import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn import metrics

import cases

HERE = pathlib.Path(__file__).resolve().parent
AVERAGES = ["macro", "micro", "weighted"]
KEYS = (
    ["accuracy", "balanced_accuracy", "cohen_kappa", "matthews_corrcoef", "top_k_accuracy",
     "log_loss", "brier", "expected_calibration_error"]
    + [f"{name}_{average}" for name in ("precision", "recall", "f1") for average in AVERAGES]
    + ["roc_auc_macro", "roc_auc_weighted", "average_precision_macro", "average_precision_weighted"])


def calibration(labels, predictions, probabilities, bins=15):
    confidence = probabilities[numpy.arange(len(labels)), predictions]
    right = labels == predictions
    edges = numpy.linspace(0, 1, bins + 1)
    place = numpy.clip(numpy.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    return sum(
        abs(right[place == index].mean() - confidence[place == index].mean())
        * (place == index).mean() for index in range(bins) if (place == index).any())


def of_classes(score, classes, labels, probabilities):
    """scikit-learn's score of each class against the rest; NaN where it has none."""
    values = []
    for index in range(classes):
        positive = labels == index
        # Without positives scikit-learn calls the average precision 0; it has none.
        one = score is metrics.roc_auc_score and positive.all()
        values.append(
            float("nan") if one or not positive.any()
            else score(positive.astype(int), probabilities[:, index]))
    return numpy.array(values)


def average(scores, labels, weighted):
    known = ~numpy.isnan(scores)
    if not known.any():
        return float("nan")
    support = numpy.bincount(labels, minlength=len(scores))
    return numpy.average(scores[known], weights=support[known] if weighted else None)


def one_case(case):
    classes, labels, predictions, probabilities = cases.make(case)
    every = list(range(classes))
    notes = {}

    def call(name, function, *arguments, **options):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = function(*arguments, **options)
            except (ValueError, IndexError):
                notes[name] = "raises"
                return None
        caught = [item for item in caught if "do not sum to one" not in str(item.message)]
        if caught:
            notes[name] = "warns"
        if numpy.ndim(value) == 0 and numpy.isnan(value):
            notes[name] = "nan"
            return None
        return value

    k = 1 + case % 5
    ranked = probabilities if classes > 2 else probabilities[:, 1]
    values = [
        call("accuracy", metrics.accuracy_score, labels, predictions),
        call("balanced_accuracy", metrics.balanced_accuracy_score, labels, predictions),
        call("cohen_kappa", metrics.cohen_kappa_score, labels, predictions),
        call("matthews_corrcoef", metrics.matthews_corrcoef, labels, predictions),
        call("top_k_accuracy", metrics.top_k_accuracy_score, labels, ranked, k=k, labels=every),
        call("log_loss", metrics.log_loss, labels, probabilities, labels=every),
        call("brier", metrics.brier_score_loss, labels, probabilities, labels=every,
             scale_by_half=False),
        calibration(labels, predictions, probabilities) if len(labels) else None,
    ]
    averaged = {
        kind: call("precision", metrics.precision_recall_fscore_support, labels, predictions,
                   average=kind, zero_division=0) if len(labels) else None for kind in AVERAGES}
    for position in range(3):
        values += [averaged[kind] and averaged[kind][position] for kind in AVERAGES]

    by_class = {}
    for name, score in (("roc_auc", metrics.roc_auc_score),
                        ("average_precision", metrics.average_precision_score)):
        own = numpy.array([])
        if len(labels):
            own = by_class[name] = of_classes(score, classes, labels, probabilities)
        for kind in ("macro", "weighted"):
            if classes == 2:
                value = call(f"{name}_{kind}", score, labels, ranked)
                if name == "average_precision" and not labels.any():
                    value = None  # scikit-learn warns and says 0.
            elif name == "roc_auc":
                value = call(f"{name}_{kind}", score, labels, probabilities, labels=every,
                             multi_class="ovr", average=kind)
            else:
                value = call(f"{name}_{kind}", score, labels, probabilities, average=kind)
            if value is None and classes > 2 and len(labels):
                value = average(own, labels, kind == "weighted")
            values.append(value)

    details = None
    if case % 10 == 0:
        scores = metrics.precision_recall_fscore_support(
            labels, predictions, labels=every, average=None, zero_division=0)
        occurs = numpy.isin(every, labels) | numpy.isin(every, predictions)
        details = [clean(row) for row in (
            *(numpy.where(occurs, row, numpy.nan) for row in scores[:3]), by_class["roc_auc"], by_class["average_precision"])]
    assert len(values) == len(KEYS)
    return [case, clean(values), notes, details]


def clean(row):
    return [None if value is None or numpy.isnan(value) else float(value) for value in row]


results = [one_case(case) for case in range(2000)]
body = ",\n".join(json.dumps(item, allow_nan=False, separators=(",", ":")) for item in results)
head = f'"scikit_learn":{json.dumps(sklearn.__version__)},"keys":{json.dumps(KEYS)}'
(HERE / "random.json").write_text(f'{{{head},"cases":[\n{body}\n]}}\n')
counts = {}
for _, _, notes, _ in results:
    for name, note in notes.items():
        counts[f"{name} {note}"] = counts.get(f"{name} {note}", 0) + 1
print(len(results), "cases", (HERE / "random.json").stat().st_size, "bytes", counts)

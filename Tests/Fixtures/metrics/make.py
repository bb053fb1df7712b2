"""Golden classification metrics, computed by scikit-learn with zero_division=0.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make.py` writes metrics.json beside itself:

  {"scikit_learn", "cases": [{"name", "classes": k, "labels": [...], "predictions": [...],
    "accuracy", "precision": {"macro", "micro", "weighted"}, "recall": {...}, "f1": {...},
    "per_class": {"precision": [k], "recall": [k], "f1": [k], "support": [k]},
    "confusion_matrix": [[...]]}]}

The averages are scikit-learn's own: over the classes that occur among labels or predictions. "per_class"
is over labels=range(k), 0 for a class that does not occur. Rows of the confusion matrix are true, columns predicted. Where a case has "scores" (one
row a sample, one column a class), its predictions are their argmax, the first of equals.

make_random.py, make_scores.py, make_reports.py and make_bootstrap.py beside it make the other files.
"""

import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

HERE = pathlib.Path(__file__).resolve().parent
random = numpy.random.RandomState(20240229)
cases = []


def add(name, classes, labels, predictions=None, scores=None):
    labels = numpy.asarray(labels, dtype=int)
    if scores is not None:
        scores = numpy.asarray(scores, dtype=float)
        predictions = scores.argmax(axis=1)
    predictions = numpy.asarray(predictions, dtype=int)
    every = list(range(classes))

    def prf(average):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return precision_recall_fscore_support(
                labels, predictions, labels=None if average else every, average=average,
                zero_division=0)

    averages = {average: prf(average) for average in ("macro", "micro", "weighted")}
    precision, recall, f1, support = prf(None)
    item = {
        "name": name, "classes": classes, "labels": labels.tolist(),
        "predictions": predictions.tolist(),
        "accuracy": float(accuracy_score(labels, predictions)),
    }
    for index, metric in enumerate(("precision", "recall", "f1")):
        item[metric] = {average: float(values[index]) for average, values in averages.items()}
    item["per_class"] = {
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "support": [int(value) for value in support],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        item["confusion_matrix"] = confusion_matrix(labels, predictions, labels=every).tolist()
    if scores is not None:
        item["scores"] = scores.tolist()
    cases.append(item)


def noisy(labels, classes, wrong):
    other = random.randint(0, classes, len(labels))
    return numpy.where(random.rand(len(labels)) < wrong, other, labels)


add("one sample, right", 3, [1], [1])
add("one sample, wrong", 3, [1], [2])
add("one class", 1, [0, 0, 0], [0, 0, 0])
add("one class seen of two, all right", 2, [0, 0, 0, 0], [0, 0, 0, 0])
add("one class seen of two, all wrong", 2, [0, 0, 0], [1, 1, 1])
add("one class seen of ten", 10, [7] * 12, [7] * 9 + [1, 7, 3])
add("all right", 4, [0, 1, 2, 3, 3, 2], [0, 1, 2, 3, 3, 2])
add("all wrong", 4, [0, 1, 2, 3, 3, 2], [1, 2, 3, 0, 1, 0])
add("binary", 2, [0, 1, 1, 0, 1, 0, 1, 1], [0, 1, 0, 0, 1, 1, 1, 0])
add("binary, never predicted positive", 2, [0, 1, 1, 0, 1], [0, 0, 0, 0, 0])
add("binary, only positive labels", 2, [1, 1, 1, 1], [1, 0, 1, 0])
add("a class never predicted", 3, [0, 1, 2, 2, 1, 0, 2], [0, 1, 1, 0, 1, 0, 0])
add("a class without labels", 3, [0, 1, 0, 1, 0], [0, 2, 0, 1, 2])
add("a class in neither", 4, [0, 1, 3, 1, 0], [0, 3, 3, 1, 0])
add("last class in neither", 5, [0, 1, 2, 3, 2, 1], [0, 1, 1, 3, 2, 1])
add("first class in neither", 3, [1, 2, 2, 1], [1, 2, 1, 1])
add("labels and predictions share no class", 6, [0, 1, 2, 0], [3, 4, 5, 3])
add("always the same prediction", 5, [0, 1, 2, 3, 4] * 4, [2] * 20)

add("ties go to the first", 3, [0, 1, 2, 0], scores=[
    [0.5, 0.5, 0.0], [0.25, 0.375, 0.375], [0.5, 0.0, 0.5], [0.0, 0.0, 0.0]])
add("ties everywhere", 4, [0, 1, 2, 3], scores=[[1.0] * 4] * 4)
add("ties of negative scores", 3, [2, 1, 0], scores=[
    [-2.0, -1.0, -1.0], [-1.0, -1.0, -1.0], [-0.5, -3.0, -0.5]])
for index in range(5):
    classes = (2, 3, 5, 7, 10)[index]
    labels = random.randint(0, classes, 15)
    add(f"random scores with ties {index + 1}", classes, labels,
        scores=random.randint(0, 4, (15, classes)) / 4)

for index in range(12):
    classes = int(random.randint(2, 11))
    size = int(random.randint(5, 81))
    labels = random.randint(0, classes, size)
    add(f"random {index + 1}", classes, labels, noisy(labels, classes, random.rand()))
for index in range(10):
    classes = int(random.randint(3, 11))
    size = int(random.randint(10, 81))
    labels = numpy.minimum(random.geometric(0.5, size) - 1, classes - 1)
    add(f"imbalanced {index + 1}", classes, labels, noisy(labels, classes, 0.3))
for index in range(8):
    classes = int(random.randint(6, 13))
    present = random.choice(classes, classes // 2, replace=False)
    labels = random.choice(present, 30)
    add(f"half the classes have labels {index + 1}", classes, labels, noisy(labels, classes, 0.2))
for index in range(4):
    labels = numpy.arange(100) % 10
    add(f"balanced digits {index + 1}", 10, labels, noisy(labels, 10, 0.1 * (index + 1)))

assert len(cases) == 60, len(cases)
assert len({item["name"] for item in cases}) == 60
body = ",\n".join(json.dumps(item, allow_nan=False) for item in cases)
(HERE / "metrics.json").write_text(
    f'{{\n"scikit_learn": {json.dumps(sklearn.__version__)},\n"cases": [\n{body}\n]\n}}\n')
print(len(cases), "cases", (HERE / "metrics.json").stat().st_size, "bytes")

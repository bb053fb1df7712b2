"""Golden classification reports, 200 random cases, computed by scikit-learn with zero_division=0.

Made with scikit-learn 1.9.1, numpy 2.4.6. `python3 make_reports.py` writes reports.json beside itself;
cases.py says how the predictions are made.

  {"scikit_learn", "cases": [{"case", "digits", "names": [...] or null, "labels": [...] or null,
    "text", "dict"}]}

`text` is classification_report(digits=digits), `dict` the same with output_dict=True. `labels` picks
classes, some or all in another order; without it the report is of the classes that occur. `names` is one
name for each of `labels`, or else for each class, some of them long, some not ASCII, some equal to others
or to a heading.
"""

import json
import pathlib
import warnings

import sklearn
from sklearn.metrics import classification_report

import cases

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [
    "cat", "a dog", "", "accuracy", "macro avg", "Großbuchstabe", "猫", "é", "<script>", 'a "b"',
    "a name that is longer than the heading", "back\\slash", "weighted avg", "micro avg", "0",
    "f1-score"]

warnings.simplefilter("ignore")
items = []
case = 10_000
while len(items) < 200:
    case += 1
    classes, labels, predictions, _ = cases.make(case)
    if not len(labels):
        continue  # scikit-learn raises
    digits = (2, 2, 4, 2, 3, 6, 2, 0)[case % 8]
    chosen = list(range(classes))
    if case % 3 == 0:
        # A part of the classes, which the labels cover or not, in another order.
        chosen.sort(key=lambda index: cases.number(case, 10 + index))
        chosen = chosen[:1 + cases.number(case, 30) % classes]
    names = None
    if case % 2 == 0:
        names = [NAMES[cases.number(case, 40 + index) % len(NAMES)] for index in chosen]
    options = {"labels": chosen, "target_names": names, "zero_division": 0}
    if case % 3:
        occurring = [index for index in chosen if index in labels or index in predictions]
        options["labels"] = None
        options["target_names"] = names and [names[index] for index in occurring]
    report = classification_report(labels, predictions, output_dict=True, **options)
    items.append({
        "case": case, "digits": digits, "names": names,
        "labels": chosen if case % 3 == 0 else None,
        "text": classification_report(labels, predictions, digits=digits, **options),
        "dict": report,
    })
body = ",\n".join(json.dumps(item, allow_nan=False, ensure_ascii=False) for item in items)
(HERE / "reports.json").write_text(
    f'{{"scikit_learn":{json.dumps(sklearn.__version__)},"cases":[\n{body}\n]}}\n')
print(len(items), "cases", (HERE / "reports.json").stat().st_size, "bytes",
      sum("micro avg" in item["text"] for item in items), "with a micro average")

"""Writes penguins.json: what scikit-learn 1.9.1 makes of the folds of runs on the Palmer penguins.

Run: python make.py PATH/TO/penguins.csv SEX_RUN SIZE_RUN MASS_RUN

The runs are those that PenguinsTests makes; only their folds are read, as row numbers in predictions.csv.
Every sixth row is a test row, and rows without the target are left out. Columns are encoded as the runs do: from the
training rows of the fold alone, means in place of missing numbers, standardised, and a category of its own for
missing categories.
"""

import csv
import json
import pathlib
import sys

import numpy as np
import pandas
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, root_mean_squared_error

HERE = pathlib.Path(__file__).parent
NUMBERS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
# The target, and the columns that the experiment ignores.
EXPERIMENTS = {
    "sex": ("sex", []),
    "size": ("species", ["island", "sex", "bill_length_mm", "bill_depth_mm"]),
    "mass": ("body_mass_g", []),
}


def encode(rows, fit, numbers, categories):
    """The features of `rows`, with everything estimated from `fit`."""
    mean = fit[numbers].mean()
    deviation = fit[numbers].fillna(mean).std(ddof=0)
    columns = [((rows[numbers].fillna(mean) - mean) / deviation).to_numpy()]
    for name in categories:
        values = rows[name].fillna("missing").to_numpy(object)
        for level in sorted(fit[name].fillna("missing").unique()):
            columns.append((values == level).astype(float)[:, None])
    return np.concatenate(columns, axis=1)


def folds_of(run):
    """The row numbers that each fold holds out, among the rows that are not for testing."""
    folds = {}
    with open(pathlib.Path(run) / "predictions.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == "validation":
                folds.setdefault(int(row["fold"]), []).append(int(row["index"]))
    return [sorted(folds[fold]) for fold in sorted(folds)]


def main():
    everything = pandas.read_csv(sys.argv[1], keep_default_na=False, na_values=["", "NA"])
    everything["part"] = ["test" if row % 6 == 5 else "train" for row in range(len(everything))]
    result = {}
    for (name, (target, ignored)), run in zip(EXPERIMENTS.items(), sys.argv[2:], strict=True):
        table = everything[everything[target].notna()]
        train = table[table.part == "train"].reset_index(drop=True)
        test = table[table.part == "test"]
        features = [n for n in table.columns if n not in [target, "year", "part", *ignored]]
        numbers = [n for n in features if n in NUMBERS]
        categories = [n for n in features if n not in NUMBERS]
        result[name] = []
        for held in folds_of(run):
            fit = train.drop(index=held)
            inputs = encode(fit, fit, numbers, categories)
            if name == "mass":
                model = LinearRegression()
            else:
                model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=100_000)
            model.fit(inputs, fit[target])
            entry = {"held_out": held}
            for part, rows in (("validation", train.loc[held]), ("test", test)):
                inputs = encode(rows, fit, numbers, categories)
                predicted = model.predict(inputs)
                if name == "mass":
                    entry[part] = {"rmse": root_mean_squared_error(rows[target], predicted)}
                else:
                    probabilities = model.predict_proba(inputs)
                    entry[part] = {
                        "accuracy": accuracy_score(rows[target], predicted),
                        "loss": log_loss(rows[target], probabilities, labels=model.classes_),
                    }
            result[name].append(entry)
    text = json.dumps(result, separators=(",", ":")).replace('{"held_out"', '\n{"held_out"')
    (HERE / "penguins.json").write_text(text + "\n")


main()

"""Writes time.json: how scikit-learn 1.9.1's TimeSeriesSplit and train_test_split(shuffle=False) divide
examples that are sorted by distinct times. Folds are one character an example, in base 36, in the order of
the data: the fold that holds it out, or '-' for none.

Run: python make_time.py
"""

import json
import pathlib

import numpy
from sklearn.model_selection import TimeSeriesSplit, train_test_split

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def main():
    generator = numpy.random.default_rng(0)
    cases = []
    for _ in range(150):
        k = int(generator.integers(2, 13))
        times = generator.permutation(int(generator.integers(k + 1, 60)))
        order = numpy.argsort(times)
        held = ["-"] * len(times)
        trained = []
        for fold, (train, validation) in enumerate(TimeSeriesSplit(k).split(order)):
            # The window expands: a fold is trained on everything before it.
            assert list(train) == list(range(validation[0]))
            trained.append(len(train))
            for place in validation:
                held[order[place]] = DIGITS[fold]
        fraction = round(float(generator.uniform(0.05, 0.7)), 3)
        _, later = train_test_split(order, test_size=fraction, shuffle=False)
        cases.append(
            {
                "k": k, "times": [int(time) for time in times], "folds": "".join(held),
                "trained": trained, "fraction": fraction,
                "heldOut": sorted(int(index) for index in later),
            }
        )
    lines = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_name("time.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()

"""Writes kfold.json, grouped.json and stratified_grouped.json: in which fold scikit-learn 1.9.1 holds
out each example. Labels, groups and folds are one character an example, in base 36.

Run: python make_kfold.py
"""

import json
import pathlib
import warnings

import numpy
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def text(numbers):
    return "".join(DIGITS[int(number)] for number in numbers)


def folds(splitter, labels, groups=None):
    held = numpy.full(len(labels), -1)
    for fold, (_, validation) in enumerate(splitter.split(labels, labels, groups)):
        held[validation] = fold
    return held


def table(labels, held, k):
    return [[int(((labels == c) & (held == f)).sum()) for f in range(k)] for c in set(labels)]


def label_vector(generator, k):
    classes = int(generator.integers(1, 12))
    names = generator.permutation(36)[:classes]
    counts = k + generator.integers(0, 25, classes)
    labels = numpy.repeat(names, counts)
    # A third sorted by class, the others in no order.
    order = generator.integers(0, 3)
    return generator.permutation(labels) if order else labels


def stratified(generator):
    cases = []
    for _ in range(500):
        k = int(generator.integers(2, 11))
        labels = label_vector(generator, k)
        held = folds(StratifiedKFold(k), labels)
        # How many of each class does not depend on shuffling.
        drawn = folds(StratifiedKFold(k, shuffle=True, random_state=1), labels)
        assert table(labels, held, k) == table(labels, drawn, k)
        plain = folds(KFold(k), labels)
        cases.append(
            {
                "k": k, "labels": text(labels), "folds": text(held),
                "plain": [int((plain == f).sum()) for f in range(k)],
            }
        )
    return cases


def grouped(generator):
    cases = []
    for _ in range(200):
        k = int(generator.integers(2, 11))
        names = generator.permutation(36)[: int(generator.integers(k, 37))]
        sizes = generator.integers(1, int(generator.integers(2, 12)), len(names))
        groups = generator.permutation(numpy.repeat(names, sizes))
        held = folds(GroupKFold(k), groups, groups)
        cases.append({"k": k, "groups": text(groups), "folds": text(held)})
    return cases


def stratified_grouped(generator):
    cases = []
    while len(cases) < 200:
        k = int(generator.integers(2, 11))
        labels = label_vector(generator, k)
        groups = generator.integers(0, int(generator.integers(k, 37)), len(labels))
        if len(set(groups)) < k:
            continue
        held = folds(StratifiedGroupKFold(k), labels, groups)
        cases.append(
            {"k": k, "labels": text(labels), "groups": text(groups), "folds": text(held)}
        )
    return cases


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_name(name).write_text(f"[\n{lines}\n]\n")


def main():
    warnings.simplefilter("error")
    generator = numpy.random.default_rng(0)
    write("kfold.json", stratified(generator))
    write("grouped.json", grouped(generator))
    write("stratified_grouped.json", stratified_grouped(generator))


if __name__ == "__main__":
    main()

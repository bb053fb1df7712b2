"""Writes allocations.json: how scikit-learn 1.9.1's train_test_split divides its hold-out over
classes. Where remainders are equal it draws lots, so every allocation seen over many seeds is kept.

Run: python make.py
"""

import json
import pathlib

import numpy
from sklearn.model_selection import train_test_split

SEEDS = 60
CASES = [
    ([50, 50], 0.2),
    ([51, 49], 0.2),
    ([10, 20, 30], 0.25),
    ([10, 20, 30], 0.1),
    ([7, 11, 13], 0.3),
    ([2, 98], 0.5),
    ([2, 98], 0.1),
    ([3, 5, 92], 0.33),
    ([2, 2, 2], 0.5),
    ([10, 10, 10], 0.15),
    ([100, 1000, 10], 0.07),
    # MNIST's training set
    ([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 0.2),
    ([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 0.1),
    ([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 1 / 6),
]


def main():
    generator = numpy.random.default_rng(0)
    cases = list(CASES)
    while len(cases) < 48:
        classes = int(generator.integers(2, 12))
        counts = [int(n) for n in generator.integers(2, 60, classes)]
        cases.append((counts, float(generator.choice([0.1, 0.2, 0.25, 0.3, 0.5, 0.77]))))
    goldens = []
    for counts, fraction in cases:
        labels = numpy.repeat(numpy.arange(len(counts)), counts)
        seen = set()
        try:
            for seed in range(SEEDS):
                _, held = train_test_split(
                    labels, test_size=fraction, stratify=labels, random_state=seed
                )
                seen.add(tuple(int(n) for n in numpy.bincount(held, minlength=len(counts))))
        except ValueError:
            continue  # fewer examples than classes on one side; StratifiedSplitTests has those
        goldens.append(
            {"counts": counts, "fraction": fraction, "allocations": sorted(map(list, seen))}
        )
    lines = ",\n".join(json.dumps(golden) for golden in goldens)
    pathlib.Path(__file__).with_name("allocations.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()

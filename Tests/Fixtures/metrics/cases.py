"""Random predictions that the tests make again by themselves, so that files hold only results.

Everything comes from `number(case, index)`, a hash of two integers (the finalizer of splitmix64), and
arithmetic that is exact or correctly rounded; RandomCase.swift is its counterpart.

  kind = case % 8   0 to 3 scores without ties, 4 few levels and many ties, 5 all or nothing,
                    6 all scores equal, 7 right more often than not
  labels = case % 5 0, 1 all classes alike, 2 low classes more often, 3 every second class missing,
                    4 one class where case % 10 == 9, else all but the last
"""

import numpy

MASK = (1 << 64) - 1


def number(case, index):
    value = (((case << 32) | index) + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return (value ^ (value >> 31)) >> 32


def make(case):
    """classes, labels, predictions, probabilities (float32 values, as float64)"""
    classes = 2 + number(case, 0) % 11
    count = 0 if case % 50 == 49 else 1 + number(case, 1) % 60
    kind, draw = case % 8, case % 5
    labels, rows = [], []
    for example in range(count):
        base = 100 + example * 40
        label = number(case, base) % classes
        if draw == 2:
            label = label * (number(case, base + 1) % classes) // classes
        elif draw == 3:
            label = label // 2 * 2
        elif draw == 4:
            label = number(case, 2) % classes if case % 10 == 9 else label % (classes - 1)
        labels.append(label)
        weights = []
        for index in range(classes):
            word = number(case, base + 2 + index)
            weight = {4: word % 4, 5: 0, 6: 1}.get(kind, word % 1_000_000)
            if kind == 5 and index == number(case, base + 20) % classes:
                weight = 1
            if kind == 7 and index == label:
                weight += 500_000
            weights.append(weight)
        total = sum(weights)
        rows.append([numpy.float32(weight / total if total else 1 / classes) for weight in weights])
    probabilities = numpy.array(rows, dtype=numpy.float32).reshape(count, classes)
    predictions = probabilities.argmax(axis=1) if count else numpy.zeros(0, dtype=int)
    return classes, numpy.array(labels, dtype=int), predictions, probabilities.astype(float)

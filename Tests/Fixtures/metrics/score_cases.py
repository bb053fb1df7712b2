"""Random scores that the tests make again by themselves, so that files hold only results.

As in cases.py everything comes from `number(case, index)` and arithmetic that is exact: scores are
multiples of a power of two that a 32-bit float holds. ScoreCase.swift is its counterpart.

  labels = case % 6         0 all classes alike, 1 every second class missing, 2 one class only,
                            3 the upper half of the classes, 4 two classes, 5 low classes more often
  kind = case // 6 % 5      0 logits from -8 to 8, 1 multiples of 50 up to 1000 (certain, many ties),
                            2 logits from -1024 to 1024 (nearly all certain), 3 a few rows over and
                            over (ties), 4 one logit a class from -64 to 64, for sigmoid
  case // 30 % 2 == 1       the score of the true class is raised
"""

import math

import numpy

from cases import number

FIRST = 100_000


def make(case):
    """classes, labels, predictions, scores, natural logarithms of the probabilities, link"""
    case += FIRST
    classes = 2 + number(case, 0) % 9
    count = 1 + number(case, 1) % 50
    draw, kind, raised = case % 6, case // 6 % 5, case // 30 % 2 == 1
    step = {0: 2.0**-16, 1: 50.0, 2: 2.0**-9, 3: 2.0**-16, 4: 2.0**-13}[kind]
    labels, rows = [], []
    for example in range(count):
        base = 100 + example * 20
        label = number(case, base) % classes
        if draw == 1:
            label = label // 2 * 2
        elif draw == 2:
            label = number(case, 2) % classes
        elif draw == 3:
            label = classes // 2 + label % (classes - classes // 2)
        elif draw == 4:
            label = (number(case, 2) + label % 2) % classes
        elif draw == 5:
            label = label * (number(case, base + 1) % classes) // classes
        labels.append(label)
        place = 90_000 + number(case, base + 2) % 3 * 20 if kind == 3 else base + 3
        row = []
        for index in range(classes):
            word = number(case, place + index)
            units = word % 41 - 20 if kind == 1 else word % 2**20 - 2**19
            if raised and index == label and kind != 3:
                units += 5 if kind == 1 else 2**18
            row.append(units * step)
        rows.append(row)
    scores = numpy.array(rows, dtype=float)
    assert (scores.astype(numpy.float32) == scores).all()
    link = "sigmoid" if kind == 4 else "softmax"
    return (classes, numpy.array(labels), scores.argmax(axis=1), scores,
            numpy.array([logarithms(row, link) for row in scores]), link)


def logarithms(row, link):
    """log_softmax or logsigmoid in double precision."""
    if link == "sigmoid":
        return [min(score, 0) - math.log1p(math.exp(-abs(score))) for score in row]
    shifted = [score - row.max() for score in row]
    total = math.log(numpy.sum(numpy.array([math.exp(score) for score in shifted])))
    return [score - total for score in shifted]


def log_odds(row):
    """Each score less the logarithm of the sum of exp(score) over the others; no tie where there is none."""
    best = int(row.argmax())
    shares = [math.exp(score - row[best]) for score in row]
    result = []
    for place, score in enumerate(row):
        if place == best:
            others = [other for index, other in enumerate(row) if index != best]
            largest = max(others)
            total = 0.0
            for other in others:
                total += math.exp(other - largest)
            result.append(score - largest - math.log(total))
        else:
            before, behind = 0.0, 0.0
            for share in shares[:place]:
                before += share
            for share in reversed(shares[place + 1:]):
                behind += share
            result.append(score - row[best] - math.log(before + behind))
    return result

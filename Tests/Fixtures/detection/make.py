"""Golden scores of detections: 1,000 random cases given to pycocotools, and to a transcription of Pascal VOC's devkit.

Made with pycocotools 2.0.11, numpy 2.4.6. `python3 make.py` writes beside itself

  scores.f64      for each case 22 doubles, NaN where a score is undefined (pycocotools: -1): the twelve numbers of
                  COCO in its order, AP of four categories, AP50 of four categories, VOC's mAP (all points, 11 points)
  intervals.json  bootstrap intervals over images: resampled images given to pycocotools as images of their own

The cases are functions of their number: every draw is an integer of the program's random streams
(docs/randomness.md), and every coordinate a multiple of a quarter, so that Swift makes the same ones.
"""

import contextlib
import io
import json
import math
import pathlib

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

HERE = pathlib.Path(__file__).resolve().parent
MASK = 0xFFFFFFFF
SPLIT, BOOTSTRAP = 1, 7
CASES = 1000
CATEGORIES = 4
INTERVAL_CASES, RESAMPLES = [0, 10, 20], 60
EQUAL_BOXES = [(10, 10, 40, 40), (10, 10, 40, 40.25), (60, 20, 8, 8)]
LIMIT_SIZES = [(32, 32), (96, 96), (16, 64), (64, 144), (31, 33), (32.25, 32), (96, 95.75), (128, 72)]
MAX_DETECTIONS = [[1, 10, 100], [1, 3, 7], [2, 5, 300]]


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right & MASK, (left >> 32) ^ c3 ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


class Stream:
    """Integers at positions 0, 1, 2, … of a stream."""

    def __init__(self, purpose, step):
        place = philox((purpose, 0, 0, step), (0, 0))
        self.key = philox((0, 0, 0, place[2]), place[:2])[:2]
        self.position = 0

    def draw(self, bound):
        words = philox((self.position >> 1, 0, 0, 0), self.key)
        first = (self.position & 1) * 2
        self.position += 1
        return (words[first] | words[first + 1] << 32) * bound >> 64


def box(stream, kind):
    if kind == 5:
        return EQUAL_BOXES[stream.draw(3)]
    x, y = stream.draw(400) / 4, stream.draw(400) / 4
    if kind == 7:
        return (x, y, *LIMIT_SIZES[stream.draw(8)])
    width, height = (1 + stream.draw(480)) / 4, (1 + stream.draw(480)) / 4
    if kind == 6:
        width *= stream.draw(3) > 0
        height *= stream.draw(3) > 0
    return x, y, width, height


def make(number):
    """The case: images, categories, annotations (image, category, box, area, crowd), detections (…, box, score)."""
    stream, kind = Stream(SPLIT, number), number % 10
    images, categories = 1 + stream.draw(5), 1 + stream.draw(CATEGORIES)
    if number in INTERVAL_CASES:
        images = 12
    annotations, detections = [], []
    for image in range(images):
        count = stream.draw(9)
        if kind == 1 and stream.draw(2) == 0:
            count = 0
        here = []
        for _ in range(count):
            category = 0 if kind == 2 else stream.draw(categories)
            shape = box(stream, kind)
            area = shape[2] * shape[3] * (0.75 if stream.draw(3) == 0 else 1)
            crowd = int(kind == 3 or stream.draw(8) == 0)
            here.append((image, category, shape, area, crowd))
        annotations += here
        count = 60 if kind == 8 else stream.draw(14)
        if kind == 1 and stream.draw(2) == 0 or kind == 9 and stream.draw(2) == 0:
            count = 0
        for _ in range(count):
            category, shape = stream.draw(categories), box(stream, kind)
            if here and stream.draw(4) > 0:
                _, category, (x, y, width, height), _, _ = here[stream.draw(len(here))]
                if kind not in (5, 7):
                    x, y = x + (stream.draw(17) - 8) / 4, y + (stream.draw(17) - 8) / 4
                    width = max(0, width + (stream.draw(17) - 8) / 4)
                    height = max(0, height + (stream.draw(17) - 8) / 4)
                shape = (x, y, width, height)
            score = stream.draw(3) / 4 if kind == 4 else stream.draw(1_000_000) / 1_000_000
            detections.append((image, category, shape, score))
    return images, categories, annotations, detections


def evaluate(images, categories, annotations, detections, most):
    """The program's ids: image i is 1000 - 7 i, so that ids descend; category c is 3 c + 1."""
    order = sorted(range(images), key=lambda image: 1000 - 7 * image)
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": 1000 - 7 * image, "width": 640, "height": 480} for image in order],
        "categories": [{"id": 3 * category + 1, "name": str(category)} for category in range(categories)],
        "annotations": [
            {"id": index + 1, "image_id": 1000 - 7 * image, "category_id": 3 * category + 1,
             "bbox": list(shape), "area": area, "iscrowd": crowd}
            for index, (image, category, shape, area, crowd) in enumerate(annotations)
        ],
    }
    truth.createIndex()
    found = COCO()
    found.dataset = {
        "info": {}, "images": truth.dataset["images"], "categories": truth.dataset["categories"],
        "annotations": [
            {"id": index + 1, "image_id": 1000 - 7 * image, "category_id": 3 * category + 1,
             "bbox": list(shape), "area": shape[2] * shape[3], "iscrowd": 0, "score": score}
            for index, (image, category, shape, score) in enumerate(detections)
        ],
    }
    found.createIndex()
    run = COCOeval(truth, found, "bbox")
    run.params.maxDets = most
    run.evaluate()
    run.accumulate()
    # As in COCOeval.summarize, but with the largest number of detections for the first score too.
    precision, recall = run.eval["precision"], run.eval["recall"]

    def mean(values):
        values = values[values > -1]
        return float(numpy.mean(values)) if values.size else math.nan

    summary = [mean(precision[:, :, :, 0, 2]), mean(precision[0, :, :, 0, 2]), mean(precision[5, :, :, 0, 2])]
    summary += [mean(precision[:, :, :, area, 2]) for area in (1, 2, 3)]
    summary += [mean(recall[:, :, 0, index]) for index in range(3)]
    summary += [mean(recall[:, :, area, 2]) for area in (1, 2, 3)]
    if most == [1, 10, 100]:
        run.summarize()
        for ours, theirs in zip(summary, run.stats):
            assert (-1 if math.isnan(ours) else ours) == theirs
    pad = [math.nan] * (CATEGORIES - categories)
    classes = [mean(precision[:, :, category, 0, 2]) for category in range(categories)] + pad
    classes += [mean(precision[0, :, category, 0, 2]) for category in range(categories)] + pad
    return summary + classes


def voc_ap(recall, precision):
    """VOCap.m since 2010."""
    recall, precision = [0, *recall, 1], [0, *precision, 0]
    for index in range(len(precision) - 2, -1, -1):
        precision[index] = max(precision[index], precision[index + 1])
    return sum(
        (recall[index] - recall[index - 1]) * precision[index]
        for index in range(1, len(recall)) if recall[index] != recall[index - 1])


def voc_ap_2007(recall, precision):
    # MATLAB computes the second half of 0:0.1:1 from its end.
    points = [index * 0.1 for index in range(5)] + [0.5] + [1 - index * 0.1 for index in range(4, -1, -1)]
    return sum(
        max([p for r, p in zip(recall, precision) if r >= point], default=0) / 11 for point in points)


def voc(categories, annotations, detections):
    """VOCevaldet.m, with pixels counted from 1 and both ends of a box included; crowds are difficult."""
    every, eleven = [], []
    for category in range(categories):
        boxes, positive = {}, 0
        for image, _, (x, y, width, height), _, crowd in [a for a in annotations if a[1] == category]:
            boxes.setdefault(image, []).append([x + 1, y + 1, x + width, y + height, crowd, False])
            positive += not crowd
        if positive == 0:
            continue
        right = wrong = 0
        recall, precision = [], []
        chosen = [d for d in detections if d[1] == category]
        for image, _, (x, y, width, height), _ in sorted(chosen, key=lambda d: -d[3]):
            x1, y1, x2, y2 = x + 1, y + 1, x + width, y + height
            best, most = None, -math.inf
            for box in boxes.get(image, []):
                w = min(x2, box[2]) - max(x1, box[0]) + 1
                h = min(y2, box[3]) - max(y1, box[1]) + 1
                if w > 0 and h > 0:
                    union = (x2 - x1 + 1) * (y2 - y1 + 1) + (box[2] - box[0] + 1) * (box[3] - box[1] + 1) - w * h
                    if w * h / union > most:
                        best, most = box, w * h / union
            if most >= 0.5:
                if best[4]:
                    continue
                right, wrong = (right, wrong + 1) if best[5] else (right + 1, wrong)
                best[5] = True
            else:
                wrong += 1
            recall.append(right / positive)
            precision.append(right / (right + wrong))
        every.append(voc_ap(recall, precision))
        eleven.append(voc_ap_2007(recall, precision))
    return [float(numpy.mean(values)) if values else math.nan for values in (every, eleven)]


def intervals(number):
    images, categories, annotations, detections = make(number)
    # The program's images are in the order of their ids.
    order = sorted(range(images), key=lambda image: 1000 - 7 * image)
    values = []
    for resample in range(RESAMPLES):
        stream = Stream(BOOTSTRAP, resample)
        drawn = sorted(stream.draw(images) for _ in range(images))
        # Copies descend, as evaluate() gives descending ids.
        chosen = [order[index] for index in reversed(drawn)]
        copies = {image: [place for place, other in enumerate(chosen) if other == image] for image in range(images)}
        scores = evaluate(
            images, categories, [(place, *rest) for image, *rest in annotations for place in copies[image]],
            [(place, *rest) for image, *rest in detections for place in copies[image]], [1, 10, 100])
        values.append(scores[:2])
    bounds = {}
    scores = evaluate(images, categories, annotations, detections, [1, 10, 100])
    for key, estimate, column in zip(("ap", "ap50"), scores, numpy.array(values).T):
        column = column[~numpy.isnan(column)]
        # Shifted until their mean is the score.
        column += estimate - column.mean()
        bounds[key] = numpy.quantile(column, [0.025, 0.975]).tolist()
    return {"case": number, "resamples": RESAMPLES, "intervals": bounds}


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        scores = []
        for number in range(CASES):
            case = make(number)
            most = [1, 10, 100] if number in INTERVAL_CASES else MAX_DETECTIONS[number % 3]
            scores.append(evaluate(*case, most) + voc(*case[1:]))
        found = [intervals(number) for number in INTERVAL_CASES]
    numpy.array(scores, "<f8").tofile(HERE / "scores.f64")
    (HERE / "intervals.json").write_text(json.dumps({"cases": found}, indent=1) + "\n")
    defined = numpy.isfinite(numpy.array(scores))
    print(defined.mean(0).round(2), numpy.nanmean(numpy.array(scores), 0).round(3))

"""Scores of made-up detections by runner and by pycocotools: differences and processor time.

  python3 Benchmarks/detections.py [--runner .build/release/runner] [--images 5000] [--boxes 7] [--detections 100]
"""

import argparse
import contextlib
import io
import json
import pathlib
import resource
import subprocess
import tempfile
import time

import numpy

CATEGORIES = 80
KEYS = "ap ap50 ap75 ap_small ap_medium ap_large ar_1 ar_10 ar_100 ar_small ar_medium ar_large".split()


def make(images, boxes, detections):
    """Boxes of 8 to 200 pixels; half of the detections are near one of them, the others anywhere."""
    random = numpy.random.default_rng(1)

    def places(count):
        corners = random.uniform(0, 1, (count, 2)) * [560, 400]
        sizes = numpy.exp(random.uniform(numpy.log(8), numpy.log(200), (count, 2)))
        return numpy.concatenate([corners, numpy.minimum(sizes, [640, 480] - corners)], 1)

    annotations, results = [], []
    for image in range(1, images + 1):
        here, kinds = places(boxes), random.integers(1, CATEGORIES + 1, boxes)
        for box, kind in zip(here, kinds):
            annotations.append({
                "id": len(annotations) + 1, "image_id": image, "category_id": int(kind),
                "bbox": box.round(2).tolist(), "area": float(box[2] * box[3] * 0.7),
                "iscrowd": int(random.random() < 0.01)})
        near, of = random.random(detections) < 0.5, random.integers(0, boxes, detections)
        moved = here[of] + random.normal(0, 0.08, (detections, 4)) * here[of][:, [2, 3, 2, 3]]
        found = numpy.where(near[:, None], moved, places(detections)).round(3)
        kinds = numpy.where(near, kinds[of], random.integers(1, CATEGORIES + 1, detections))
        scores = numpy.clip(random.normal(0.3 + 0.3 * near, 0.2), 0.001, 0.999).round(5)
        results += [
            {"image_id": image, "category_id": int(kind), "bbox": box.tolist(), "score": float(score)}
            for kind, box, score in zip(kinds, found, scores)]
    return {
        "images": [{"id": image + 1, "width": 640, "height": 480} for image in range(images)],
        "annotations": annotations,
        "categories": [{"id": index + 1, "name": f"class {index + 1}"} for index in range(CATEGORIES)],
    }, results


def processor(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def peer(annotations, results):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(annotations)
        run = COCOeval(truth, truth.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return run.stats.tolist()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=".build/release/runner")
    for name, standard in (("images", 5000), ("boxes", 7), ("detections", 100)):
        parser.add_argument("--" + name, type=int, default=standard)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = [str(pathlib.Path(folder) / name) for name in ("instances.json", "detections.json")]
        for path, value in zip(files, make(options.images, options.boxes, options.detections)):
            pathlib.Path(path).write_text(json.dumps(value))
        start, used = time.time(), processor(resource.RUSAGE_CHILDREN)
        output = subprocess.run(
            [options.runner, "evaluate", "--json", "--annotations", files[0], "--predictions", files[1]],
            check=True, capture_output=True).stdout
        print(f"runner, intervals included: {time.time() - start:.1f} s, processor "
              f"{processor(resource.RUSAGE_CHILDREN) - used:.1f} s")
        ours = json.loads(output)["scores"]
        start, used = time.time(), processor(resource.RUSAGE_SELF)
        theirs = peer(*files)
        print(f"pycocotools: {time.time() - start:.1f} s, processor "
              f"{processor(resource.RUSAGE_SELF) - used:.1f} s")
    differences = [abs(ours.get(key, -1) - value) for key, value in zip(KEYS, theirs)]
    print(f"largest difference of the twelve numbers: {max(differences):.2g}")


if __name__ == "__main__":
    main()

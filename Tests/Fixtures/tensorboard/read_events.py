"""Prints what TensorBoard itself reads in event files, as JSON.

    python3 -m venv VENV && VENV/bin/pip install tensorboard==2.21.0 pillow
    VENV/bin/python read_events.py RUN > read.json
    VENV/bin/python read_events.py RUN --compare RUN/metrics.jsonl

RUN is a run directory or one event file. With --compare the scalars must be those of the metrics (as
32-bit numbers); the exit status is 1 where they are not.
"""

import argparse
import io
import json
import struct
import sys

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def read(path):
    """The scalars by tag as [[step, value]] and, of each image, its size and first pixel."""
    accumulator = EventAccumulator(path, size_guidance={"scalars": 0, "images": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {
        tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
        for tag in sorted(tags["scalars"])
    }
    images = {}
    for tag in sorted(tags["images"]):
        for event in accumulator.Images(tag):
            picture = Image.open(io.BytesIO(event.encoded_image_string))
            picture.load()
            assert picture.size == (event.width, event.height), "the sizes differ"
            images[tag] = {
                "step": event.step, "size": list(picture.size), "mode": picture.mode,
                "first_pixel": list(picture.getpixel((0, 0))),
            }
    return {"file_version": accumulator.file_version, "scalars": scalars, "images": images}


def expected(path):
    """The same scalars from the lines of metrics.jsonl."""
    scalars = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            for key, value in record.items():
                if key in ("epoch", "fold"):
                    continue
                for prefix, split in (("train_", "train"), ("val_", "validation")):
                    if key.startswith(prefix):
                        key = f"{key[len(prefix):]}/{split}"
                        break
                single = struct.unpack("<f", struct.pack("<f", value))[0]
                scalars.setdefault(key, []).append([record["epoch"], single])
    return scalars


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--compare", metavar="METRICS")
    arguments = parser.parse_args()
    result = read(arguments.path)
    if arguments.compare is None:
        json.dump(result, sys.stdout, indent=1)
        print()
        return 0
    wanted = expected(arguments.compare)
    same = result["scalars"] == wanted
    count = sum(map(len, wanted.values()))
    print(f"{count} scalars of {len(wanted)} tags: {'the same' if same else 'they differ'}")
    for tag, image in result["images"].items():
        print(f"image {tag}: {image['size'][0]} x {image['size'][1]}, {image['mode']}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())

"""Plants altered copies in CIFAR-10, to measure the search for near-duplicates.

    python make.py cifar10-jpeg.zip                  writes pictures.bin, the excerpt of the tests
    python make.py cifar10-jpeg.zip --all FOLDER     writes every picture and 100 copies of each kind

Needs Pillow and NumPy. A file of pictures holds, for each: height and width (16 bits, little endian), then
the bytes [channel, row, column]. The copies come last: first exact ones, then altered ones; `planted.json`
says what each was made of. The archive holds class folders of JPEGs below train/ and test/.
"""

import argparse
import io
import json
import pathlib
import random
import zipfile

import numpy
from PIL import Image


def jpeg(picture, quality):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def resized(picture, draw):
    side = draw.choice([n for n in range(24, 49) if n != 32])
    method = draw.choice([Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
    return jpeg(picture.resize((side, side), method), 90), f"resized to {side}"


def encoded(picture, draw):
    quality = draw.randint(50, 90)
    return jpeg(picture, quality), f"JPEG of quality {quality}"


def cropped(picture, draw):
    left, top, right, bottom = [draw.randint(1, 2) for _ in range(4)]
    width, height = picture.size
    part = picture.crop((left, top, width - right, height - bottom))
    return jpeg(part.resize((width, height), Image.Resampling.BICUBIC), 90), "cropped by 1 or 2 pixels a side"


def mirrored(picture, draw):
    return jpeg(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 85), "mirrored"


def write(path, pictures):
    with open(path, "wb") as file:
        for picture in pictures:
            file.write(numpy.array([picture.height, picture.width], "<u2").tobytes())
            file.write(numpy.asarray(picture).transpose(2, 0, 1).tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("archive")
    parser.add_argument("--all", metavar="FOLDER", help="every picture, and 100 copies of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    folder = pathlib.Path(arguments.all) if arguments.all else pathlib.Path(__file__).parent
    with zipfile.ZipFile(arguments.archive) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        names.sort(key=lambda name: not name.startswith("train/"))
        if not arguments.all:
            names = sorted(draw.sample(names, 40))
        pictures = [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]
    each = 100 if arguments.all else 4
    count = len(pictures)
    planted = []
    for _ in range(each):
        original = draw.randrange(count)
        pictures.append(pictures[original])
        planted.append({"original": original, "kind": "exact", "what": "the same pixels"})
    for change in [resized, encoded, cropped, mirrored]:
        for original in draw.sample(range(count), each):
            picture, what = change(pictures[original], draw)
            pictures.append(picture)
            planted.append({"original": original, "kind": change.__name__, "what": what})
    write(folder / "pictures.bin", pictures)
    (folder / "planted.json").write_text(json.dumps({"originals": count, "planted": planted}, indent=1) + "\n")
    if arguments.all:
        (folder / "names.txt").write_text("".join(name + "\n" for name in names))


main()

"""Prints what the model says: python predict.py photo.jpg"""
import pathlib
import sys

import torch
from PIL import Image, ImageOps
from safetensors.torch import load_file
from torchvision import transforms

from model import Model


class Cover:
    """Resizes to the smallest size that covers another, and crops its centre."""

    def __init__(self, size, **options):
        self.size, self.options = size, options

    def __call__(self, picture):
        _, height, width = transforms.functional.get_dimensions(picture)
        rows, columns = self.size
        if height * columns < width * rows:
            size = rows, rows * width // height
        else:
            size = columns * height // width, columns
        picture = transforms.functional.resize(picture, size, **self.options)
        return transforms.functional.center_crop(picture, self.size)


FOLDER = pathlib.Path(__file__).resolve().parent
CLASSES = ["a \"b\"", "c"]
TRANSFORM = transforms.Compose([
    Cover((32, 32)),
    transforms.ToTensor(),
])


def load(name):
    model = Model()
    model.load_state_dict(load_file(FOLDER / name))
    return model.eval()

MODEL = load("weights.safetensors")


@torch.inference_mode()
def scores(batch):
    """The scores for a batch."""
    return MODEL(batch)


def read(path):
    picture = ImageOps.exif_transpose(Image.open(path))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


def prepare(picture):
    return TRANSFORM(picture)[None]


def show(name, output):
    chances = output.softmax(0)
    best = chances.argsort(descending=True)[:5].tolist()
    print(name, *[f"{CLASSES[index]}: {chances[index]:.4f}" for index in best], sep="  ")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        show(path, scores(prepare(read(path)))[0])

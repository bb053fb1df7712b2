"""Answers of exported models by ONNX Runtime beside those of `runner predict`, for the models that ship with runner.

Every model is trained for two steps on drawn digits, exported with its transforms and compared by `runner export`
itself, which writes what it found into the file's certificate.

usage: exports.py --runner PROGRAM [--examples N] [--models NAME …]     needs onnxruntime and Pillow

The largest networks are compared on a tenth of the examples, and those for masks on a twentieth.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Classifiers by the size of the image that they are given here.
CLASSIFIERS = {
    32: ["mlp", "lenet5", "simple_cnn", "resnet20", "resnet32", "resnet56", "vit_tiny"],
    64: [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "resnext50_32x4d",
        "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "efficientnet_v2_s",
        "shufflenet_v2_x1_0", "squeezenet1_1", "regnet_y_400mf", "densenet121", "convnext_tiny",
        "alexnet", "vgg11", "vgg11_bn", "vgg16", "vgg16_bn",
    ],
    224: ["vit_b_16"],
}
MASKS = ["unet", "fcn_resnet50", "deeplabv3_resnet50", "lraspp_mobilenet_v3_large"]
LARGE = {"vit_b_16", "resnet152", "wide_resnet50_2", "vgg16", "vgg16_bn"}


def experiment(model, size, test):
    return f"""
data:
  dataset: digits
  limit: {{train: 16, test: {test}}}
  transforms: [grayscale: 3, resize: [{size}, {size}], to_tensor]
  split: {{validation: 0}}
  batch_size: 8
model: {model}
train: {{epochs: 1}}
seed: 1
"""


def masks(model, folder):
    return f"""
data:
  dataset: {{image_masks: {{images: {folder}/images, masks: {folder}/masks, classes: [ground, disc]}}}}
  split: {{validation: given}}
  transforms: [resize: [64, 96], to_tensor]
  batch_size: 4
model: {model}
train: {{epochs: 1}}
seed: 1
"""


def draw(folder, counts):
    """Discs on noise, with masks."""
    import random
    from PIL import Image, ImageDraw

    random.seed(1)
    for part, count in counts.items():
        for kind in ("images", "masks"):
            os.makedirs(os.path.join(folder, kind, part))
        for number in range(count):
            image, mask = Image.effect_noise((120, 80), 60).convert("RGB"), Image.new("L", (120, 80))
            area = [random.randint(0, 40), random.randint(0, 30), random.randint(60, 119), random.randint(40, 79)]
            ImageDraw.Draw(image).ellipse(area, fill=(200, 30, 30))
            ImageDraw.Draw(mask).ellipse(area, fill=1)
            image.save(os.path.join(folder, "images", part, f"{number}.png"))
            mask.save(os.path.join(folder, "masks", part, f"{number}.png"))


def compare(options, folder, model, text):
    path = os.path.join(folder, f"{model}.yaml")
    with open(path, "w") as file:
        file.write(text)
    runs = os.path.join(folder, "runs")
    trained = subprocess.run(
        [options.runner, path, "--quiet", "--json", "--runs-dir", runs], capture_output=True, text=True)
    if trained.returncode:
        return {"error": trained.stderr.strip().splitlines()[:1]}
    target = os.path.join(folder, f"{model}.onnx")
    exported = subprocess.run(
        [options.runner, "export", json.loads(trained.stdout)["run"], "onnx", "-o", target,
         "--python", sys.executable], capture_output=True, text=True)
    if not os.path.exists(f"{target}.certificate.json"):
        return {"error": exported.stderr.strip().splitlines()[:1]}
    with open(f"{target}.certificate.json") as file:
        certificate = json.load(file)
    os.remove(target)
    return certificate.get("comparison") or {"error": certificate.get("reason")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--examples", type=int, default=1000)
    parser.add_argument("--models", nargs="*")
    options = parser.parse_args()
    options.runner = os.path.abspath(options.runner)
    print("| model | image | examples | largest difference | of the largest score | same decisions | s |")
    print("| --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cases = []
        for size, models in CLASSIFIERS.items():
            for model in models:
                count = max(options.examples // (10 if model in LARGE else 1), 8)
                cases.append((model, f"{size}×{size}", experiment(model, size, count)))
        drawn = os.path.join(folder, "discs")
        draw(drawn, {"train": 8, "val": max(options.examples // 20, 8)})
        cases += [(model, "64×96", masks(model, drawn)) for model in MASKS]
        for model, size, text in cases:
            if options.models and model not in options.models:
                continue
            begin = time.perf_counter()
            found = compare(options, folder, model, text)
            seconds = time.perf_counter() - begin
            if "error" in found:
                print(f"| {model} | {size} | {found['error']} |", flush=True)
                continue
            numbers = [
                "" if found[key] is None else f"{found[key]:.1e}"
                for key in ("largest_difference", "largest_relative_difference")]
            print(
                f"| {model} | {size} | {found['examples']} | {numbers[0]} | {numbers[1]} "
                f"| {found['same_decisions']} of {found['decisions']} | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()

"""Prints what the model says about each row: python predict.py table.csv"""
import csv
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

from model import Model


FOLDER = pathlib.Path(__file__).resolve().parent
LABELS = ["a", "b"]
THRESHOLDS = [0.25, 0.5]
ENCODERS = [
    json.loads((FOLDER / "inputs-fold-1.json").read_text())["columns"],
    json.loads((FOLDER / "inputs-fold-2.json").read_text())["columns"],
]
MISSING = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "?", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"}


def load(name):
    model = Model()
    model.load_state_dict(load_file(FOLDER / name))
    return model.eval()

MODELS = [
    load("weights-fold-1.safetensors"),
    load("weights-fold-2.safetensors"),
]


@torch.inference_mode()
def scores(batch):
    """The scores for a batch. For several models: their probabilities are the means of all models."""
    outputs = [model(batch)[:, 0:2] for model, batch in zip(MODELS, batch)]
    return (
        torch.stack([-torch.nn.functional.softplus(-output) for output in outputs]).logsumexp(0)
        - torch.stack([-torch.nn.functional.softplus(output) for output in outputs]).logsumexp(0)
    )


def encode(row, columns):
    """The numbers of a row: scaled numbers, 0 or 1 for booleans, and one number for each category."""
    values = []
    for column in columns:
        text = row[column["name"]].strip()
        is_missing = text in MISSING
        if column["type"] == "category":
            text = column.get("fillCategory") if is_missing else text
            if text is None:
                raise SystemExit(f"the column {column['name']} has no value")
            known = [name not in column.get("unseen", []) for name in column["categories"]]
            values += [float(name == text and seen) for name, seen in zip(column["categories"], known)]
            continue
        if is_missing:
            if column.get("fill") is None:
                raise SystemExit(f"the column {column['name']} has no value")
            value = column["fill"]
        elif column["type"] == "boolean":
            words = [["0", "1"], *[pair.split() for pair in ["false true", "no yes", "n y", "f t", "off on"]]]
            value = next(pair.index(text.lower()) for pair in words if text.lower() in pair)
        else:
            value = float(text.replace(",", "."))
        scale = column.get("scale") or {"mean": 0, "deviation": 1}
        values.append((value - scale["mean"]) / scale["deviation"])
    return values


def prepare(rows):
    return [torch.tensor([encode(row, columns) for row in rows]) for columns in ENCODERS]


def show(name, output):
    chances = output.sigmoid().tolist()
    given = [
        f"{label}: {chance:.4f}"
        for label, chance, threshold in zip(LABELS, chances, THRESHOLDS) if chance >= threshold]
    print(name, *given, sep="  ")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        for number, output in enumerate(scores(prepare(rows)), 1):
            show(f"{path}:{number}", output)

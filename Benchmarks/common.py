"""What the peers of the sequential benchmark share: data, split, order, masks and the model.

Batch order and dropout masks follow docs/randomness.md, so that the gates can compare losses step by
step.
"""

import csv
import gzip
import json
import os
import struct
import subprocess
import sys
import time

import numpy as np

SEED = 42
BATCH = 64
EPOCHS = 10


def read_idx(path):
    with gzip.open(path, "rb") as file:
        data = file.read()
    dims = data[3]
    shape = struct.unpack(">" + "I" * dims, data[4 : 4 + 4 * dims])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dims).reshape(shape)


def mnist(part):
    """`train` or `t10k`: uint8 pictures [n, 28, 28] and int64 labels."""
    folder = os.path.join(os.environ["RUNNER_DATA"], "mnist")
    images = read_idx(os.path.join(folder, f"{part}-images-idx3-ubyte.gz"))
    labels = read_idx(os.path.join(folder, f"{part}-labels-idx1-ubyte.gz"))
    return images, labels.astype(np.int64)


def splits_of(predictions, count=60000):
    """Training and validation indices as a run's predictions.csv has them: of one split, or each fold."""
    held = {}
    with open(predictions, newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == "validation":
                held.setdefault(int(row["fold"]), []).append(int(row["index"]))
    everything = np.arange(count)
    result = []
    for fold in sorted(held):
        mask = np.isin(everything, np.array(held[fold], np.int64))
        result.append((everything[~mask], everything[mask]))
    return result


def split_of(predictions):
    """Of a run with one hold-out set."""
    (split,) = splits_of(predictions)
    return split


def torchvision():
    """The package, also where its compiled part is missing: transforms and models do without."""
    import torch

    try:
        import torchvision
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        import torchvision

        torchvision.operators = library  # Its definitions live as long as it does.
    return torchvision


def timed(command):
    """The JSON document that a program prints, be it all of its output or the last line, and its seconds."""
    begin = time.perf_counter()
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds = time.perf_counter() - begin
    return json.loads(output if output.startswith("{") else output.splitlines()[-1]), seconds


# Random streams ----------------------------------------------------------------------------------


def philox(counters, key):
    """Philox4x32-10 of counters [n, 4] under a key (k0, k1); words [n, 4]."""
    c = [counters[:, i].astype(np.uint64) for i in range(4)]
    k0, k1 = int(key[0]), int(key[1])
    low = np.uint64(0xFFFFFFFF)
    for _ in range(10):
        left = c[0] * np.uint64(0xD2511F53)
        right = c[2] * np.uint64(0xCD9E8D57)
        c = [
            (right >> np.uint64(32)) ^ c[1] ^ np.uint64(k0),
            right & low,
            (left >> np.uint64(32)) ^ c[3] ^ np.uint64(k1),
            left & low,
        ]
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack(c, 1)


def stream_key(purpose, epoch=0, step=0, unit=0, fold=0, seed=SEED):
    low = 0xFFFFFFFF
    place = philox(
        np.array([[purpose, fold, epoch, step & low]]), (seed & low, seed >> 32)
    )[0]
    words = philox(
        np.array([[unit & low, unit >> 32, step >> 32, int(place[2])]], dtype=np.uint64),
        (int(place[0]), int(place[1])),
    )[0]
    return int(words[0]), int(words[1])


def words(key, count):
    blocks = (count + 3) // 4
    counters = np.zeros((blocks, 4), np.uint64)
    counters[:, 0] = np.arange(blocks)
    return philox(counters, key).reshape(-1)[:count]


def epoch_order(count, epoch):
    """Fisher and Yates' shuffle of the stream `shuffle`."""
    drawn = words(stream_key(3, epoch=epoch), 2 * count)
    drawn = (drawn[0::2] | (drawn[1::2] << np.uint64(32))).tolist()
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = (drawn[last] * (last + 1)) >> 64
        order[last], order[other] = order[other], order[last]
    return np.array(order)


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def dropout_mask(shape, path, epoch, step, p=0.2):
    key = stream_key(4, epoch=epoch, step=step, unit=fnv1a(path))
    upper = (words(key, int(np.prod(shape))) >> np.uint64(8)).astype(np.float32)
    uniform = upper * np.float32(2**-24)
    scale = np.float32(1) / (np.float32(1) - np.float32(p))
    return np.where(uniform < np.float32(p), np.float32(0), scale).reshape(shape)


# The model ---------------------------------------------------------------------------------------


def network(name="sequential"):
    from torch import nn

    if name == "lenet5":
        return nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(inplace=True), nn.Linear(120, 84), nn.ReLU(inplace=True), nn.Linear(84, 10))
    if name == "simple_cnn":
        layers, before = [], 1
        for channels in (32, 64, 128):
            for _ in range(2):
                convolution = nn.Conv2d(before, channels, 3, padding=1, bias=False)
                nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
                layers += [convolution, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]
                before = channels
            layers.append(nn.MaxPool2d(2))
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def load_weights(model, path):
    """A safetensors file of a run into `model`."""
    import json

    import torch

    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        body = file.read()
    state = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = np.frombuffer(body[begin:end], np.float32).reshape(entry["shape"])
        state[name] = torch.from_numpy(values.copy())
    model.load_state_dict(state)


def save_weights(model, path):
    """The state of `model` as safetensors."""
    import json

    header, body = {}, b""
    for name, value in model.state_dict().items():
        data = value.numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(value.shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def result(**values):
    """What a peer tells the driver, as one JSON line."""
    import json
    import resource

    values["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(values))


def now():
    return time.perf_counter()

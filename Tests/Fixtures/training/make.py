"""Golden training curves, computed by PyTorch in float32 on the CPU.

Made with torch 2.13.0+cpu, safetensors 0.8.0, numpy 2.4.6, one thread. `python3 make.py` writes
beside itself; `RUNNER_DATA=DIR python3 make.py` also makes mnist.json, from DIR/mnist/*.gz.
`python3 make.py --divergence` writes nothing: it prints how far other ways to compute the same
200 steps end up from the recorded ones. `python3 make.py --bfloat16` makes the bfloat16 runs alone,
`python3 make.py --runs NAME...` some of the others.

The formula dataset: 3,200 images of 28x28 bytes, all arithmetic on unsigned 32-bit integers that
wrap. Image i has label i % 10 and shows stripes of class `shown`, which for one image in five is
another class; the noise is a hash of the pixel's number plus the run's "salt".

    pixel(salt, i, r, c):
        shown = i % 10                       if (i / 10) % 5 != 0
                (i / 10 + i * 3 + 1) % 10    otherwise
        v = (i * 784 + r * 28 + c + salt) * 2654435761
        v = v ^ (v >> 15)
        v = v * 2246822519
        v = v ^ (v >> 13)
        noise = v >> 24
        stripe = (r * (shown % 5 + 1) + c * (shown / 5 * 3 + 1) + (i / 10) % 3) % 14 < 7 ? 255 : 0
        return (noise * 5 + stripe * 3) >> 3

formula.json has a few pixels, sums and the SHA-256 of all bytes in order, to check a port of it.

Seed and salts were chosen, not met by chance: about once in 200 steps a value before a ReLU lies
within rounding error of zero, and from there two correct float32 implementations part by 1e-4 to
1e-2. With these none does: 200 steps with permuted pixels and hidden units (another order of
summation) and initial weights changed by 1e-7 stay within 4e-6 of the same run in float64.

Every run: x = (byte / 255 - 0.5) / 0.5, 200 batches of 64 in index order (image number
(step * 64 + k) % 3200), reductions are means over all elements, torch.optim's defaults where
nothing is said. Batches of MNIST are its first 12,800 training images, each seen once.

  sequential_initial.safetensors  nn.Sequential(Flatten, Linear(784, 128), ReLU, Linear(128, 64),
                                  ReLU, Linear(64, 10)): 1.weight, 1.bias, 3.weight, ...
  <run>.json    {"run", "dataset", "salt", "model", "initial", "loss": {name: {...}}, "optimizer":
                {name: {...}}, "batch_size", "steps", "losses": [...], "losses_float64": [...],
                "final": {tensor: {"sum", "norm"}}, "evaluation": {"loss", "accuracy"}}
  cnn_initial.safetensors, cnn_final.safetensors, cnn.json
                Conv2d(1, 8, 3), BatchNorm2d(8), ReLU, MaxPool2d(2), Conv2d(8, 16, 3),
                BatchNorm2d(16), ReLU, AdaptiveAvgPool2d(1), Flatten, Linear(16, 10): names 0., 1.,
                4., 5., 9.; 60 steps; cnn.json has "buffers": the final running statistics.
                The convolutions have no bias: its gradient before a batch norm is rounding noise,
                which Adam turns into steps of full length

  <run>_bfloat16.json
                "precision": "bfloat16": the forward pass in torch.autocast("cpu", torch.bfloat16),
                the loss of the scores as float32 outside of it; a step is made of "accumulate" batches.
                Instead of "losses_float64" there are "losses_float32", the same run without autocast.
                Images have their channels last, as in this program, and there is one thread: other
                orders of summation round to other bfloat16 numbers

`losses[n]` is the loss of batch n before step n. `losses_float64` is the same run in double
precision: what both implementations approximate. `evaluation` is in evaluation mode over the whole
dataset after the last step; `final` sums in float64.
"""

import argparse
import gzip
import hashlib
import json
import os
import pathlib

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
COUNT, BATCH, STEPS, CNN_STEPS = 3200, 64, 200, 60
SEQUENTIAL_SEED, CNN_SEED = 3, 1
SALTS = {"adam": 4, "adam_amsgrad": 1, "sgd": 1, "rmsprop_centered": 1}  # the others: 0


def formula_images(salt=0):
    u = numpy.uint32
    i = numpy.arange(COUNT, dtype=u)[:, None, None]
    r = numpy.arange(28, dtype=u)[None, :, None]
    c = numpy.arange(28, dtype=u)[None, None, :]
    shown = numpy.where(i // 10 % 5 != 0, i % 10, (i // 10 + i * 3 + 1) % 10).astype(u)
    v = (i * u(784) + r * u(28) + c + u(salt)) * u(2654435761)
    v = v ^ (v >> u(15))
    v = v * u(2246822519)
    v = v ^ (v >> u(13))
    noise = v >> u(24)
    stripe = (r * (shown % 5 + 1) + c * (shown // 5 * 3 + 1) + i // 10 % 3) % 14 < 7
    pixels = (noise * u(5) + numpy.where(stripe, u(255), u(0)) * u(3)) >> u(3)
    return pixels.astype(numpy.uint8), (numpy.arange(COUNT) % 10).astype(numpy.int64)


def mnist_images(folder, kind="train", count=None):
    with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8).astype(numpy.int64)
    return images[:count], labels[:count]


def transformed(images, dtype):
    """torchvision's ToTensor and Normalize(0.5, 0.5)."""
    x = torch.from_numpy(numpy.array(images)).unsqueeze(1).to(dtype).div(255)
    return x.sub_(0.5).div_(0.5)


def sequential():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(16, 10),
    )


def one_hot(target, like):
    return F.one_hot(target, 10).to(like.dtype)


LOSSES = {
    "cross_entropy": F.cross_entropy,
    "mse": lambda logits, target: F.mse_loss(logits, one_hot(target, logits)),
    "bce_with_logits": lambda logits, target: F.binary_cross_entropy_with_logits(
        logits, one_hot(target, logits)),
}
OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD,
              "rmsprop": torch.optim.RMSprop}

# name: (loss, its arguments, optimizer, its arguments)
RUNS = {
    "adam": ("cross_entropy", {}, "adam", {"lr": 1e-3}),
    "adam_amsgrad": ("cross_entropy", {}, "adam",
                     {"lr": 1e-3, "weight_decay": 1e-2, "amsgrad": True}),
    "sgd": ("cross_entropy", {}, "sgd", {"lr": 0.1}),
    "sgd_nesterov": ("cross_entropy", {}, "sgd",
                     {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}),
    "adamw": ("cross_entropy", {}, "adamw", {"lr": 1e-3, "weight_decay": 1e-2}),
    "rmsprop": ("cross_entropy", {}, "rmsprop", {"lr": 1e-3}),
    "rmsprop_momentum": ("cross_entropy", {}, "rmsprop",
                         {"lr": 1e-4, "momentum": 0.9, "weight_decay": 1e-2}),
    "rmsprop_centered": ("cross_entropy", {}, "rmsprop",
                         {"lr": 1e-3, "alpha": 0.9, "eps": 1e-6, "centered": True}),
    "adam_label_smoothing": ("cross_entropy", {"label_smoothing": 0.1}, "adam", {"lr": 1e-3}),
    "adam_mse": ("mse", {}, "adam", {"lr": 1e-3}),
    "adam_bce_with_logits": ("bce_with_logits", {}, "adam", {"lr": 1e-3}),
}


# name: (model, salt, run, batches, batches of a step); few enough for both precisions to stay close
BFLOAT16_RUNS = {
    "sequential_bfloat16": ("sequential", 4, RUNS["adam"], 40, 1),
    "cnn_bfloat16": ("cnn", 0, RUNS["adam"], 40, 1),
    "cnn_bfloat16_accumulated": ("cnn", 0, RUNS["adam"], 40, 2),
}


def train(model, initial, x, y, run, steps=STEPS, dtype=torch.float32, autocast=False,
          accumulate=1, **how):
    loss, loss_arguments, optimizer, arguments = run
    model = model.to(dtype)
    model.load_state_dict(initial)
    model.train()
    stepper = OPTIMIZERS[optimizer](model.parameters(), **arguments, **how)
    losses = []
    for step in range(steps):
        first = step * BATCH % len(x)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            scores = model(x[first:first + BATCH])
        value = LOSSES[loss](scores.to(dtype), y[first:first + BATCH], **loss_arguments)
        if step % accumulate == 0:
            stepper.zero_grad()
        (value if accumulate == 1 else value * (1 / accumulate)).backward()
        losses.append(value.item())
        if (step + 1) % accumulate == 0:
            stepper.step()
    return model, [sum(losses[n:n + accumulate]) / accumulate
                   for n in range(0, len(losses), accumulate)]


def evaluation(model, x, y, run):
    model.eval()
    with torch.no_grad():
        logits = model(x).float()
        return {
            "loss": LOSSES[run[0]](logits, y, **run[1]).item(),
            "accuracy": (logits.argmax(1) == y).sum().item() / len(y),
        }


def write(name, dataset, salt, build, initial, data, run, steps=STEPS):
    x, y = transformed(data[0], torch.float32), torch.from_numpy(data[1])
    state = load_file(HERE / initial)
    model, losses = train(build(), state, x, y, run, steps)
    _, double = train(build(), state, transformed(data[0], torch.float64), y, run, steps,
                      torch.float64)
    result = {
        "run": name, "torch": torch.__version__, "dataset": dataset, "salt": salt,
        "model": build.__name__, "initial": initial, "loss": {run[0]: run[1]},
        "optimizer": {run[2]: run[3]},
        "batch_size": BATCH, "steps": steps, "losses": losses, "losses_float64": double,
        "final": {key: {"sum": value.double().sum().item(), "norm": value.double().norm().item()}
                  for key, value in model.state_dict().items()},
        "evaluation": evaluation(model, x, y, run),
    }
    buffers = dict(model.named_buffers())
    if buffers:
        result["buffers"] = {key: {"shape": list(value.shape), "data": value.reshape(-1).tolist()}
                             for key, value in buffers.items()}
    body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in result.items())
    (HERE / f"{name}.json").write_text("{\n" + body + "\n}\n")
    print(f"{name:22} losses {losses[0]:.4f} .. {losses[-1]:.4f}, least {min(losses):.4f}; "
          f"float64 {worst(losses, double):.1e}; accuracy {result['evaluation']['accuracy']:.3f}")
    return model


def write_bfloat16():
    builders = {"sequential": sequential, "cnn": cnn}
    for name, (model, salt, run, batches, accumulate) in BFLOAT16_RUNS.items():
        images, labels = formula_images(salt)
        x, y = transformed(images, torch.float32), torch.from_numpy(labels)
        # `contiguous` would leave the strides of one channel as they are.
        x = torch.empty_like(x, memory_format=torch.channels_last).copy_(x)
        initial = f"{model}_initial.safetensors"
        state = load_file(HERE / initial)
        build = builders[model]
        trained, losses = train(build(), state, x, y, run, batches, autocast=True,
                                accumulate=accumulate)
        _, single = train(build(), state, x, y, run, batches, accumulate=accumulate)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            measured = evaluation(trained, x, y, run)
        result = {
            "run": name, "torch": torch.__version__, "dataset": "formula", "salt": salt,
            "precision": "bfloat16", "model": model, "initial": initial, "loss": {run[0]: run[1]},
            "optimizer": {run[2]: run[3]}, "batch_size": BATCH, "accumulate": accumulate,
            "steps": len(losses), "losses": losses, "losses_float32": single, "evaluation": measured,
        }
        body = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}"
                          for key, value in result.items())
        (HERE / f"{name}.json").write_text("{\n" + body + "\n}\n")
        print(f"{name:22} losses {losses[0]:.4f} .. {losses[-1]:.4f}; "
              f"float32 {worst(losses, single):.1e}, mean {mean(losses, single):.1e}")


def mean(losses, reference):
    return sum(abs(a - b) / abs(b) for a, b in zip(losses, reference)) / len(losses)


def worst(losses, reference):
    return max(abs(a - b) / abs(b) for a, b in zip(losses, reference))


def mnist_folder():
    data = os.environ.get("RUNNER_DATA")
    folder = pathlib.Path(data, "mnist") if data else None
    return folder if folder and folder.is_dir() else None


def make():
    torch.set_num_threads(1)
    torch.manual_seed(SEQUENTIAL_SEED)
    save_file(sequential().state_dict(), HERE / "sequential_initial.safetensors")
    torch.manual_seed(CNN_SEED)
    save_file(cnn().state_dict(), HERE / "cnn_initial.safetensors")

    points = [(0, 0, 0), (1, 0, 1), (7, 27, 27), (50, 13, 5), (123, 4, 20), (1600, 9, 9),
              (3199, 27, 0), (3199, 27, 27)]
    salts = []
    for salt in sorted({0, *SALTS.values()}):
        images, labels = formula_images(salt)
        salts.append({
            "salt": salt,
            "pixels": [{"image": i, "row": r, "column": c, "value": int(images[i, r, c])}
                       for i, r, c in points],
            "first_row_of_image_0": images[0, 0].tolist(),
            "sums": {str(i): int(images[i].sum()) for i in (0, 1, 2, 9, 10, 50, 123, 1600, 3199)},
            "sum": int(images.sum(dtype=numpy.int64)),
            "sha256": hashlib.sha256(images.tobytes()).hexdigest(),
        })
    body = ",\n".join(json.dumps(item) for item in salts)
    (HERE / "formula.json").write_text(
        f'{{\n"count": {COUNT},\n"first_labels": {labels[:20].tolist()},\n'
        f'"salts": [\n{body}\n]\n}}\n')

    write_runs(RUNS)
    model = write("cnn", "formula", 0, cnn, "cnn_initial.safetensors", formula_images(),
                  RUNS["adam"], CNN_STEPS)
    save_file(model.state_dict(), HERE / "cnn_final.safetensors")
    write_bfloat16()
    if mnist_folder():
        write("mnist", "mnist", None, sequential, "sequential_initial.safetensors",
              mnist_images(mnist_folder(), count=BATCH * STEPS), RUNS["adam"])
    else:
        print("RUNNER_DATA/mnist is not there: mnist.json was left as it is")


def write_runs(names):
    for name in names:
        salt = SALTS.get(name, 0)
        write(name, "formula", salt, sequential, "sequential_initial.safetensors",
              formula_images(salt), RUNS[name])


def divergence():
    single = {"foreach": False, "fused": False}
    ways = {
        "single, 1 thread": (1, single), "single, 2 threads": (2, single),
        "foreach, 1 thread": (1, {"foreach": True}), "foreach, 2 threads": (2, {"foreach": True}),
        "fused, 1 thread": (1, {"fused": True}), "fused, 2 threads": (2, {"fused": True}),
    }
    jobs = [(name, "formula", sequential, "sequential", run, STEPS) for name, run in RUNS.items()]
    jobs.append(("cnn", "formula", cnn, "cnn", RUNS["adam"], CNN_STEPS))
    if mnist_folder():
        jobs.append(("mnist", "mnist", sequential, "sequential", RUNS["adam"], STEPS))
    print("PyTorch's kernels:", torch.backends.cpu.get_cpu_capability())
    print(f"{'run':22}{'way':20}{'from the golden':>17}{'after 50 steps':>16}{'from float64':>14}")
    for name, dataset, build, initial, run, steps in jobs:
        golden = json.loads((HERE / f"{name}.json").read_text())
        images, labels = (mnist_images(mnist_folder(), count=BATCH * STEPS) if dataset == "mnist"
                          else formula_images(golden["salt"]))
        x, y = transformed(images, torch.float32), torch.from_numpy(labels)
        state = load_file(HERE / f"{initial}_initial.safetensors")
        for way, (threads, how) in ways.items():
            torch.set_num_threads(threads)
            _, losses = train(build(), state, x, y, run, steps, **how)
            print(f"{name:22}{way:20}{worst(losses, golden['losses']):17.1e}"
                  f"{worst(losses[:50], golden['losses'][:50]):16.1e}"
                  f"{worst(losses, golden['losses_float64']):14.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--divergence", action="store_true")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--runs", nargs="+", metavar="NAME", choices=RUNS)
    arguments = parser.parse_args()
    if arguments.bfloat16:
        torch.set_num_threads(1)
        write_bfloat16()
    elif arguments.runs:
        torch.set_num_threads(1)
        write_runs(arguments.runs)
    else:
        divergence() if arguments.divergence else make()

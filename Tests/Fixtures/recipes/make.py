"""Golden trainings with mixup, cutmix, a teacher and stochastic weight averaging, computed by PyTorch in float32.

Made with torch 2.13.0+cpu and torchvision 0.28.0, one thread. `python3 make.py` writes goldens.json beside
itself. Images, network and initial weights are those of ../training/make.py.

mixup and cutmix are torchvision.transforms.v2.MixUp and CutMix, given the draws of this program: their
`make_params` is replaced by one that takes the share and the centre of the box from the counter-based stream
`mixing` of docs/randomness.md (Philox is written down here once more), and is torchvision's own from there.
The loss is the share-weighted mean of the losses with each of the two targets.

Each run trains on the first 321 images in their order, in batches of 32 (the last batch has one example) or
of 33 (the last one 24), by gradient descent with a learning rate so low that two correct implementations
stay together; `validation` is the mean loss of images 321 to 384 after the last epoch.
"""

import importlib.util
import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn

# What torchvision's compiled part, which nothing here calls, would have declared.
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision.transforms import v2  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TRAINING = HERE.parent / "training"
spec = importlib.util.spec_from_file_location("training", TRAINING / "make.py")
training = importlib.util.module_from_spec(spec)
spec.loader.exec_module(training)

SEED, MIXING, COUNT, HELD_OUT = 7, 11, 321, 384
M32 = 0xFFFFFFFF


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (right >> 32) ^ c1 ^ k0, right & M32, (left >> 32) ^ c3 ^ k1, left & M32
        k0, k1 = (k0 + 0x9E3779B9) & M32, (k1 + 0xBB67AE85) & M32
    return c0, c1, c2, c3


class Stream:
    def __init__(self, epoch, step, unit, fold=0, seed=SEED, purpose=MIXING):
        place = philox((purpose, fold, epoch, step & M32), (seed & M32, seed >> 32))
        unit = philox((unit & M32, unit >> 32, step >> 32, place[2]), place[:2])
        self.key = unit[:2]

    def block(self, index):
        return philox((index & M32, index >> 32, 0, 0), self.key)

    def word64(self, position):
        words = self.block(position >> 1)
        first = (position & 1) * 2
        return words[first] | words[first + 1] << 32

    def uniform(self, position):
        return (self.word64(position) >> 11) * 2.0 ** -53

    def integer(self, bound, position):
        return self.word64(position) * bound >> 64

    def beta(self, alpha):
        self.position = 0
        first, second = self.log_gamma(alpha), self.log_gamma(alpha)
        return 1 / (1 + math.exp(second - first))

    def next(self):
        self.position += 1
        return self.block(self.position - 1)

    def log_gamma(self, shape):
        """Marsaglia and Tsang (2000)."""

        def positive(low, high):
            return (((low | high << 32) >> 11) + 1) * 2.0 ** -53

        d = (shape + 1 if shape < 1 else shape) - 1 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            w = self.next()
            normal = math.sqrt(-2 * math.log((w[0] + 1) * 2.0 ** -32)) * math.cos(
                2 * math.pi * w[1] * 2.0 ** -32)
            root = 1 + c * normal
            if root <= 0:
                continue
            v = root ** 3
            if math.log(positive(w[2], w[3])) < 0.5 * normal ** 2 + d - d * v + d * math.log(v):
                value = math.log(d * v)
                break
        if shape < 1:
            w = self.next()
            value += math.log(positive(w[0], w[1])) / shape
        return value


class MixUp(v2.MixUp):
    def make_params(self, flat_inputs):
        return {"lam": Stream(*PLACE, 1).beta(self.alpha)}


class CutMix(v2.CutMix):
    def make_params(self, flat_inputs):
        lam = Stream(*PLACE, 1).beta(self.alpha)
        # From here on torchvision's own lines, with other draws of the centre.
        H, W = flat_inputs[0].shape[-2:]
        centre = Stream(*PLACE, 2)
        r_x, r_y = centre.integer(W, 0), centre.integer(H, 1)
        r = 0.5 * math.sqrt(1.0 - lam)
        r_w_half, r_h_half = int(r * W), int(r * H)
        x1, y1 = max(r_x - r_w_half, 0), max(r_y - r_h_half, 0)
        x2, y2 = min(r_x + r_w_half, W), min(r_y + r_h_half, H)
        return {"box": (x1, y1, x2, y2), "lam_adjusted": float(1 - (x2 - x1) * (y2 - y1) / (W * H))}


PLACE = (0, 0)  # epoch and step of the training, both from 1


def mixed(x, y, mixup, cutmix):
    """The mixed inputs and the share of the own target."""
    method = MixUp if mixup else CutMix
    if mixup and cutmix:
        method = MixUp if Stream(*PLACE, 0).uniform(0) < 0.5 else CutMix
    transform = method(alpha=mixup if method is MixUp else cutmix, num_classes=10)
    params = transform.make_params([x])
    share = params["lam"] if method is MixUp else params["lam_adjusted"]
    return transform(x, y), share, method.__name__


def loss_of(scores, y, loss):
    return training.LOSSES[loss](scores, y)


def data():
    images, labels = training.formula_images()
    return training.transformed(images, torch.float32), torch.from_numpy(labels)


def train(epochs, batch, mixup=None, cutmix=None, loss="cross_entropy", swa=None, schedule=None,
          lr=0.02, teacher=None):
    global PLACE
    x, y = data()
    held_x, held_y = x[COUNT:HELD_OUT], y[COUNT:HELD_OUT]
    x, y = x[:COUNT], y[:COUNT]
    model = training.cnn()
    model.load_state_dict(load_file(TRAINING / "cnn_initial.safetensors"))
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    scheduler = schedule(opt) if schedule else None
    if teacher:
        # The trained network of ../training, as a finished run's.
        master = training.cnn()
        master.load_state_dict(load_file(TRAINING / "cnn_final.safetensors"))
        master.eval()
    losses, rates, draws = [], [], []
    if swa:
        average, swa_scheduler = AveragedModel(model), None
    step = 0
    for epoch in range(1, epochs + 1):
        for first in range(0, COUNT, batch):
            step += 1
            PLACE = (epoch, step)
            inputs, targets = x[first:first + batch], y[first:first + batch]
            if mixup or cutmix:
                # torchvision's soft targets are only compared with: the loss takes both targets.
                (inputs, soft), share, method = mixed(inputs, targets, mixup, cutmix)
                scores = model(inputs)
                others = targets.roll(1, 0)
                value = share * loss_of(scores, targets, loss)
                value = value + (1 - share) * loss_of(scores, others, loss)
                if loss == "cross_entropy":
                    assert abs(F.cross_entropy(scores, soft).item() - value.item()) < 1e-5
                kept = targets if share >= 0.5 else others
                correct = (scores.argmax(1) == kept).sum().item()
                draws.append({"method": method, "share": share, "correct": correct})
            else:
                scores = model(inputs)
                value = loss_of(scores, targets, loss)
            if teacher:
                T, alpha = teacher
                with torch.no_grad():
                    wanted = F.softmax(master(inputs) / T, 1)
                divergence = F.kl_div(
                    F.log_softmax(scores / T, 1), wanted, reduction="batchmean")
                value = alpha * T * T * divergence + (1 - alpha) * value
            opt.zero_grad()
            value.backward()
            opt.step()
            losses.append(value.item())
        rates.append(opt.param_groups[0]["lr"])
        if swa and epoch >= swa["start_epoch"]:
            average.update_parameters(model)
            if swa["lr"] and not swa_scheduler:
                # Made before, it would set the rate of all epochs if anneal_epochs is 0.
                swa_scheduler = SWALR(
                    opt, swa_lr=swa["lr"], anneal_epochs=swa["anneal_epochs"],
                    anneal_strategy=swa["anneal_strategy"])
            if swa_scheduler:
                swa_scheduler.step()
            elif scheduler:
                scheduler.step()
        elif scheduler:
            scheduler.step()
    result = {"losses": losses, "rates": rates}
    if draws:
        result["draws"] = draws
    if swa:
        result["last"] = summary(model)
        loader = [x[first:first + batch] for first in range(0, COUNT, batch)]
        update_bn(loader, average)
        model = average.module
    model.eval()
    with torch.no_grad():
        result["validation"] = loss_of(model(held_x), held_y, loss).item()
    result["final"] = summary(model)
    return result


def rate_test(start, end, steps):
    """fastai's `lr_find` (smoothing and end) with the suggestion of PyTorch Lightning's."""
    x, y = data()
    model = training.cnn()
    model.load_state_dict(load_file(TRAINING / "cnn_initial.safetensors"))
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=start)
    rates, losses, smoothed, average, best = [], [], [], 0.0, math.inf
    first = 0
    for step in range(steps):
        rates.append(start * (end / start) ** (step / (steps - 1)))
        opt.param_groups[0]["lr"] = rates[-1]
        value = F.cross_entropy(
            model(x[first:min(first + 32, COUNT)]), y[first:min(first + 32, COUNT)])
        first = first + 32 if first + 32 < COUNT else 0
        opt.zero_grad()
        value.backward()
        opt.step()
        losses.append(value.item())
        average = 0.98 * average + 0.02 * value.item()
        smoothed.append(average / (1 - 0.98 ** (step + 1)))
        if smoothed[-1] > 4 * best:
            break
        best = min(best, smoothed[-1])
    place = numpy.gradient(numpy.array(smoothed[10:-1])).argmin() + 10
    return {"start": start, "end": end, "steps": steps, "rates": rates, "losses": losses,
            "smoothed": smoothed, "suggestion": rates[place], "diverged": len(rates) < steps}


def summary(model):
    return {key: {"sum": value.double().sum().item(), "norm": value.double().norm().item()}
            for key, value in model.state_dict().items()}


def step_lr(opt):
    return torch.optim.lr_scheduler.StepLR(opt, 2, 0.5)


RUNS = {
    "mixup": lambda: train(5, 32, mixup=0.2),
    "mixup_odd": lambda: train(5, 33, mixup=1.0),
    "mixup_bce": lambda: train(5, 32, mixup=0.4, loss="bce_with_logits"),
    "cutmix": lambda: train(5, 32, cutmix=1.0),
    "cutmix_odd": lambda: train(5, 33, cutmix=0.3),
    "mixup_cutmix": lambda: train(5, 32, mixup=0.2, cutmix=1.0),
    "teacher": lambda: train(5, 32, teacher=(4.0, 0.9)),
    "teacher_mixup": lambda: train(5, 33, mixup=0.2, teacher=(2.0, 0.5)),
    "swa": lambda: train(
        6, 32, swa={"start_epoch": 3, "lr": 0.005, "anneal_epochs": 2, "anneal_strategy": "cos"}),
    "swa_linear": lambda: train(
        5, 33, swa={"start_epoch": 2, "lr": 0.04, "anneal_epochs": 4, "anneal_strategy": "linear"},
        schedule=step_lr),
    "swa_at_once": lambda: train(
        5, 32, swa={"start_epoch": 3, "lr": 0.01, "anneal_epochs": 0, "anneal_strategy": "cos"}),
    "swa_schedule": lambda: train(
        5, 32, swa={"start_epoch": 3, "lr": None}, schedule=step_lr),
}


if __name__ == "__main__":
    torch.set_num_threads(1)
    runs = {name: run() for name, run in RUNS.items()}
    beta = [{"alpha": alpha, "values": [Stream(1, step, 1).beta(alpha) for step in range(1, 6)]}
            for alpha in (1e-3, 0.2, 1.0, 2.5, 100.0)]
    tests = [rate_test(1e-4, 100.0, 80), rate_test(1e-5, 1e-1, 60), rate_test(1e-3, 1e4, 25)]
    (HERE / "rates.json").write_text("[\n" + ",\n".join(map(json.dumps, tests)) + "\n]\n")
    for test in tests:
        print(f"{len(test['losses'])} of {test['steps']} rates, suggests {test['suggestion']:.3g}")
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(run)}" for name, run in runs.items())
    (HERE / "goldens.json").write_text("{\n" + lines + "\n}\n")
    (HERE / "beta.json").write_text(
        "[\n" + ",\n".join(json.dumps(case) for case in beta) + "\n]\n")
    for name, run in runs.items():
        print(f"{name:14} {len(run['losses'])} losses {run['losses'][0]:.4f} .. "
              f"{run['losses'][-1]:.4f}, validation {run['validation']:.4f}")

"""Writes schedules.json: the learning rates that the schedulers of torch.optim.lr_scheduler (PyTorch
2.13.0) give in every epoch or step of a training, and plateau.json: those of ReduceLROnPlateau after a sequence
of values.

Run: python make.py
"""

import json
import math
import pathlib
import random
import warnings

import torch
from torch.optim import lr_scheduler

EPOCHS = 30
PER_EPOCH = 10
THIRD = 1 / 3


def optimizer(lr):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def rates(make, lr, interval, epochs=EPOCHS, per_epoch=PER_EPOCH):
    """The learning rate of each step, or of each epoch for a schedule that counts those."""
    opt = optimizer(lr)
    scheduler = make(opt)
    result = []
    for _ in range(epochs):
        for step in range(per_epoch):
            if interval == "epoch" and step > 0:
                continue
            result.append(opt.param_groups[0]["lr"])
            opt.step()
            # OneCycleLR has no step after its last.
            if len(result) < epochs * (1 if interval == "epoch" else per_epoch):
                scheduler.step()
    return result


def cosine(t_max, eta_min=0.0, warmup=0, start=THIRD):
    def make(opt):
        if not warmup:
            return lr_scheduler.CosineAnnealingLR(opt, t_max, eta_min)
        rise = lr_scheduler.LinearLR(opt, start, 1.0, warmup)
        fall = lr_scheduler.CosineAnnealingLR(opt, t_max, eta_min)
        return lr_scheduler.SequentialLR(opt, [rise, fall], [warmup])

    return make


def one_cycle(total=EPOCHS * PER_EPOCH, **arguments):
    return lambda opt: lr_scheduler.OneCycleLR(
        opt, total_steps=total, cycle_momentum=False, **arguments
    )


def schedules():
    cases = []

    def add(name, arguments, make, lr=0.1, interval="epoch", epochs=EPOCHS, per_epoch=PER_EPOCH):
        if interval == "step" and name != "one_cycle":
            arguments = {**arguments, "interval": "step"}
        cases.append(
            {
                "name": name,
                "arguments": arguments,
                "lr": lr,
                "epochs": epochs,
                "steps_per_epoch": per_epoch,
                "rates": rates(make, lr, interval, epochs, per_epoch),
            }
        )

    for interval in ["epoch", "step"]:
        for size, gamma in [(1, 0.9), (7, 0.1), (10, 0.5), (29, 2.0), (1000, 0.1)]:
            add(
                "step", {"step_size": size, "gamma": gamma},
                lambda opt: lr_scheduler.StepLR(opt, size, gamma), interval=interval,
            )
        for stones, gamma in [([10, 20], 0.1), ([1, 2, 3, 25], 0.5), ([5, 5, 40], 0.3)]:
            add(
                "multi_step", {"milestones": stones, "gamma": gamma},
                lambda opt: lr_scheduler.MultiStepLR(opt, stones, gamma), interval=interval,
            )
        for gamma in [0.9, 0.99, 0.5, 1.01, 1.0]:
            add(
                "exponential", {"gamma": gamma},
                lambda opt: lr_scheduler.ExponentialLR(opt, gamma), interval=interval,
            )
        for start, end, total in [(THIRD, 1.0, 5), (0.01, 1.0, 20), (1.0, 0.0, 30), (0.5, 0.25, 300)]:
            add(
                "linear", {"start_factor": start, "end_factor": end, "total_iters": total},
                lambda opt: lr_scheduler.LinearLR(opt, start, end, total), interval=interval,
            )
        for factor, total in [(THIRD, 5), (0.5, 12), (1.0, 0)]:
            add(
                "constant", {"factor": factor, "total_iters": total},
                lambda opt: lr_scheduler.ConstantLR(opt, factor, total), interval=interval,
            )
        for total, power in [(5, 1.0), (30, 0.9), (20, 2.0), (300, 1.0)]:
            add(
                "polynomial", {"total_iters": total, "power": power},
                lambda opt: lr_scheduler.PolynomialLR(opt, total, power), interval=interval,
            )
        for first, growth, eta_min in [(5, 1, 0.0), (3, 2, 1e-3), (1, 3, 0.0), (30, 1, 0.05), (7, 5, 0.1)]:
            add(
                "cosine_restarts", {"t_0": first, "t_mult": growth, "eta_min": eta_min},
                lambda opt: lr_scheduler.CosineAnnealingWarmRestarts(opt, first, growth, eta_min),
                interval=interval,
            )
        whole = EPOCHS if interval == "epoch" else EPOCHS * PER_EPOCH
        for eta_min in [0.0, 1e-3, 0.05]:
            add("cosine", {"eta_min": eta_min}, cosine(whole, eta_min), interval=interval)
            add(
                "cosine", {"t_max": 8, "eta_min": eta_min}, cosine(8, eta_min), interval=interval,
                lr=3e-4 if eta_min < 1e-3 else 0.1,
            )
        add("cosine", {"eta_min_factor": 0.01}, cosine(whole, 2e-3 * 0.01), 2e-3, interval)
        unit = "warmup_epochs" if interval == "epoch" else "warmup_steps"
        for warmup, start in [(1, THIRD), (5, THIRD), (5, 0.001), (17, 0.1)]:
            add(
                "cosine", {unit: warmup, "warmup_start_factor": start, "eta_min": 1e-4},
                cosine(whole - warmup, 1e-4, warmup, start), interval=interval,
            )
        add(
            "cosine", {unit: 4, "t_max": 40}, cosine(40, 0.0, 4), interval=interval,
        )
    add(
        "cosine", {"warmup_epochs": 3}, cosine(270, 0.0, 30), interval="step",
    )
    for arguments in [
        {"max_lr": 0.1},
        {"max_lr": 1.0, "pct_start": 0.1},
        {"max_lr": 1e-2, "pct_start": 0.5, "anneal_strategy": "linear"},
        {"max_lr": 0.5, "div_factor": 10.0, "final_div_factor": 100.0},
        {"max_lr": 0.5, "three_phase": True},
        {"max_lr": 0.5, "three_phase": True, "pct_start": 0.45, "anneal_strategy": "linear"},
        {"max_lr": 0.5, "pct_start": 0.0},
        {"max_lr": 0.5, "pct_start": 1.0},
    ]:
        add("one_cycle", arguments, one_cycle(**arguments), interval="step")
    for arguments in [
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 20},
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 30, "step_size_down": 7},
        {"base_lr": 1e-3, "max_lr": 1.0, "step_size_up": 13, "mode": "triangular2"},
        {"base_lr": 0.01, "max_lr": 0.5, "step_size_up": 25, "mode": "exp_range", "gamma": 0.99},
        {"base_lr": 0.1, "max_lr": 0.1, "step_size_up": 1},
        {"base_lr": 0.01, "max_lr": 0.1},
    ]:
        add(
            "cyclic", arguments,
            lambda opt: lr_scheduler.CyclicLR(opt, cycle_momentum=False, **arguments),
            interval="always step",
        )
    for epochs, per_epoch in [(1, 2), (1, 7), (3, 5), (7, 13)]:
        arguments = {"max_lr": 0.1, "pct_start": 0.37}
        add(
            "one_cycle", arguments, one_cycle(epochs * per_epoch, **arguments),
            interval="step", epochs=epochs, per_epoch=per_epoch,
        )
    return cases


def plateau():
    generator = random.Random(0)
    cases = []
    for number in range(60):
        arguments = {
            "mode": generator.choice(["min", "max"]),
            "factor": generator.choice([0.1, 0.5, 0.9]),
            "patience": generator.choice([0, 1, 2, 5, 10]),
            "threshold": generator.choice([0.0, 1e-4, 0.01, 0.2]),
            "threshold_mode": generator.choice(["rel", "abs"]),
            "cooldown": generator.choice([0, 1, 4]),
            "min_lr": generator.choice([0.0, 1e-3, 0.02]),
            "eps": generator.choice([1e-8, 1e-8, 1e-3]),
        }
        sign = 1 if arguments["mode"] == "min" else -1
        values = [
            sign * (2 * math.exp(-epoch / 8) + generator.gauss(0, 0.15)) for epoch in range(80)
        ]
        if number % 4 == 3:
            for place in generator.sample(range(80), 6):
                values[place] = math.nan
        opt = optimizer(0.1)
        scheduler = lr_scheduler.ReduceLROnPlateau(opt, **arguments)
        result = []
        for value in values:
            scheduler.step(value)
            result.append(opt.param_groups[0]["lr"])
        cases.append(
            {
                "arguments": arguments,
                "lr": 0.1,
                "values": [None if math.isnan(value) else value for value in values],
                "rates": result,
            }
        )
    return cases


def write(name, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    pathlib.Path(__file__).with_name(name).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # SequentialLR calls its parts with an epoch
    write("schedules.json", schedules())
    write("plateau.json", plateau())

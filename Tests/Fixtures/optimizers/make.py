"""What PyTorch's optimizers make of 25 steps, in float32 and float64.

    python make.py        needs torch 2.13; writes goldens.json beside itself

Four parameters, whose values and gradients binary fractions hold exactly:

    parameter:  value[i] = ((i * 5 + 3) % 13 - 6) / 8
    gradient:   value[i] = ((i * 7 + step * step * 11 + step * 3) % 29 - 14) / 16     step = 0, 1, ...

The first two are matrices (3 x 4 and 5 x 2), the third a vector of 6, the last one, of 2, never has a gradient
and stays as it is. The learning rate of a step is the optimizer's times 1 / (1 + step / 8). Muon has the
matrices only, and AdamW the vector, as in PyTorch's documentation. Lion is not in PyTorch; the formula here
is that of lion_pytorch.py of github.com/google/automl.

goldens.json: {case: {"optimizer": the optimizer of an experiment, "float32": [values of each parameter],
"float64": the same, "state": {name: [values of each parameter with a gradient], in float64}}}
"""

import json
import pathlib

import torch

HERE = pathlib.Path(__file__).resolve().parent
SHAPES = [(3, 4), (5, 2), (6,), (2,)]
STEPS = 25


def parameter(shape, dtype):
    i = torch.arange(torch.Size(shape).numel())
    return (((i * 5 + 3) % 13 - 6).to(dtype) / 8).reshape(shape).requires_grad_()


def gradient(shape, step, dtype):
    i = torch.arange(torch.Size(shape).numel())
    return (((i * 7 + step * step * 11 + step * 3) % 29 - 14).to(dtype) / 16).reshape(shape)


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.mul_(1 - group["lr"] * group["weight_decay"])
                state = self.state[p]
                if not state:
                    state["exp_avg"] = torch.zeros_like(p)
                average = state["exp_avg"]
                update = average * beta1 + p.grad * (1 - beta1)
                p.add_(torch.sign(update), alpha=-group["lr"])
                average.mul_(beta2).add_(p.grad, alpha=1 - beta2)


O = torch.optim
PLAIN = {"foreach": False}
CLASSES = {
    "adam": O.Adam, "adamw": O.AdamW, "sgd": O.SGD, "rmsprop": O.RMSprop, "adagrad": O.Adagrad,
    "adadelta": O.Adadelta, "adamax": O.Adamax, "nadam": O.NAdam, "radam": O.RAdam, "lion": Lion,
}
# name: (optimizer, its arguments)
CASES = {
    "adam": ("adam", {"lr": 0.02, "weight_decay": 0.1}),
    "adam_amsgrad": ("adam", {"lr": 0.02, "betas": [0.8, 0.9], "amsgrad": True}),
    "adamw": ("adamw", {"lr": 0.02, "weight_decay": 0.3, "betas": [0.8, 0.99], "eps": 1e-3}),
    "sgd": ("sgd", {"lr": 0.05, "momentum": 0.9, "dampening": 0.2, "weight_decay": 0.1}),
    "sgd_nesterov": ("sgd", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    "rmsprop": ("rmsprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "centered": True,
                            "eps": 1e-4, "weight_decay": 0.1}),
    "adagrad": ("adagrad", {}),
    "adagrad_everything": ("adagrad", {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.2,
                                       "initial_accumulator_value": 0.5, "eps": 1e-3}),
    "adadelta": ("adadelta", {}),
    "adadelta_everything": ("adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.2}),
    "adamax": ("adamax", {}),
    "adamax_everything": ("adamax", {"lr": 0.05, "betas": [0.8, 0.9], "eps": 1e-2,
                                     "weight_decay": 0.2}),
    "nadam": ("nadam", {}),
    "nadam_everything": ("nadam", {"lr": 0.03, "betas": [0.8, 0.9], "eps": 1e-3,
                                   "weight_decay": 0.2, "momentum_decay": 0.5}),
    "nadam_fast": ("nadam", {"momentum_decay": 1e4}),
    "nadam_decoupled": ("nadam", {"lr": 0.03, "weight_decay": 0.2,
                                  "decoupled_weight_decay": True}),
    "radam": ("radam", {}),
    "radam_everything": ("radam", {"lr": 0.03, "betas": [0.8, 0.9], "eps": 1e-3,
                                   "weight_decay": 0.2}),
    "radam_decoupled": ("radam", {"lr": 0.03, "weight_decay": 0.2,
                                  "decoupled_weight_decay": True}),
    "lion": ("lion", {}),
    "lion_everything": ("lion", {"lr": 0.01, "betas": [0.8, 0.95], "weight_decay": 0.5}),
    "muon": ("muon", {}),
    "muon_everything": ("muon", {
        "lr": 0.02, "weight_decay": 0.2, "momentum": 0.8, "nesterov": False, "ns_steps": 4,
        "adjust_lr_fn": "match_rms_adamw",
        "others": {"lr": 0.05, "weight_decay": 0.3, "betas": [0.8, 0.9]}}),
}


def optimizers(name, arguments, params):
    if name != "muon":
        plain = {} if name == "lion" else PLAIN
        return [CLASSES[name](params, **arguments, **plain)]
    others = arguments.get("others", {})
    own = {key: value for key, value in arguments.items() if key != "others"}
    return [O.Muon([p for p in params if p.ndim == 2], **own),
            O.AdamW([p for p in params if p.ndim != 2], **others, **PLAIN)]


def run(name, arguments, dtype):
    params = [parameter(shape, dtype) for shape in SHAPES]
    steppers = optimizers(name, arguments, params)
    schedules = [O.lr_scheduler.LambdaLR(s, lambda step: 1 / (1 + step / 8)) for s in steppers]
    for step in range(STEPS):
        for p, shape in list(zip(params, SHAPES))[:3]:
            p.grad = gradient(shape, step, dtype)
        for stepper, schedule in zip(steppers, schedules):
            stepper.step()
            schedule.step()
    state = {}
    for stepper in steppers:
        for p in params:
            for key, value in stepper.state.get(p, {}).items():
                if torch.is_tensor(value) and value.shape == p.shape:
                    state.setdefault(key, []).append(value.flatten().tolist())
    return [p.detach().flatten().tolist() for p in params], state


def main():
    torch.set_num_threads(1)
    goldens = {}
    for case, (name, arguments) in CASES.items():
        single, _ = run(name, arguments, torch.float32)
        double, state = run(name, arguments, torch.float64)
        goldens[case] = {"optimizer": {name: arguments}, "float32": single, "float64": double,
                         "state": state}
    lines = [f"{json.dumps(case)}: {json.dumps(value)}" for case, value in goldens.items()]
    (HERE / "goldens.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()

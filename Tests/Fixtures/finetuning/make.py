"""What PyTorch makes of frozen layers, groups of parameters, accumulation, averages and schedules.

    python make.py        needs torch 2.13; writes goldens.json beside itself

The network, its weights and its images are those of ../training: 320 images of the formula dataset
(salt 0) for training in batches of 32, 10 steps an epoch, 64 further ones for validation. Every run has
"losses" (each step's, before it), "val_loss" (each epoch's) and "final" (the sum and the norm of every
tensor of the state dict at the end, of the averaged weights where there are such).
"""
import importlib.util, json, pathlib
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

here = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("goldens", here.parent / "training" / "make.py")
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
pixels, labels = goldens.formula_images(0)
X = goldens.transformed(pixels[:384], torch.float32)
Y = torch.from_numpy(labels[:384])
TRAIN, BATCH = 320, 32
BACKBONE = ["0", "1", "4", "5"]  # all but the last layer


def norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]


def train(epochs=2, optimizer=None, frozen=(), stored=(), unfreeze=None, batch=BATCH, clip=None,
          scheduler=None, per_step=False, plateau=False, decay=None):
    """`stored`: indices of the batch normalisations in evaluation mode while training."""
    model = goldens.cnn()
    model.load_state_dict(load_file(here.parent / "training" / "cnn_initial.safetensors"))
    named = dict(model.named_parameters())
    for name, p in named.items():
        if name.split(".")[0] in frozen:
            p.requires_grad_(False)
    opt = optimizer(model)
    sched = scheduler(opt) if scheduler else None
    averaged = None
    if decay is not None:
        averaged = torch.optim.swa_utils.AveragedModel(
            model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    out = {"losses": [], "val_loss": [], "rates": []}
    held = set(stored)
    for epoch in range(1, epochs + 1):
        if unfreeze and epoch == unfreeze["epoch"]:
            back = [p for n, p in named.items() if n.split(".")[0] in unfreeze["layers"]]
            for p in back:
                p.requires_grad_(True)
            opt.add_param_group({"params": back, "lr": unfreeze["lr"]})
            held -= {int(name) for name in unfreeze["layers"]}
        model.train()
        for index in held:
            model[index].eval()
        for start in range(0, TRAIN, batch):
            loss = F.cross_entropy(model(X[start:start + batch]), Y[start:start + batch])
            opt.zero_grad()
            loss.backward()
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            out["rates"].append(opt.param_groups[0]["lr"])
            opt.step()
            if averaged:
                averaged.update_parameters(model)
            out["losses"].append(loss.item())
            if per_step:
                sched.step()
        shown = averaged.module if averaged else model
        shown.eval()
        with torch.no_grad():
            out["val_loss"].append(F.cross_entropy(shown(X[TRAIN:]), Y[TRAIN:]).item())
        if plateau:
            sched.step(out["val_loss"][-1])
        elif sched and not per_step:
            sched.step()
    shown = averaged.module if averaged else model
    out["final"] = {
        name: {"sum": t.double().sum().item(), "norm": t.double().norm().item()}
        for name, t in shown.state_dict().items()}
    return out


def adam(lr):
    return lambda m: torch.optim.Adam([p for p in m.parameters() if p.requires_grad], lr=lr)


def sgd(lr, **more):
    return lambda m: torch.optim.SGD([p for p in m.parameters() if p.requires_grad], lr=lr, **more)


def groups(m):
    head = list(m[9].parameters())
    norm = list(m[1].parameters()) + list(m[5].parameters())
    rest = list(m[0].parameters()) + list(m[4].parameters())
    return torch.optim.SGD([
        {"params": head, "lr": 0.05 * 10}, {"params": norm, "lr": 0.05 * 0.1},
        {"params": rest, "lr": 0.05}], lr=0.05, momentum=0.9)


L = torch.optim.lr_scheduler
runs = {
    "frozen": train(optimizer=adam(1e-2), frozen=BACKBONE, stored=[1, 5]),
    "frozen_update": train(optimizer=adam(1e-2), frozen=BACKBONE),
    "unfrozen": train(
        epochs=3, optimizer=sgd(0.1, momentum=0.9), frozen=BACKBONE, stored=[1, 5],
        unfreeze={"epoch": 2, "layers": ["4", "5"], "lr": 0.02}),
    "unfrozen_adam": train(
        epochs=3, optimizer=adam(1e-2), frozen=BACKBONE, stored=[1, 5],
        unfreeze={"epoch": 2, "layers": ["4", "5"], "lr": 1e-3}),
    "groups": train(optimizer=groups),
    "clip": train(optimizer=sgd(0.5), clip=0.2),
    "average": train(optimizer=sgd(0.1), decay=0.9),
    "step": train(
        epochs=4, optimizer=sgd(0.1), scheduler=lambda o: L.StepLR(o, step_size=2, gamma=0.5)),
    "cosine_steps": train(
        epochs=2, optimizer=sgd(0.1), per_step=True,
        scheduler=lambda o: L.CosineAnnealingLR(o, T_max=20)),
    "one_cycle": train(
        epochs=2, optimizer=sgd(0.1), per_step=True,
        scheduler=lambda o: L.OneCycleLR(o, max_lr=0.1, total_steps=20, cycle_momentum=False)),
    "plateau": train(
        epochs=4, optimizer=sgd(0.1), plateau=True,
        scheduler=lambda o: L.ReduceLROnPlateau(o, factor=0.2, patience=0, threshold=0.1)),
}
(here / "goldens.json").write_text(json.dumps(runs))

#!/usr/bin/env python3
"""Makes losses.json with PyTorch: values and gradients of every loss, and of sums of losses.

    python3 -m pip install torch torchvision
    python3 Tests/Fixtures/tasks/make_losses.py

The file was made with PyTorch 2.13.0, and torchvision 0.28.0 for the focal loss of labels.
"""

import json
import math
import pathlib

import torch
from torch.nn import functional

# So that torchvision imports without its own operators, which a build for another PyTorch lacks.
library = torch.library.Library("torchvision", "DEF")
for operator in ["nms", "qnms"]:
    library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision.ops import sigmoid_focal_loss  # noqa: E402

torch.manual_seed(5)
NAMES = ["cat", "dog", "owl", "bee"]


def numbers(tensor):
    return [float(value) for value in tensor.detach().reshape(-1)]


def case(loss, kind, outputs, targets, function):
    """`loss` as an experiment writes it, and `function`, its value, of outputs and targets."""
    outputs = outputs.detach().clone().requires_grad_(True)
    value = function(outputs, targets)
    value.backward()
    return {
        "loss": loss,
        "kind": kind,
        "width": 1 if kind == "classes" else targets[0].numel(),
        "outputs": numbers(outputs),
        "targets": numbers(targets),
        "value": float(value.detach()),
        "gradient": numbers(outputs.grad),
    }


cases = []


def add(loss, kind, outputs, targets, function):
    cases.append(case(loss, kind, outputs, targets, function))


# Numbers ------------------------------------------------------------------------------------------

for width in [1, 3]:
    for name, function in [
        ("mse", functional.mse_loss),
        ("mae", functional.l1_loss),
        ("huber", functional.huber_loss),
        ("smooth_l1", functional.smooth_l1_loss),
    ]:
        targets = torch.randn(7, width)
        add(name, "numbers", targets + 2 * torch.randn(7, width), targets, function)
targets = torch.randn(9, 2)
outputs = targets + torch.randn(9, 2)
add("huber: 0.25", "numbers", outputs, targets,
    lambda x, t: functional.huber_loss(x, t, delta=0.25))
for beta in [0.25, 0]:
    add(f"smooth_l1: {beta}", "numbers", outputs, targets,
        lambda x, t, beta=beta: functional.smooth_l1_loss(x, t, beta=beta))
add("mse: {scale: 0.3}", "numbers", outputs, targets, lambda x, t: 0.3 * functional.mse_loss(x, t))
add("[mse, mae: {scale: 2}, huber: {delta: 0.5, scale: 0.1}]", "numbers", outputs, targets,
    lambda x, t: functional.mse_loss(x, t) + 2 * functional.l1_loss(x, t)
    + 0.1 * functional.huber_loss(x, t, delta=0.5))

counts = torch.poisson(torch.full((11, 2), 3.0))
counts[0, 0], counts[1, 1] = 0, 1
for full in [False, True]:
    word = str(full).lower()
    add(f"poisson_nll: {{full: {word}}}", "numbers", torch.randn(11, 2), counts,
        lambda x, t, full=full: functional.poisson_nll_loss(x, t, full=full))
    add(f"poisson_nll: {{log_input: false, full: {word}, eps: 0.001}}", "numbers",
        3 * torch.rand(11, 2), counts,
        lambda x, t, full=full: functional.poisson_nll_loss(
            x, t, log_input=False, full=full, eps=0.001))

for width in [1, 2]:
    targets = torch.randn(8, width)
    outputs = torch.cat([targets + torch.randn(8, width), 2 * torch.randn(8, width)], 1)
    outputs[0, width] = -30  # A variance below eps.
    for full, eps in [(False, 1e-6), (True, 0.05)]:
        # The first case's tiny variance would make all other values round to 0.
        x = outputs.clone()
        if eps < 0.01:
            x[0, width] = -3
        add(f"gaussian_nll: {{full: {str(full).lower()}, eps: {eps}}}", "numbers", x, targets,
            lambda x, t, full=full, eps=eps, width=width: functional.gaussian_nll_loss(
                x[:, :width], t, functional.softplus(x[:, width:]), full=full, eps=eps))

shares = torch.softmax(2 * torch.randn(6, 4), 1)
shares[2] = torch.tensor([0.0, 1.0, 0.0, 0.0])
add("kl_div", "numbers", torch.randn(6, 4), shares,
    lambda x, t: functional.kl_div(functional.log_softmax(x, 1), t, reduction="batchmean"))

# Labels -------------------------------------------------------------------------------------------

labels = (torch.rand(8, 4) < 0.4).float()
outputs = 2 * torch.randn(8, 4)
bce = functional.binary_cross_entropy_with_logits
some = torch.tensor([1.0, 2.5, 0.5, 3.0])
add("bce_with_logits", "labels", outputs, labels, bce)
add("bce_with_logits: {pos_weight: [1, 2.5, 0.5, 3]}", "labels", outputs, labels,
    lambda x, t: bce(x, t, pos_weight=some))
add("bce_with_logits: {pos_weight: {dog: 2.5, bee: 3}}", "labels", outputs, labels,
    lambda x, t: bce(x, t, pos_weight=torch.tensor([1.0, 2.5, 1.0, 3.0])))
add("bce_with_logits: {pos_weight: balanced}", "labels", outputs, labels,
    lambda x, t: bce(x, t, pos_weight=(len(t) - t.sum(0)) / t.sum(0)))
add("bce_with_logits: {weight: [1, 2.5, 0.5, 3], pos_weight: {cat: 2}}", "labels", outputs, labels,
    lambda x, t: bce(x, t, weight=some, pos_weight=torch.tensor([2.0, 1.0, 1.0, 1.0])))
add("bce_with_logits: {label_smoothing: 0.1, weight: {owl: 0}}", "labels", outputs, labels,
    lambda x, t: bce(x, t * 0.9 + 0.05, weight=torch.tensor([1.0, 1.0, 0.0, 1.0])))
add("focal", "labels", outputs, labels,
    lambda x, t: sigmoid_focal_loss(x, t, reduction="mean"))
for alpha, gamma in [("none", 2), (0.6, 1), (0.6, 0), (0.75, 3.5), ("none", 0.5)]:
    add(f"focal: {{alpha: {alpha}, gamma: {gamma}}}", "labels", outputs, labels,
        lambda x, t, alpha=alpha, gamma=gamma: sigmoid_focal_loss(
            x, t, alpha=-1 if alpha == "none" else alpha, gamma=gamma, reduction="mean"))
add("[bce_with_logits: {pos_weight: balanced}, focal: {scale: 0.5}]", "labels", outputs, labels,
    lambda x, t: bce(x, t, pos_weight=(len(t) - t.sum(0)) / t.sum(0))
    + 0.5 * sigmoid_focal_loss(x, t, reduction="mean"))

# Classes ------------------------------------------------------------------------------------------

classes = torch.tensor([0, 0, 0, 0, 1, 1, 2, 0, 3, 1, 0])
outputs = 2 * torch.randn(len(classes), 4)
entropy = functional.cross_entropy


def balanced(t):
    """scikit-learn's compute_class_weight('balanced')."""
    return len(t) / (4 * torch.bincount(t, minlength=4))


def focal(x, t, gamma, alpha=None):
    """Lin et al. with a softmax: -alpha_t (1 - p_t)^gamma ln p_t."""
    logarithms = functional.log_softmax(x, 1).gather(1, t[:, None])[:, 0]
    value = -((1 - logarithms.exp()) ** gamma) * logarithms
    return (value if alpha is None else alpha[t] * value).mean()


add("cross_entropy", "classes", outputs, classes, entropy)
add("cross_entropy: {label_smoothing: 0.1}", "classes", outputs, classes,
    lambda x, t: entropy(x, t, label_smoothing=0.1))
for smoothing in [0, 0.2]:
    add(f"cross_entropy: {{weight: balanced, label_smoothing: {smoothing}}}", "classes", outputs,
        classes, lambda x, t, s=smoothing: entropy(x, t, weight=balanced(t), label_smoothing=s))
    add(f"cross_entropy: {{weight: [1, 2.5, 0.5, 3], label_smoothing: {smoothing}}}", "classes",
        outputs, classes, lambda x, t, s=smoothing: entropy(x, t, weight=some, label_smoothing=s))
add("cross_entropy: {weight: {dog: 2, cat: 0}}", "classes", outputs, classes,
    lambda x, t: entropy(x, t, weight=torch.tensor([0.0, 2.0, 1.0, 1.0])))
add("mse", "classes", outputs, classes,
    lambda x, t: functional.mse_loss(x, functional.one_hot(t, 4).float()))
add("bce_with_logits: {label_smoothing: 0.1}", "classes", outputs, classes,
    lambda x, t: bce(x, functional.one_hot(t, 4) * 0.9 + 0.05))
add("focal", "classes", outputs, classes, lambda x, t: focal(x, t, 2))
add("focal: 0.5", "classes", outputs, classes, lambda x, t: focal(x, t, 0.5))
add("focal: {gamma: 0, alpha: none}", "classes", outputs, classes, entropy)
add("focal: {gamma: 1, alpha: [1, 2.5, 0.5, 3]}", "classes", outputs, classes,
    lambda x, t: focal(x, t, 1, some))
add("focal: {gamma: 3, alpha: balanced}", "classes", outputs, classes,
    lambda x, t: focal(x, t, 3, balanced(t)))
add("focal: {alpha: {owl: 4}}", "classes", outputs, classes,
    lambda x, t: focal(x, t, 2, torch.tensor([1.0, 1.0, 4.0, 1.0])))
add("[cross_entropy: {weight: balanced}, focal: {scale: 0.5}]", "classes", outputs, classes,
    lambda x, t: entropy(x, t, weight=balanced(t)) + 0.5 * focal(x, t, 2))

# Masks --------------------------------------------------------------------------------------------

# Seven images of 3 x 4 pixels; -100 is ignored. One has no pixel to count, one a single class.
masks = torch.randint(0, 4, (7, 3, 4))
masks[torch.rand(7, 3, 4) < 0.2] = -100
masks[1], masks[3] = -100, 2
outputs = 2 * torch.randn(7, 4, 3, 4)


def pixels(t):
    return t[t >= 0]


def mask_focal(x, t, gamma, alpha=None):
    return focal(x.permute(0, 2, 3, 1)[t >= 0], pixels(t), gamma, alpha)


def dice(x, t, smooth=1):
    """One minus the Dice coefficient of each class of each image, over the pixels that are not ignored."""
    counted = (t >= 0).float()[:, None]
    truth = functional.one_hot(t.clamp(min=0), 4).permute(0, 3, 1, 2) * counted
    p = x.softmax(1) * counted
    both, all_ = (p * truth).sum((2, 3)), (p + truth).sum((2, 3))
    return (1 - (2 * both + smooth) / (all_ + smooth)).mean()


add("cross_entropy", "masks", outputs, masks, entropy)
for smoothing in [0, 0.2]:
    add(f"cross_entropy: {{weight: balanced, label_smoothing: {smoothing}}}", "masks", outputs, masks,
        lambda x, t, s=smoothing: entropy(x, t, weight=balanced(pixels(t)), label_smoothing=s))
    add(f"cross_entropy: {{weight: [1, 2.5, 0.5, 3], label_smoothing: {smoothing}}}", "masks",
        outputs, masks, lambda x, t, s=smoothing: entropy(x, t, weight=some, label_smoothing=s))
add("cross_entropy: {weight: {dog: 2, cat: 0}}", "masks", outputs, masks,
    lambda x, t: entropy(x, t, weight=torch.tensor([0.0, 2.0, 1.0, 1.0])))
add("focal", "masks", outputs, masks, lambda x, t: mask_focal(x, t, 2))
add("focal: 0.5", "masks", outputs, masks, lambda x, t: mask_focal(x, t, 0.5))
add("focal: {gamma: 1, alpha: [1, 2.5, 0.5, 3]}", "masks", outputs, masks,
    lambda x, t: mask_focal(x, t, 1, some))
add("focal: {gamma: 3, alpha: balanced}", "masks", outputs, masks,
    lambda x, t: mask_focal(x, t, 3, balanced(pixels(t))))
add("dice", "masks", outputs, masks, dice)
add("dice: {smooth: 0.01}", "masks", outputs, masks, lambda x, t: dice(x, t, 0.01))
add("[cross_entropy: {weight: balanced}, dice: {scale: 0.5}]", "masks", outputs, masks,
    lambda x, t: entropy(x, t, weight=balanced(pixels(t))) + 0.5 * dice(x, t))

for item in cases:
    assert all(map(math.isfinite, item["gradient"] + [item["value"]])), item["loss"]
path = pathlib.Path(__file__).parent / "losses.json"
path.write_text(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")

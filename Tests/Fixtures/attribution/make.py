"""What captum says of a residual network, a small convolutional network and a network for segmentation.

    python make.py        needs torch 2.13, torchvision 0.28, captum 0.9 and numpy; writes beside itself

Weights and images are those of ../models/formula.py. Everything is computed in double precision. `NAME.json` holds
every `stride`-th value of a map, by method; the class activation maps that captum lacks (Grad-CAM++, Layer-CAM,
HiRes-CAM) are computed here from the activations and gradients, by the equations of their papers. `spearman` holds
rank correlations of SciPy between some of these maps.
"""
import json, pathlib, sys

import numpy
import torch
lib = torch.library.Library("torchvision", "DEF")
for op in ["nms", "qnms"]:
    lib.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision
from captum.attr import (InputXGradient, IntegratedGradients, LayerAttribution, LayerGradCam, Occlusion, Saliency)
from scipy.stats import spearmanr

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "models"))
from formula import uniform, values


def made(model):
    state = model.state_dict()
    model.load_state_dict({name: values(name, tensor) for name, tensor in state.items()})
    return model.double().eval()


def image(*shape):
    return (2 * uniform("images", int(numpy.prod(shape))) - 1).float().double().reshape(1, *shape)


def activation_maps(forward, layer, x, target):
    """Grad-CAM++, Layer-CAM and HiRes-CAM: the weights of Chattopadhay et al. (2018), equation 19, unreduced."""
    kept = {}
    hook = layer.register_forward_hook(lambda _, __, output: kept.update(a=output))
    score = forward(x)[0, target]
    hook.remove()
    a = kept["a"]
    g = torch.autograd.grad(score, a)[0]
    a = a.detach()
    sums = a.sum((2, 3), keepdim=True)
    denominator = 2 * g**2 + sums * g**3
    alpha = torch.where(denominator != 0, g**2 / torch.where(denominator != 0, denominator, 1.0), 0.0)
    weights = (alpha * g.relu()).sum((2, 3), keepdim=True)
    maps = {
        "grad_cam_plus_plus": weights * a, "layer_cam": g.relu() * a, "hires_cam": g * a}
    return {name: m.sum(1, keepdim=True).relu() for name, m in maps.items()}


def case(name, model, layer, x, target, stride, forward=None, window=None):
    model = made(model)
    forward = forward or model
    size = x.shape[2:]
    window = window or (size[0] // 8, size[0] // 16)
    full = {
        "saliency": Saliency(forward).attribute(x, target=target),
        "input_x_gradient": InputXGradient(forward).attribute(x, target=target),
        "integrated_gradients": IntegratedGradients(forward).attribute(x, target=target, n_steps=50),
        "occlusion": Occlusion(forward).attribute(
            x, (x.shape[1], window[0], window[0]), strides=(x.shape[1], window[1], window[1]), target=target)[:, :1],
    }
    found = layer(model)
    full["grad_cam"] = LayerAttribution.interpolate(
        LayerGradCam(forward, found).attribute(x, target=target, relu_attributions=True), tuple(size), "bilinear")
    for kind, small in activation_maps(forward, found, x, target).items():
        full[kind] = LayerAttribution.interpolate(small, tuple(size), "bilinear")
    flat = {kind: numpy.abs(value.detach().sum(1).numpy()).ravel() for kind, value in full.items()}
    pairs = [("saliency", "grad_cam"), ("saliency", "integrated_gradients"), ("occlusion", "grad_cam")]
    record = {
        "shape": list(x.shape[1:]), "target": target, "stride": stride, "window": list(window),
        "score": float(forward(x)[0, target].detach()), "baseline": float(forward(0 * x)[0, target].detach()),
        "maps": {
            kind: [float(f"{v:.9g}") for v in value.detach().numpy().ravel()[::stride]]
            for kind, value in full.items()},
        "spearman": [[a, b, float(spearmanr(flat[a], flat[b]).statistic)] for a, b in pairs],
    }
    (here / f"{name}.json").write_text(json.dumps(record) + "\n")


nn = torch.nn
case("resnet18", torchvision.models.resnet18(num_classes=10), lambda m: m.layer4, image(3, 64, 64), 3, 23)
case("cnn", nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 12, 3), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(12 * 4 * 4, 32), nn.ReLU(), nn.Linear(32, 10)), lambda m: m[5], image(3, 20, 20), 7, 3,
    # The last windows reach beyond the edge.
    window=(6, 4))
network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 4, 3, padding=1))
x = image(3, 16, 16)
mask = made(network)(x).argmax(1).detach()


def means(inputs):
    """The mean score of each class over the pixels that the network gives it."""
    output = network(inputs)
    return torch.stack([
        output[:, c][:, mask[0] == c].mean(1) if (mask == c).any() else output[:, c].sum((1, 2)) * 0
        for c in range(4)], 1)


counts = [int((mask == c).sum()) for c in range(4)]
case("segmentation", network, lambda m: m[1], x, int(numpy.argmax(counts)), 3, forward=means)

"""The state dicts of torchvision's models, by name and shape, and what a ResNet-18 computes.

    python make.py        needs torch and torchvision; writes beside itself

The weights are functions of their name and position, so that the tests can make the same ones without a
file of 45 MB.
"""
import json, pathlib, math
import torch
lib = torch.library.Library("torchvision", "DEF")
for op in ["nms", "qnms"]:
    lib.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision

here = pathlib.Path(__file__).parent
for name in ["resnet18", "resnet34", "resnet50"]:
    state = getattr(torchvision.models, name)(num_classes=10).state_dict()
    lines = [f"{key} {list(value.shape)}" for key, value in state.items()]
    (here / f"{name}.txt").write_text("\n".join(lines) + "\n")


def hash32(x):
    """A 32-bit mix (Steele and Vigna's murmur3 finaliser variant), on int64 tensors."""
    m = 0xFFFFFFFF
    x = (x ^ (x >> 16)) * 0x85EBCA6B & m
    x = (x ^ (x >> 13)) * 0xC2B2AE35 & m
    return x ^ (x >> 16)


def fnv1a(text):
    h = 0xCBF29CE484222325
    for b in text.encode():
        h = (h ^ b) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h & 0xFFFFFFFF


def uniform(name, count):
    """`count` numbers in [0, 1), a function of `name`, with 24 bits each."""
    words = hash32((torch.arange(count, dtype=torch.int64) * 0x9E3779B1 + fnv1a(name)) & 0xFFFFFFFF)
    return ((words >> 8).to(torch.float64) * 2.0**-24)


def values(key, tensor):
    u = uniform(key, tensor.numel()).reshape(tensor.shape)
    if key.endswith("num_batches_tracked"):
        return torch.tensor(0)
    if key.endswith("running_var"):
        return (0.5 + u).float()
    if tensor.dim() == 1 and key.endswith("weight"):
        return (0.5 + u).float()
    if tensor.dim() == 1:
        return (0.2 * u - 0.1).float()
    fan_in = tensor[0].numel()
    return ((2 * u - 1) * math.sqrt(3.0 / fan_in)).float()


torch.set_num_threads(1)
images = (2 * uniform("images", 16 * 3 * 64 * 64).reshape(16, 3, 64, 64) - 1).float()
labels = torch.arange(16) % 10


def run(make_optimizer):
    """Logits in evaluation and in training mode, then the loss, then logits after one step."""
    model = torchvision.models.resnet18(num_classes=10)
    model.load_state_dict({key: values(key, tensor) for key, tensor in model.state_dict().items()})
    model.eval()
    with torch.no_grad():
        evaluation = model(images)
    model.train()
    with torch.no_grad():
        training = model(images)  # updates the running statistics, as every training pass does
    optimizer = make_optimizer(model.parameters())
    loss = torch.nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model.eval()
    with torch.no_grad():
        after = model(images)
    return [t.flatten().tolist() for t in (evaluation, training, after)] + [loss.item()]


evaluation, training, after, loss = run(lambda p: torch.optim.Adam(p, lr=1e-3))
_, _, after_sgd, loss_sgd = run(lambda p: torch.optim.SGD(p, lr=1e-3))
(here / "resnet18.json").write_text(json.dumps({
    "evaluation": evaluation, "training": training, "loss": loss, "after": after,
    "loss_sgd": loss_sgd, "after_sgd": after_sgd}))

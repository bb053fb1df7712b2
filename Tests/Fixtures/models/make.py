"""The state dicts of torchvision's models, by name and shape, and what a ResNet-18 computes.

    python make.py        needs torch and torchvision; writes beside itself

The weights are functions of their name and position, so that the tests can make the same ones without a
file of 45 MB.
"""
import json, pathlib
import torch
from formula import uniform, values
lib = torch.library.Library("torchvision", "DEF")
for op in ["nms", "qnms"]:
    lib.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision

here = pathlib.Path(__file__).parent
for name in ["resnet18", "resnet34", "resnet50"]:
    state = getattr(torchvision.models, name)(num_classes=10).state_dict()
    lines = [f"{key} {list(value.shape)}" for key, value in state.items()]
    (here / f"{name}.txt").write_text("\n".join(lines) + "\n")


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

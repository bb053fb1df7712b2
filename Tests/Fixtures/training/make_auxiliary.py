"""Golden trainings with an auxiliary head, computed by PyTorch: the loss of the prediction plus that of the head times
its weight, as in torchvision's references for segmentation (references/segmentation/train.py).

Made with torch 2.13.0+cpu, one thread. `python3 make_auxiliary.py` writes auxiliary.json beside itself. The images and
the trunk's initial weights are those of make.py; the head's weight number i is 0.3 sin(0.7 i), its bias 0. `losses`
are those of the prediction alone, of each step.
"""

import json
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import make as training

HERE = pathlib.Path(__file__).resolve().parent
COUNT, BATCH, EPOCHS = 320, 32, 2


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = training.cnn()
        self.trunk.load_state_dict(load_file(HERE / "cnn_initial.safetensors"))
        self.aux = torch.nn.Linear(8, 10)
        with torch.no_grad():
            self.aux.weight.copy_((0.3 * torch.sin(0.7 * torch.arange(80.0, dtype=torch.float64))).reshape(10, 8))
            self.aux.bias.zero_()

    def forward(self, x):
        features = self.trunk[:3](x)
        return self.trunk[3:](features), self.aux(features.mean((2, 3)))


def train(weights, accumulate, class_weights, dtype=torch.float32):
    torch.set_num_threads(1)
    images, labels = training.formula_images()
    x, y = training.transformed(images, dtype)[:COUNT], torch.from_numpy(labels)[:COUNT]
    model = Net().to(dtype).train()
    opt = torch.optim.SGD(model.parameters(), lr=0.02)
    balance = None if class_weights is None else torch.tensor(class_weights, dtype=dtype)
    losses = []
    for _ in range(EPOCHS):
        batches = list(range(0, COUNT, BATCH))
        for first in range(0, len(batches), accumulate):
            step = batches[first:first + accumulate]
            # Batch normalisation sees the batches, the loss all examples of the step.
            outputs = [model(x[b:b + BATCH]) for b in step]
            main, aux = (torch.cat(scores) for scores in zip(*outputs))
            targets = torch.cat([y[b:b + BATCH] for b in step])
            loss = F.cross_entropy(main, targets, weight=balance)
            total = weights[0] * loss + weights[1] * F.cross_entropy(aux, targets, weight=balance)
            opt.zero_grad()
            total.backward()
            opt.step()
            losses.append(loss.item())
    names = {"trunk.9.weight": "out.weight", "trunk.9.bias": "out.bias"}
    final = {
        names.get(name, name.removeprefix("trunk.")): {
            "sum": value.double().sum().item(), "norm": value.double().norm().item()}
        for name, value in model.state_dict().items() if value.is_floating_point()
    }
    return {"losses": losses, "final": final}


def main():
    runs = {
        "standard": ((1, 0.5), 1, None),
        "weights": ((2, 0.3), 1, None),
        "accumulated": ((1, 0.5), 3, [1, 2, 0.5, 1, 3, 1, 1, 0.25, 1, 2]),
    }
    goldens = {}
    for name, settings in runs.items():
        goldens[name] = train(*settings)
        exact = train(*settings, dtype=torch.float64)
        print(name, max(abs(a - b) for a, b in zip(goldens[name]["losses"], exact["losses"])))
    (HERE / "auxiliary.json").write_text(json.dumps(goldens, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Writes mlp.pt, cnn.pt and goldens.json, which ScriptModuleTests and TorchScriptTests expect.

Run in this folder with torch==2.13.0+cpu: python make.py
"""

import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
SEED, STEPS, RATE = 1234, 5, 0.1


class MLP(nn.Module):
    """For images of 8 by 8 pixels and four classes, with everything that depends on the mode."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Dropout(0.25), nn.BatchNorm1d(8))
        self.head = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.layers(x))


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.conv(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def save(module, name):
    """Saves a module without the places in its sources, which are paths of this machine."""
    path = HERE / name
    torch.jit.script(module).save(str(path))
    reader = torch._C.PyTorchFileReader(str(path))
    records = {name: reader.get_record(name) for name in reader.get_all_records()}
    del reader
    writer = torch._C.PyTorchFileWriter(str(path))
    for record, content in records.items():
        if not record.endswith(".debug_pkl") and record not in ("version", ".data/serialization_id"):
            writer.write_record(record, content, len(content))
    writer.write_end_of_file()
    return torch.jit.load(str(path))


def batch():
    """Numbers that float32 holds exactly, so that the test can make the same ones."""
    places = torch.arange(8 * 64)
    return ((places * 37 % 101).float() / 64).reshape(8, 1, 8, 8), torch.arange(8) % 4


def values(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def numbers(tensors):
    return {name: values(tensor) for name, tensor in tensors}


def golden(name, module):
    # With this seed, float32 and float64 agree to 1e-6 after all steps: no unit is nearly constant.
    torch.manual_seed(7)
    module = save(module(), name + ".pt")
    x, target = batch()
    module.eval()
    result = {
        "shapes": {key: list(value.shape) for key, value in module.state_dict().items()},
        "output": values(module(x)),
    }
    module.train()
    # The test runs the program as it is written, too.
    with torch.jit.optimized_execution(False):
        for step in range(STEPS):
            torch.manual_seed(SEED + step)
            module.zero_grad()
            loss = F.cross_entropy(module(x), target)
            loss.backward()
            if step == 0:
                result["loss"] = loss.item()
                result["gradients"] = numbers((n, p.grad) for n, p in module.named_parameters())
            with torch.no_grad():
                for parameter in module.parameters():
                    parameter -= RATE * parameter.grad
    result["trained"] = numbers(module.state_dict().items())
    module.eval()
    result["trained_output"] = values(module(x))
    return result


if __name__ == "__main__":
    goldens = {"mlp": golden("mlp", MLP), "cnn": golden("cnn", CNN)}
    (HERE / "goldens.json").write_text(json.dumps(goldens, sort_keys=True) + "\n")

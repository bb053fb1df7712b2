"""The model names.
"""
import torch
import torch.nn.functional as F
from torch import nn


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.add_module("2", nn.Conv2d(4, 4, 3, padding=1))

    def forward(self, x):
        x = F.relu(self.first(x))
        return self.get_submodule("2")(x)


class Inner2(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.add_module("2", nn.Conv2d(4, 4, 3, padding=1))

    def forward(self, x):
        first = self.first(x)
        x = F.relu(first)
        x = self.get_submodule("2")(x)
        return first, x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self._modules["type"] = nn.Conv2d(4, 4, 3, padding=1)
        self.add_module("class", Inner())
        self.add_module("2", nn.Conv2d(4, 4, 1))
        self.x = nn.ReLU()
        self.register_parameter("4", nn.Parameter(torch.ones(4, 1, 1)))
        self.other = Inner2()
        self.add_module("9", nn.Linear(4, 3))

    def forward(self, x):
        x = self._modules["type"](x)
        x = self.get_submodule("class")(x)
        x = self.get_submodule("2")(x)
        x2 = self.x(x)
        x = x2 * self.get_parameter("4")
        first, value_2 = self.other(x)
        x = self.get_submodule("class")(value_2)
        x = x + first + x2
        x = x.mean((2, 3))
        return self.get_submodule("9")(x)

"""Trains an epoch in PyTorch with the split, the initial weights, the batch order and the dropout masks
of a run, and compares the loss of every step.

usage: gate.py RUN INITIAL.safetensors
"""

import json
import os
import sys

import numpy as np
import torch
from torch.nn.functional import cross_entropy, linear, relu

import common


def main():
    run, initial = sys.argv[1:3]
    train, _ = common.split_of(os.path.join(run, "predictions.csv"))
    losses = np.fromfile(os.path.join(run, "losses.bin"), "<f8")
    images, labels = common.mnist("train")
    pixels = torch.from_numpy(images.copy()).flatten(1).float().div_(255).sub_(0.5).div_(0.5)
    labels = torch.from_numpy(labels)
    model = common.network()
    common.load_weights(model, initial)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    first, second, third = model[1], model[4], model[6]
    order = torch.from_numpy(train[common.epoch_order(len(train), 1)])
    differences = []
    for step, part in enumerate(order.split(common.BATCH), start=1):
        hidden = relu(linear(pixels[part], first.weight, first.bias))
        mask = common.dropout_mask(hidden.shape, "3", 1, step)
        hidden = relu(linear(hidden * torch.from_numpy(mask), second.weight, second.bias))
        loss = cross_entropy(linear(hidden, third.weight, third.bias), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        differences.append(abs(loss.item() - losses[step - 1]) / abs(losses[step - 1]))
    print(
        json.dumps(
            {
                "steps": len(differences),
                "first_100": max(differences[:100]),
                "all": max(differences),
            }
        )
    )


main()

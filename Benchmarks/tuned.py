"""The sequential experiment in PyTorch as fast as it goes without compiling: tensors in memory,
normalised once, fused Adam, no DataLoader, losses read once an epoch. Of a run with folds, all of them
one after another. MODEL is sequential, lenet5 or simple_cnn; the convolutional ones are trained channels last.

usage: tuned.py PREDICTIONS.csv THREADS [EPOCHS] [SEED] [MODEL]
"""

import sys
import time

import common

start = common.now()
import torch  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402


def tensors(part):
    images, labels = common.mnist(part)
    pixels = torch.from_numpy(images.copy()).unsqueeze(1).float().div_(255).sub_(0.5).div_(0.5)
    return pixels, torch.from_numpy(labels)


def evaluate(model, images, labels):
    model.eval()
    with torch.inference_mode():
        scores = torch.cat([model(part) for part in images.split(1000)])
        return cross_entropy(scores, labels).item(), (scores.argmax(1) == labels).float().mean().item()


def train(images, labels, split, epochs, chooses_best, name):
    """A model of one split, with the seconds that its steps took."""
    train, validation = (torch.from_numpy(x) for x in split)
    held_images, held_labels = images[validation], labels[validation]
    images, labels = images[train], labels[train]
    model = common.network(name)
    if name != "sequential":
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    training, best, best_state, steps = 0.0, float("inf"), None, 0
    for _ in range(epochs):
        begin = common.now()
        model.train()
        losses, correct = [], torch.zeros((), dtype=torch.int64)
        for part in torch.randperm(len(images)).split(common.BATCH):
            targets = labels[part]
            scores = model(images[part])
            loss = cross_entropy(scores, targets)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
            correct += (scores.argmax(1) == targets).sum()
            steps += 1
        torch.stack(losses).mean().item()
        training += common.now() - begin
        value, _ = evaluate(model, held_images, held_labels)
        if chooses_best and value < best:
            best = value
            best_state = {name: x.clone() for name, x in model.state_dict().items()}
    if chooses_best:
        model.load_state_dict(best_state)
    return model, training, steps


def main():
    torch.set_num_threads(int(sys.argv[2]))
    torch.set_flush_denormal(True)
    epochs = int(sys.argv[3]) if len(sys.argv) > 3 else common.EPOCHS
    torch.manual_seed(int(sys.argv[4]) if len(sys.argv) > 4 else common.SEED)
    name = sys.argv[5] if len(sys.argv) > 5 else "sequential"
    splits = common.splits_of(sys.argv[1])
    images, labels = tensors("train")
    test = tensors("t10k")
    training, steps, accuracies = 0.0, 0, []
    for split in splits:
        model, seconds, count = train(images, labels, split, epochs, len(splits) == 1, name)
        training += seconds
        steps += count
        accuracies.append(evaluate(model, *test)[1])
    common.result(
        accuracy=sum(accuracies) / len(accuracies), training=training, steps=steps,
        whole=common.now() - start)


main()

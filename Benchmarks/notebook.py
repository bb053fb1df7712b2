"""The sequential experiment as a notebook has it: torchvision transforms, a DataLoader, plain Adam.

usage: notebook.py PREDICTIONS.csv [EPOCHS]
"""

import sys

import numpy as np

import common

start = common.now()
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, Dataset, Subset  # noqa: E402

transforms = common.torchvision().transforms

from PIL import Image  # noqa: E402


class Pictures(Dataset):
    """As torchvision's MNIST: a PIL image an example, and its transform."""

    def __init__(self, part, transform):
        self.images, self.labels = common.mnist(part)
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = Image.fromarray(self.images[index], mode="L")
        return self.transform(image), int(self.labels[index])


def evaluate(model, loader, loss_function):
    model.eval()
    total, correct, predictions, labels = 0.0, 0, [], []
    with torch.no_grad():
        for images, targets in loader:
            scores = model(images)
            total += loss_function(scores, targets).item() * len(targets)
            predictions.append(scores.argmax(1))
            labels.append(targets)
    predictions, labels = torch.cat(predictions), torch.cat(labels)
    correct = (predictions == labels).sum().item()
    return total / len(labels), correct / len(labels), predictions, labels


def main():
    import warnings

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    torch.manual_seed(common.SEED)
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else common.EPOCHS
    transform = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))]
    )
    train_set, test_set = Pictures("train", transform), Pictures("t10k", transform)
    train, validation = common.split_of(sys.argv[1])
    train_loader = DataLoader(Subset(train_set, train), batch_size=common.BATCH, shuffle=True)
    validation_loader = DataLoader(Subset(train_set, validation), batch_size=common.BATCH)
    test_loader = DataLoader(test_set, batch_size=common.BATCH)

    model = common.network()
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    training, best, best_state = 0.0, float("inf"), None
    for _ in range(epochs):
        begin = common.now()
        model.train()
        for images, targets in train_loader:
            optimizer.zero_grad()
            scores = model(images)
            loss = loss_function(scores, targets)
            loss.backward()
            optimizer.step()
            (scores.argmax(1) == targets).sum().item()
            loss.item()
        training += common.now() - begin
        value, _, _, _ = evaluate(model, validation_loader, loss_function)
        if value < best:
            best = value
            best_state = {name: x.clone() for name, x in model.state_dict().items()}
    model.load_state_dict(best_state)
    _, accuracy, predictions, labels = evaluate(model, test_loader, loss_function)
    from sklearn.metrics import classification_report, confusion_matrix

    classification_report(labels, predictions, digits=4)
    confusion_matrix(labels, predictions)
    common.result(
        accuracy=accuracy, training=training, steps=epochs * len(train_loader),
        whole=common.now() - start,
    )


main()

"""The frozen ResNet-18 on 4,000 images of MNIST with five folds, in PyTorch.

usage: transfer_peer.py cached PREDICTIONS.csv WEIGHTS.pth THREADS
       transfer_peer.py notebook PREDICTIONS.csv WEIGHTS.pth THREADS IMAGES

`cached` is what a careful person writes: the backbone's output for every image computed once, channels
last, in inference mode, and the classifier of each fold trained on it. `notebook` passes every image
through the whole network in every epoch; it times an epoch on so many images of the first fold and
says what one image costs.
"""

import sys

import common

start = common.now()
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from torch import nn  # noqa: E402

torchvision = common.torchvision()
EPOCHS = 5
TRAIN, TEST = 4000, 1000


class Pictures(torch.utils.data.Dataset):
    """As torchvision's MNIST: a PIL image an example, and its transform."""

    def __init__(self, part, count):
        images, labels = common.mnist(part)
        self.images, self.labels = images[:count], labels[:count]
        steps = torchvision.transforms
        self.transform = steps.Compose([
            steps.Resize((224, 224)), steps.Grayscale(3), steps.ToTensor(),
            steps.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ])

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        image = Image.fromarray(self.images[index], mode="L")
        return self.transform(image), int(self.labels[index])


def backbone(path):
    model = torchvision.models.resnet18()
    model.load_state_dict(torch.load(path, weights_only=True))
    for parameter in model.parameters():
        parameter.requires_grad = False
    return model


def cached(splits, path):
    model = backbone(path)
    model.fc = nn.Identity()
    model = model.eval().to(memory_format=torch.channels_last)
    features, labels = {}, {}
    begin = common.now()
    with torch.inference_mode():
        for part, count in (("train", TRAIN), ("t10k", TEST)):
            loader = torch.utils.data.DataLoader(Pictures(part, count), batch_size=32)
            parts = [
                (model(images.contiguous(memory_format=torch.channels_last)), targets)
                for images, targets in loader
            ]
            features[part] = torch.cat([x for x, _ in parts]).clone()
            labels[part] = torch.cat([y for _, y in parts])
    passed = common.now() - begin
    features = {name: x.detach().clone() for name, x in features.items()}
    correct = 0
    for train, validation in splits:
        train, validation = torch.from_numpy(train), torch.from_numpy(validation)
        head = nn.Linear(512, 10)
        optimizer = torch.optim.Adam(head.parameters(), lr=1e-4, fused=True)
        for _ in range(EPOCHS):
            for batch in train[torch.randperm(len(train))].split(common.BATCH):
                optimizer.zero_grad(set_to_none=True)
                loss = nn.functional.cross_entropy(
                    head(features["train"][batch]), labels["train"][batch])
                loss.backward()
                optimizer.step()
            with torch.inference_mode():
                scores = head(features["train"][validation])
        correct += (scores.argmax(1) == labels["train"][validation]).sum().item()
        with torch.inference_mode():
            head(features["t10k"]).argmax(1)
    common.result(accuracy=correct / TRAIN, passed=passed, whole=common.now() - start)


def notebook(splits, path, count):
    model = backbone(path)
    model.fc = nn.Linear(512, 10)
    model.eval()  # As the runner's frozen batch normalisation; a notebook often forgets it.
    optimizer = torch.optim.Adam(model.fc.parameters(), lr=1e-4)
    train, _ = splits[0]
    pictures = torch.utils.data.Subset(Pictures("train", TRAIN), train[:count])
    loader = torch.utils.data.DataLoader(pictures, batch_size=common.BATCH, shuffle=True)
    seen, begin = 0, None
    for images, targets in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        loss.item()
        if begin is None:  # The first batch pays for what is set up once.
            begin = common.now()
        else:
            seen += len(targets)
    common.result(image=(common.now() - begin) / seen, images=seen)


def main():
    import warnings

    warnings.filterwarnings("ignore", category=DeprecationWarning)
    torch.set_num_threads(int(sys.argv[4]))
    torch.set_flush_denormal(True)
    torch.manual_seed(common.SEED)
    splits = common.splits_of(sys.argv[2], TRAIN)
    if sys.argv[1] == "cached":
        cached(splits, sys.argv[3])
    else:
        notebook(splits, sys.argv[3], int(sys.argv[5]))


main()

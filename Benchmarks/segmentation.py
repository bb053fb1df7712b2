"""A U-Net from scratch on CamVid with `runner` and with PyTorch, seed by seed in turn on the same machine.

usage: segmentation.py --runner PATH [--seeds 1 2 3] [--epochs 20] [--threads N] [--only runner|pytorch]

Both train `unet: {width: 16, depth: 3}` (482,907 parameters) on the 367 training pictures of camvid-small.zip at
96×128 with flips and colour jitter, AdamW, cosine decay after one epoch of warm-up, and keep the weights of the epoch
with the lowest validation loss. The seeds give each program its own random numbers, so that the scores on the test set
agree within their spread over seeds, not digit by digit. PyTorch has its pictures decoded and resized in memory,
channels-last memory and the fused optimizer; its time leaves out imports and decoding, `runner`'s is that of the whole
process with its checks, decoding, plots and report.
"""

import io
import os
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

import common
import seeds

SIZE = (96, 128)
BATCH = 8
CLASSES = 11
MEAN, STD = [0.41, 0.43, 0.43], [0.3, 0.31, 0.3]
EXPERIMENT = """
name: camvid
seed: {seed}
data:
  dataset:
    image_masks: {{images: {data}, ignore: 11}}
  transforms:
    - resize: [96, 128]
    - random_horizontal_flip
    - color_jitter: {{brightness: 0.2, contrast: 0.2}}
    - to_tensor
    - normalize: {{mean: {mean}, std: {std}}}
  split: {{validation: given}}
  batch_size: 8
model:
  - unet: {{width: 16, depth: 3}}
loss: cross_entropy
optimizer:
  adamw: {{lr: 2e-3, weight_decay: 1e-2}}
schedule:
  cosine: {{warmup_epochs: 1}}
train: {{epochs: {epochs}}}
"""


def double(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [
            nn.Conv2d(channels, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, width=16, depth=3):
        super().__init__()
        widths = [width << level for level in range(depth + 1)]
        self.down = nn.ModuleList(double(a, b) for a, b in zip([3] + widths, widths))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in reversed(widths[:-1])
        )
        self.decoders = nn.ModuleList(double(2 * w, w) for w in reversed(widths[:-1]))
        self.classifier = nn.Conv2d(width, CLASSES, 1)

    def forward(self, x):
        skips = []
        for level, down in enumerate(self.down):
            x = down(x if level == 0 else F.max_pool2d(x, 2))
            skips.append(x)
        skips.pop()
        for up, decoder in zip(self.up, self.decoders):
            x = decoder(torch.cat([skips.pop(), up(x)], 1))
        return self.classifier(x)


def load(archive, split):
    """uint8 pictures [n, 3, height, width] and int64 masks [n, height, width], -100 for pixels without a class."""
    names = sorted(n for n in archive.namelist() if n.startswith(f"{split}/images/") and n[-1] != "/")
    images, masks = [], []
    for name in names:
        stem = os.path.splitext(os.path.basename(name))[0]
        image = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
        images.append(np.asarray(image.resize(SIZE[::-1], Image.BILINEAR)).transpose(2, 0, 1))
        mask = Image.open(io.BytesIO(archive.read(f"{split}/masks/{stem}.png")))
        masks.append(np.asarray(mask.resize(SIZE[::-1], Image.NEAREST)).astype(np.int64))
    masks = np.stack(masks)
    masks[masks >= CLASSES] = -100
    return torch.from_numpy(np.stack(images)), torch.from_numpy(masks)


def evaluate(model, images, masks, mean, std):
    """The mean loss over pixels and the counts [true class, predicted class]."""
    model.eval()
    counts = torch.zeros(CLASSES * CLASSES, dtype=torch.int64)
    loss, pixels = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(images), 32):
            x = (images[start : start + 32].float() / 255 - mean) / std
            y = masks[start : start + 32]
            scores = model(x.contiguous(memory_format=torch.channels_last))
            loss += F.cross_entropy(scores, y, reduction="sum").item()
            known = y >= 0
            pixels += int(known.sum())
            cells = y[known] * CLASSES + scores.argmax(1)[known]
            counts += torch.bincount(cells, minlength=CLASSES * CLASSES)
    return loss / pixels, counts.reshape(CLASSES, CLASSES).double()


def mean_iou(counts):
    """Over classes that occur or are predicted, as scikit-learn's jaccard_score on the pooled pixels."""
    hits = counts.diag()
    union = counts.sum(0) + counts.sum(1) - hits
    return (hits[union > 0] / union[union > 0]).mean().item()


def pytorch(data, seed, epochs):
    from torchvision.transforms import v2

    torch.manual_seed(seed)
    train_x, train_y = data["train"]
    mean = torch.tensor(MEAN).reshape(1, 3, 1, 1)
    std = torch.tensor(STD).reshape(1, 3, 1, 1)
    jitter = v2.ColorJitter(brightness=0.2, contrast=0.2)
    begin = time.perf_counter()
    model = UNet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2, fused=True)
    steps = -(-len(train_x) // BATCH)
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / steps, 1, steps)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps * (epochs - 1))
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, decay], [steps])
    best, best_state = float("inf"), None
    for _ in range(epochs):
        model.train()
        order = torch.randperm(len(train_x))
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            x = torch.stack([jitter(image) for image in train_x[part]])
            y = train_y[part]
            flipped = torch.rand(len(part)) < 0.5
            x[flipped], y[flipped] = x[flipped].flip(-1), y[flipped].flip(-1)
            x = ((x.float() / 255 - mean) / std).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        loss, _ = evaluate(model, *data["val"], mean, std)
        if loss < best:
            best = loss
            best_state = {key: value.clone() for key, value in model.state_dict().items()}
    model.load_state_dict(best_state)
    _, counts = evaluate(model, *data["test"], mean, std)
    seconds = time.perf_counter() - begin
    return mean_iou(counts), (counts.diag().sum() / counts.sum()).item(), seconds


def experiment(path, seed, epochs):
    return EXPERIMENT.format(seed=seed, data=path, mean=MEAN, std=STD, epochs=epochs)


if __name__ == "__main__":
    common.torchvision()
    seeds.compare(
        __doc__, "PyTorch", 20, "camvid-small.zip", load, experiment, pytorch,
        [("mean IoU", "mean_iou"), ("pixel accuracy", "pixel_accuracy")],
    )

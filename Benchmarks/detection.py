"""FCOS from scratch on BCCD's blood cells with `runner` and with torchvision, seed by seed in turn on the same machine.

usage: detection.py --runner PATH [--seeds 1 2 3] [--epochs 12] [--threads N] [--only runner|torchvision]

Both train FCOS on a ResNet-18 with a pyramid of 64 channels on the 205 training pictures of bccd.zip at 240×320 with
flips, AdamW, cosine decay after one epoch of warm-up and gradients clipped to norm 1, keep the weights of the epoch
with the lowest validation loss, and are scored on the 72 test pictures: `runner` by its own scores, torchvision by
pycocotools. The seeds give each program its own random numbers, so that the scores agree within their spread over
seeds, not digit by digit. torchvision has its pictures decoded and resized in memory; its time leaves out imports and
decoding, `runner`'s is that of the whole process with its checks, decoding, plots and report.
"""

import contextlib
import io
import time
import xml.etree.ElementTree as ElementTree

import numpy as np
import torch
from PIL import Image

import common
import seeds

SIZE = (240, 320)
BATCH = 8
NAMES = ["Platelets", "RBC", "WBC"]
MEAN, STD = [0.66, 0.64, 0.68], [0.25, 0.24, 0.22]
EXPERIMENT = """
name: bccd
seed: {seed}
data:
  dataset: {{voc: {data}}}
  transforms:
    - resize: [240, 320]
    - random_horizontal_flip
    - to_tensor
    - normalize: {{mean: {mean}, std: {std}}}
  split: {{validation: given}}
  batch_size: 8
model:
  - fcos: {{backbone: resnet18, channels: 64}}
optimizer:
  adamw: {{lr: 1e-3, weight_decay: 1e-2}}
schedule:
  cosine: {{warmup_epochs: 1}}
train: {{epochs: {epochs}, clip_grad_norm: 1}}
"""


def load(archive, split):
    """Pictures [n, 3, height, width] as bytes, and for each its name, its boxes at that size and their classes."""
    names = archive.read(f"BCCD/ImageSets/Main/{split}.txt").decode().split()
    images, targets = [], []
    for name in names:
        image = Image.open(io.BytesIO(archive.read(f"BCCD/JPEGImages/{name}.jpg"))).convert("RGB")
        scale = np.array([SIZE[1] / image.width, SIZE[0] / image.height] * 2, np.float32)
        boxes, labels = [], []
        root = ElementTree.fromstring(archive.read(f"BCCD/Annotations/{name}.xml"))
        for item in root.iter("object"):
            box = item.find("bndbox")
            values = [float(box.find(k).text) for k in ("xmin", "ymin", "xmax", "ymax")]
            # VOC's corners count pixels from 1, and the last one belongs to the box.
            boxes.append([values[0] - 1, values[1] - 1, values[2], values[3]])
            labels.append(NAMES.index(item.find("name").text))
        boxes = np.array(boxes, np.float32).reshape(-1, 4)
        images.append(np.asarray(image.resize(SIZE[::-1], Image.BILINEAR)).transpose(2, 0, 1))
        targets.append({
            "name": name, "original": boxes, "labels": torch.tensor(labels, dtype=torch.int64),
            "boxes": clean(torch.from_numpy(boxes * scale)), "scale": scale,
        })
    return torch.from_numpy(np.stack(images)), targets


def clean(boxes):
    return boxes.clamp(min=torch.zeros(4), max=torch.tensor([SIZE[1], SIZE[0]] * 2, dtype=torch.float32))


def usable(boxes, labels):
    large = ((boxes[:, 2:] - boxes[:, :2]) >= 1).all(1)
    return {"boxes": boxes[large], "labels": labels[large]}


def model():
    from torchvision.models import resnet18
    from torchvision.models.detection import FCOS
    from torchvision.models.detection.backbone_utils import BackboneWithFPN
    from torchvision.ops.feature_pyramid_network import LastLevelP6P7

    backbone = BackboneWithFPN(
        resnet18(weights=None), {"layer2": "0", "layer3": "1", "layer4": "2"}, [128, 256, 512], 64,
        extra_blocks=LastLevelP6P7(64, 64),
    )
    made = FCOS(
        backbone, len(NAMES), min_size=SIZE[0], max_size=SIZE[1], image_mean=MEAN, image_std=STD,
        score_thresh=0.05,
    )
    made.transform.size_divisible = 1
    return made


def validation_loss(net, images, targets):
    """The loss per foreground point over all pictures, with the statistics of training."""
    from torch.nn import functional

    net.eval()
    sums, positives = 0.0, 0
    with torch.no_grad():
        for start in range(0, len(images), BATCH):
            part = [usable(t["boxes"], t["labels"]) for t in targets[start : start + BATCH]]
            x, moved = net.transform([i.float() / 255 for i in images[start : start + BATCH]], part)
            features = list(net.backbone(x.tensors).values())
            outputs = net.head(features)
            anchors = net.anchor_generator(x, features)
            levels = [f.size(2) * f.size(3) for f in features]
            net.train()
            losses = net.compute_loss(moved, outputs, anchors, levels)
            net.eval()
            count = foreground(net, moved, anchors, levels)
            sums += sum(v.item() for v in losses.values()) * max(1, count)
            positives += count
    return sums / max(1, positives)


def foreground(net, targets, anchors, levels):
    """How many points the heads were told to find, as FCOS.compute_loss counts them."""
    count = 0
    original = net.head.compute_loss

    def watch(targets, outputs, anchors, matched):
        nonlocal count
        count += sum(int((m >= 0).sum()) for m in matched)
        return {}

    net.head.compute_loss = watch
    try:
        net.compute_loss(targets, {}, anchors, levels)
    finally:
        net.head.compute_loss = original
    return count


def torchvision_run(data, seed, epochs):
    torch.manual_seed(seed)
    images, targets = data["train"]
    begin = time.perf_counter()
    net = model()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=1e-2, fused=True)
    steps = -(-len(images) // BATCH)
    warmup = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / steps, 1, steps)
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps * (epochs - 1))
    schedule = torch.optim.lr_scheduler.SequentialLR(optimizer, [warmup, decay], [steps])
    best, best_state = float("inf"), None
    for _ in range(epochs):
        net.train()
        order = torch.randperm(len(images)).tolist()
        for start in range(0, len(order), BATCH):
            xs, ts = [], []
            for index in order[start : start + BATCH]:
                x, target = images[index], targets[index]
                boxes = target["boxes"]
                if torch.rand(()) < 0.5:
                    x = x.flip(-1)
                    boxes = torch.stack(
                        [SIZE[1] - boxes[:, 2], boxes[:, 1], SIZE[1] - boxes[:, 0], boxes[:, 3]], 1
                    ).reshape(-1, 4)
                xs.append(x.float() / 255)
                ts.append(usable(boxes, target["labels"]))
            loss = sum(net(xs, ts).values())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        loss = validation_loss(net, *data["val"])
        if loss < best:
            best = loss
            best_state = {key: value.clone() for key, value in net.state_dict().items()}
    seconds = time.perf_counter() - begin
    net.load_state_dict(best_state)
    return *score(net, *data["test"]), seconds


def score(net, images, targets):
    """COCO's mAP and mAP50 by pycocotools, in pixels of the files."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    net.eval()
    truth = {"images": [], "annotations": [], "info": {},
             "categories": [{"id": k + 1, "name": n} for k, n in enumerate(NAMES)]}
    found = []
    with torch.inference_mode():
        for number, (image, target) in enumerate(zip(images, targets), 1):
            truth["images"].append({"id": number})
            for box, label in zip(target["original"].tolist(), target["labels"].tolist()):
                width, height = box[2] - box[0], box[3] - box[1]
                truth["annotations"].append({
                    "id": len(truth["annotations"]) + 1, "image_id": number, "category_id": label + 1,
                    "bbox": [box[0], box[1], width, height], "area": width * height, "iscrowd": 0,
                })
            (answer,) = net([image.float() / 255])
            boxes = answer["boxes"].numpy() / target["scale"]
            for box, label, value in zip(boxes.tolist(), answer["labels"].tolist(), answer["scores"].tolist()):
                found.append({"image_id": number, "category_id": label + 1, "score": value,
                              "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]]})
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])


def nms(boxes, scores, threshold):
    """As torchvision's compiled operator, for installations without it."""
    order = scores.argsort(descending=True, stable=True)
    ordered = boxes[order]
    area = (ordered[:, 2] - ordered[:, 0]) * (ordered[:, 3] - ordered[:, 1])
    first = torch.maximum(ordered[:, None, :2], ordered[None, :, :2])
    last = torch.minimum(ordered[:, None, 2:], ordered[None, :, 2:])
    both = (last - first).clamp(min=0).prod(2)
    overlaps = (both / (area[:, None] + area[None] - both) > threshold).numpy()
    dropped = np.zeros(len(boxes), bool)
    for place in range(len(boxes)):
        if not dropped[place]:
            dropped[place + 1 :] |= overlaps[place, place + 1 :]
    return order[torch.from_numpy(~dropped)]


def provide_nms():
    torchvision = common.torchvision()
    if torchvision.extension._has_ops():
        return
    library = torch.library.Library("torchvision", "IMPL")
    library.impl("nms", nms, "CPU")
    torchvision.extension._assert_has_ops = lambda: None
    torchvision.ops.boxes._assert_has_ops = lambda: None
    torchvision.nms_library = library  # Its definitions live as long as it does.


def experiment(path, seed, epochs):
    return EXPERIMENT.format(seed=seed, data=path, mean=MEAN, std=STD, epochs=epochs)


if __name__ == "__main__":
    provide_nms()
    seeds.compare(
        __doc__, "torchvision", 12, "bccd.zip", load, experiment, torchvision_run,
        [("mAP", "map"), ("mAP50", "map_50")],
    )

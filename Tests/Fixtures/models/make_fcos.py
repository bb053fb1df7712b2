"""What torchvision's FCOS computes: losses and boxes of given outputs, and of a small model.

    python make_fcos.py        needs torch 2.13 and torchvision 0.28; writes beside itself

`fcos.points.json`: for outputs and boxes that are functions of their names (formula.py), the three losses, their
gradients with respect to the outputs as one number for each image, and the boxes that are found.
`fcos.model.json`: the same for a model on a ResNet-18 with 32 channels and weights from formula.py, without the
resizing that torchvision does before, and what one step of SGD does to every parameter, in double precision.
"""
import json, math, pathlib
import torch
def nms(boxes, scores, threshold):
    """As torchvision's kernel for the CPU, which is not always there."""
    order = scores.sort(stable=True, dim=0, descending=True)[1]
    x1, y1, x2, y2 = boxes[order].unbind(1)
    areas = (x2 - x1) * (y2 - y1)
    dropped = torch.zeros(len(order), dtype=torch.bool)
    kept = []
    for i in range(len(order)):
        if dropped[i]:
            continue
        kept.append(int(order[i]))
        w = (torch.minimum(x2[i], x2[i + 1:]) - torch.maximum(x1[i], x1[i + 1:])).clamp(min=0)
        h = (torch.minimum(y2[i], y2[i + 1:]) - torch.maximum(y1[i], y1[i + 1:])).clamp(min=0)
        both = w * h
        dropped[i + 1:] |= (both / (areas[i] + areas[i + 1:] - both)).double() > threshold
    return torch.tensor(kept, dtype=torch.int64)


try:
    import torchvision
except RuntimeError:
    # Without its own library, for which these are enough.
    lib = torch.library.Library("torchvision", "FRAGMENT")
    for op in ["nms", "qnms"]:
        lib.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
from torchvision.models.detection import FCOS
from torchvision.models.detection.backbone_utils import BackboneWithFPN
from torchvision.models.detection.image_list import ImageList
from torchvision.ops.feature_pyramid_network import LastLevelP6P7
from formula import projection, uniform, values

torchvision.ops.boxes.nms = nms
here = pathlib.Path(__file__).parent
strides = [8, 16, 32, 64, 128]
torch.set_num_threads(1)


def boxes(name, count, height, width, classes):
    """`count` boxes with classes: sizes from 6 pixels to nearly the whole image, whole multiples of a quarter."""
    u = uniform(name, 5 * count).reshape(count, 5)
    w, h = [6 + (side - 8) * u[:, k] ** 2 for side, k in ((width, 0), (height, 1))]
    x, y = (width - w) * u[:, 2], (height - h) * u[:, 3]
    edges = (4 * torch.stack([x, y, x + w, y + h], 1)).round() / 4
    return edges.float(), (u[:, 4] * classes).long()


def small(classes, **options):
    body = torchvision.models.resnet18(weights=None)
    backbone = BackboneWithFPN(
        body, {"layer2": "0", "layer3": "1", "layer4": "2"}, [128, 256, 512], 32,
        extra_blocks=LastLevelP6P7(32, 32))
    return FCOS(backbone, classes, **options)


def anchors(model, height, width, images):
    features = [torch.zeros(images, 1, -(-height // s), -(-width // s)) for s in strides]
    sizes = [f.shape[2] * f.shape[3] for f in features]
    made = model.anchor_generator(
        ImageList(torch.zeros(images, 3, height, width), [(height, width)] * images), features)
    return made, sizes


def losses(model, outputs, targets, height, width):
    """The sums over the batch of classification, boxes and centerness, divided by the points with a box."""
    made, sizes = anchors(model, height, width, len(targets))
    classes = outputs.shape[2] - 5
    parts = dict(zip(["cls_logits", "bbox_regression", "bbox_ctrness"], outputs.split([classes, 4, 1], 2)))
    found = model.compute_loss([{"boxes": b.to(outputs.dtype), "labels": l} for b, l in targets], parts,
                               [a.to(outputs.dtype) for a in made], sizes)
    return [found[key] for key in ("classification", "bbox_regression", "bbox_ctrness")]


def detections(model, outputs, height, width):
    made, sizes = anchors(model, height, width, len(outputs))
    classes = outputs.shape[2] - 5
    parts = dict(zip(["cls_logits", "bbox_regression", "bbox_ctrness"], outputs.split([classes, 4, 1], 2)))
    split = {key: list(value.split(sizes, 1)) for key, value in parts.items()}
    found = model.postprocess_detections(
        split, [list(a.split(sizes)) for a in made], [(height, width)] * len(outputs))
    return [
        [[float(f"{s:.8g}"), int(l)] + [float(f"{v:.8g}") for v in b] for s, l, b in
         zip(f["scores"].tolist(), f["labels"].tolist(), f["boxes"].tolist())] for f in found]


def direction(name, tensor):
    return (2 * uniform(name, tensor.numel()) - 1).reshape(tensor.shape)


def short(numbers, digits=8): return [float(f"{x:.{digits}g}") for x in numbers]


def case(name, height, width, classes, counts, step=0.0, decoding=None, best=None):
    """`step`: outputs are rounded to its multiples, so that scores are equal."""
    model = small(classes, **(decoding or {}))
    made, sizes = anchors(model, height, width, len(counts))
    shape = (len(counts), sum(sizes), classes + 5)
    raw = uniform(name, math.prod(shape)).reshape(shape)
    outputs = torch.cat([8 * raw[..., :classes] - 6, 6 * raw[..., classes:-1], 6 * raw[..., -1:] - 3], 2)
    outputs = ((outputs / step).round() * step if step else outputs).float()
    targets = [boxes(f"{name} {i}", n, height, width, classes) for i, n in enumerate(counts)]
    outputs.requires_grad_(True)
    parts = losses(model, outputs, targets, height, width)
    gradients = []
    for part in parts:
        outputs.grad = None
        part.backward(retain_graph=True)
        gradients.append(short((outputs.grad.double() * direction("direction", outputs)).sum([1, 2]).tolist(), 7))
    record = {
        "name": name, "height": height, "width": width, "classes": classes, "boxes": counts, "step": step,
        "losses": short([p.item() for p in parts]), "gradients": gradients,
        "score_threshold": model.score_thresh, "nms_threshold": model.nms_thresh,
        "candidates": model.topk_candidates, "most": model.detections_per_img}
    found = detections(model, outputs.detach(), height, width)
    record["found"] = [len(f) for f in found]
    record["detections"] = [f[:best] for f in found]
    return record


def computed():
    height, width, classes = 130, 134, 5
    counts = [4, 0]
    images = (2 * uniform("images", 2 * 3 * height * width).reshape(2, 3, height, width) - 1).float()
    model = small(classes, score_thresh=0.3, detections_per_img=20)
    keys = {k for k in model.state_dict()}
    assert not any("body.fc" in k for k in keys)
    model.load_state_dict({key: values(key, tensor) for key, tensor in model.state_dict().items()})
    targets = [boxes(f"model {i}", n, height, width, classes) for i, n in enumerate(counts)]

    def forward(x):
        parts = model.head(list(model.backbone(x).values()))
        return torch.cat([parts[k] for k in ("cls_logits", "bbox_regression", "bbox_ctrness")], 2)

    model.eval()
    with torch.no_grad():
        evaluation = forward(images)
    found = detections(model, evaluation, height, width)
    stride = evaluation.numel() // 300 | 1
    model.double().train()
    outputs = forward(images.double())
    parts = losses(model, outputs, targets, height, width)
    sum(parts).backward()
    largest = max(abs(projection(k, torch.zeros_like(p), p.grad)) for k, p in model.named_parameters())
    learning_rate = 10.0 ** -math.ceil(math.log10(largest))
    torch.optim.SGD(model.parameters(), lr=learning_rate).step()
    with torch.no_grad():
        steps = {k: projection(k, values(k, p), p) for k, p in model.named_parameters()}
    return {
        "height": height, "width": width, "classes": classes, "boxes": counts, "stride": stride,
        "score_threshold": model.score_thresh, "nms_threshold": model.nms_thresh,
        "candidates": model.topk_candidates, "most": model.detections_per_img,
        "evaluation": short(evaluation.flatten()[::stride].tolist(), 7), "detections": found,
        "losses": short([p.item() for p in parts]), "learning_rate": learning_rate,
        "steps": {key: round(x, 7) for key, x in steps.items()}}


def write(name, value):
    (here / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


write("fcos.points.json", [
    case("several", 240, 320, 3, [3, 1, 7], best=20),
    case("empty", 240, 320, 3, [0, 2], best=5),
    case("nothing", 128, 160, 2, [0], best=5),
    case("crowded", 240, 320, 4, [90, 5], decoding={"score_thresh": 0.05, "detections_per_img": 300}, best=300),
    case("odd", 250, 333, 3, [6, 12], best=20),
    case("tall", 333, 97, 2, [5, 2], best=20),
    case("ties", 240, 320, 2, [4, 4], step=1.0, best=100),
    case("few", 130, 150, 2, [2], decoding={"topk_candidates": 15, "score_thresh": 0.5, "nms_thresh": 0.3}),
])
write("fcos.model.json", computed())

"""What torchvision's models are and compute, the residual networks for 32×32 images and the U-Nets.

    python make_torchvision.py [NAME ...]        needs torch 2.13 and torchvision 0.28; writes beside itself

`NAME.modules` lists every parameter with its shape, for 1000 classes (10 for 32×32 images), and how the constructor initialises it, and
begins with the published numbers of parameters and of multiply-adds. `NAME.values.json` holds, for 10 classes and
weights from formula.py: logits in evaluation mode; then, in double precision, logits in training mode (dropout and
stochastic depth at 0), the loss, and what one step of SGD does to every parameter. Of segmentation models, which are
listed for 21 classes and computed for 5, it holds every `stride`-th score of each output; their loss is that of `out`
and half of that of `aux`.
"""
import json, math, pathlib, sys
import torch
lib = torch.library.Library("torchvision", "DEF")
for op in ["nms", "qnms"]:
    lib.define(f"{op}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
import torchvision
from torchvision import models
from formula import projection, uniform, values

here = pathlib.Path(__file__).parent
names = """alexnet vgg11 vgg11_bn vgg16 vgg16_bn resnet18 resnet34 resnet50 resnet101 resnet152 wide_resnet50_2
resnext50_32x4d densenet121 squeezenet1_1 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large shufflenet_v2_x1_0
efficientnet_b0 efficientnet_v2_s regnet_y_400mf convnext_tiny vit_b_16 vit_tiny resnet20 resnet20-B resnet32
resnet56 fcn_resnet50 deeplabv3_resnet50 lraspp_mobilenet_v3_large unet unet-bilinear unet-plain fcos""".split()
small = ["vit_tiny", "resnet20", "resnet20-B", "resnet32", "resnet56"]
sizes = dict.fromkeys(["vgg11", "vgg11_bn", "vgg16", "vgg16_bn", *small], 32)
# Sizes of segmentation that 8 does not divide; with DeepLab's, every rate of its pyramid reaches inside the features.
published = {"fcn_resnet50": 65, "deeplabv3_resnet50": 297, "lraspp_mobilenet_v3_large": 65}
# Depth, width, normalisation and upsampling.
unets = {
    "unet": (4, 32, "batch", "transposed"), "unet-bilinear": (3, 16, "group", "bilinear"),
    "unet-plain": (2, 12, "none", "transposed")}
batch = 4


class CifarBlock(torch.nn.Module):
    def __init__(self, inputs, channels, stride, shortcut):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(channels)
        self.conv2 = torch.nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(channels)
        self.added = (channels - inputs) // 2
        self.stride = stride
        if stride > 1 and shortcut == "B":
            self.downsample = torch.nn.Sequential(
                torch.nn.Conv2d(inputs, channels, 1, stride, bias=False),
                torch.nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        if hasattr(self, "downsample"):
            x = self.downsample(x)
        elif self.stride > 1:
            x = x[:, :, ::2, ::2]
            x = torch.nn.functional.pad(x, (0, 0, 0, 0, self.added, self.added))
        return (x + y).relu()


class CifarResNet(torch.nn.Module):
    """He, Zhang, Ren and Sun (2016), section 4.2."""

    def __init__(self, depth, shortcut, classes):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(16)
        count = (depth - 2) // 6
        for i, (inputs, channels) in enumerate([(16, 16), (16, 32), (32, 64)]):
            blocks = [CifarBlock(inputs, channels, 1 if i == 0 else 2, shortcut)]
            blocks += [CifarBlock(channels, channels, 1, shortcut) for _ in range(count - 1)]
            setattr(self, f"layer{i + 1}", torch.nn.Sequential(*blocks))
        self.fc = torch.nn.Linear(64, classes)
        for module in self.modules():
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(module.weight, mode="fan_out")

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        return self.fc(self.layer3(self.layer2(self.layer1(x))).mean([2, 3]))


class Convolution(torch.nn.Module):
    def __init__(self, inputs, channels, norm):
        super().__init__()
        self.conv = torch.nn.Conv2d(inputs, channels, 3, padding=1, bias=norm == "none")
        self.norm = {
            "batch": lambda: torch.nn.BatchNorm2d(channels),
            "group": lambda: torch.nn.GroupNorm(8, channels), "none": torch.nn.Identity}[norm]()

    def forward(self, x):
        return self.norm(self.conv(x)).relu()


def double(inputs, channels, norm):
    return torch.nn.Sequential(Convolution(inputs, channels, norm), Convolution(channels, channels, norm))


class Level(torch.nn.Module):
    """Ronneberger, Fischer and Brox (2015), figure 1: what is done at one size, around what is done at half of it."""

    def __init__(self, inputs, depth, width, norm, upsampling):
        super().__init__()
        self.encoder = double(inputs, width, norm)
        if depth == 1:
            self.bottleneck = double(width, 2 * width, norm)
        else:
            self.inner = Level(width, depth - 1, 2 * width, norm, upsampling)
        if upsampling == "transposed":
            self.up = torch.nn.Sequential(torch.nn.ConvTranspose2d(2 * width, width, 2, stride=2))
        else:
            self.up = torch.nn.Sequential(
                torch.nn.Upsample(scale_factor=2, mode="bilinear"), torch.nn.Conv2d(2 * width, width, 1))
        self.decoder = double(2 * width, width, norm)

    def forward(self, x):
        x = self.encoder(x)
        below = torch.nn.functional.max_pool2d(x, 2)
        below = self.inner(below) if hasattr(self, "inner") else self.bottleneck(below)
        return self.decoder(torch.cat([x, self.up(below)], 1))


class UNet(torch.nn.Module):
    def __init__(self, depth, width, norm, upsampling, classes):
        super().__init__()
        self.net = Level(3, depth, width, norm, upsampling)
        self.classifier = torch.nn.Conv2d(width, classes, 1)

    def forward(self, x):
        return {"out": self.classifier(self.net(x))}


def build(name, classes, size=None):
    if name == "fcos":
        return models.detection.fcos_resnet50_fpn(weights=None, weights_backbone=None, num_classes=classes)
    if name in unets:
        return UNet(*unets[name], classes)
    if name in published:
        extra = {} if name.startswith("lraspp") else {"aux_loss": True}
        return getattr(models.segmentation, name)(
            weights=None, weights_backbone=None, num_classes=classes, **extra)
    if name in ["resnet20", "resnet20-B", "resnet32", "resnet56"]:
        return CifarResNet(int(name[6:8]), "B" if name.endswith("B") else "A", classes)
    if name == "vit_tiny":
        return models.VisionTransformer(
            image_size=32, patch_size=4, num_layers=12, num_heads=3, hidden_dim=192, mlp_dim=768,
            num_classes=classes)
    extra = {"image_size": size} if name == "vit_b_16" and size else {}
    return getattr(models, name)(num_classes=classes, **extra)


def drawn_as(tensor):
    """From the first values: `=c` for a constant, else `u` or `n` for a uniform or normal distribution, with the standard deviation."""
    x = tensor.detach().flatten()[:100_000].double()
    if bool((x == x[0]).all()):
        return f"={x[0].item():.6g}"
    spread = x.std(correction=0)
    kurtosis = ((x - x.mean()) / spread).square().square().mean()
    return f"{'u' if kurtosis < 2.4 else 'n'}{spread:.3g}"


def modules(name):
    """One line a module or part of a path, indented by its depth; `bn N` is a batch normalisation of N channels."""
    torch.manual_seed(0)
    model = build(name, 91 if name == "fcos" else 21 if name in published else 10 if name in small or name in unets else 1000)
    trained = dict(model.named_parameters())
    groups = {}
    for key, tensor in model.state_dict().items():
        path, _, own = key.rpartition(".")
        groups.setdefault(path, {})[own] = tensor
    lines, last = [], []
    for path, own in groups.items():
        parts = path.split(".") if path else []
        same = 0
        while same < min(len(parts) - 1, len(last)) and parts[same] == last[same]:
            same += 1
        for depth in range(same, len(parts) - 1):
            lines.append(" " * depth + parts[depth])
        if "running_mean" in own:
            assert bool((own["weight"] == 1).all()) and bool((own["bias"] == 0).all())
            text = f"bn {own['weight'].numel()}"
        else:
            text = "; ".join(
                f"{n} {','.join(map(str, t.shape))} {drawn_as(t)}" for n, t in own.items())
        lines.append(" " * max(len(parts) - 1, 0) + (parts[-1] if parts else ".") + ": " + text)
        last = parts
    count = sum(p.numel() for p in trained.values())
    header = f"parameters {count}"
    if name == "fcos":
        # The published number is without the normalisations of the backbone, which are frozen there.
        meta = models.detection.FCOS_ResNet50_FPN_Weights.COCO_V1.meta
        norms = sum(p.numel() for key, p in trained.items() if ".body." in key and p.dim() == 1)
        assert meta["num_params"] == count - norms
        header += f" gmacs {meta['_ops']}"
    elif name not in small and name not in unets:
        weights = models.get_model_weights(name)
        meta = (weights.COCO_WITH_VOC_LABELS_V1 if name in published else weights.IMAGENET1K_V1).meta
        assert meta["num_params"] == count
        header += f" gmacs {meta['_ops']}"
    (here / f"{name}.modules").write_text("\n".join([header] + lines) + "\n")


def computed(name):
    size = sizes.get(name, 64)
    images = (2 * uniform("images", batch * 3 * size * size).reshape(batch, 3, size, size) - 1).float()
    labels = torch.arange(batch) % 10
    # Without initialisation; RegNet computes its widths with tensors.
    with torch.device("cpu" if name.startswith("regnet") else "meta"):
        model = build(name, 10, size)
    model.to_empty(device="cpu")
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            tensor.copy_(values(key, tensor))
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
    model.eval()
    with torch.no_grad():
        evaluation = model(images)
    # In double precision: rounding would grow through normalisation over few values.
    model.double().train()
    logits = model(images.double())
    loss = torch.nn.functional.cross_entropy(logits, labels)
    loss.backward()
    # A learning rate with which the largest projection of a step is about 1.
    largest = max(
        abs(projection(key, torch.zeros_like(p), p.grad)) for key, p in model.named_parameters())
    learning_rate = 10.0 ** -math.ceil(math.log10(largest))
    torch.optim.SGD(model.parameters(), lr=learning_rate).step()
    with torch.no_grad():
        steps = {
            key: projection(key, values(key, p), p) for key, p in model.named_parameters()}
    def short(numbers): return [float(f"{x:.7g}") for x in numbers]
    (here / f"{name}.values.json").write_text(json.dumps({
        "size": size, "batch": batch, "learning_rate": learning_rate,
        "evaluation": short(evaluation.flatten().tolist()),
        "training": short(logits.detach().flatten().tolist()), "loss": float(f"{loss.item():.8g}"),
        "steps": {key: round(x, 7) for key, x in steps.items()}}, separators=(",", ":")) + "\n")


def segmented(name):
    size, count, classes = published.get(name, 48), 2 if name.startswith("deeplab") else batch, 5
    images = (2 * uniform("images", count * 3 * size * size).reshape(count, 3, size, size) - 1).float()
    labels = (torch.arange(count * size * size) * 7 // 3 % classes).reshape(count, size, size)
    model = build(name, classes)
    model.load_state_dict({key: values(key, tensor) for key, tensor in model.state_dict().items()})
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    stride = count * classes * size * size // 300 | 1
    def sample(outputs):
        return {key: [float(f"{x:.7g}") for x in t.detach().flatten()[::stride].tolist()]
                for key, t in outputs.items()}
    model.eval()
    with torch.no_grad():
        evaluation = model(images)
    model.double().train()
    outputs = model(images.double())
    assert all(t.shape == (count, classes, size, size) for t in outputs.values())
    losses = {key: torch.nn.functional.cross_entropy(t, labels) for key, t in outputs.items()}
    loss = losses["out"] + 0.5 * losses.get("aux", 0)
    loss.backward()
    largest = max(
        abs(projection(key, torch.zeros_like(p), p.grad)) for key, p in model.named_parameters())
    learning_rate = 10.0 ** -math.ceil(math.log10(largest))
    torch.optim.SGD(model.parameters(), lr=learning_rate).step()
    with torch.no_grad():
        steps = {key: projection(key, values(key, p), p) for key, p in model.named_parameters()}
    (here / f"{name}.values.json").write_text(json.dumps({
        "size": size, "batch": count, "classes": classes, "stride": stride,
        "learning_rate": learning_rate, "evaluation": sample(evaluation),
        "training": sample(outputs), "loss": float(f"{loss.item():.8g}"),
        "steps": {key: round(x, 7) for key, x in steps.items()}}, separators=(",", ":")) + "\n")


torch.set_num_threads(1)
for name in sys.argv[1:] or names:
    # What FCOS computes, make_fcos.py writes.
    if name != "fcos":
        (segmented if name in published or name in unets else computed)(name)
    modules(name)
    print(name, flush=True)

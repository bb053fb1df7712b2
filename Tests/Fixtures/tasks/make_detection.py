"""The points of torchvision's FCOS for images of some sizes, as DetectionTests expects them.

python3 Tests/Fixtures/tasks/make_detection.py
"""

import torch
from torchvision.models.detection.backbone_utils import _resnet_fpn_extractor
from torchvision.models.resnet import resnet18
from torchvision.ops.feature_pyramid_network import LastLevelP6P7

backbone = _resnet_fpn_extractor(
    resnet18(), 5, returned_layers=[2, 3, 4], extra_blocks=LastLevelP6P7(256, 256)
).eval()
for height, width in [(240, 320), (256, 256), (800, 1088), (97, 33), (33, 130), (64, 64)]:
    with torch.no_grad():
        levels = backbone(torch.zeros(1, 3, height, width)).values()
    print(height, width, sum(level.shape[2] * level.shape[3] for level in levels))

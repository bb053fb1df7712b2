"""The model resnet18.
"""
import torch.nn.functional as F
from torch import nn


class Same(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, inputs):
        x = self.conv1(inputs)
        x = F.relu(self.bn1(x))
        x = self.conv2(x)
        x = self.bn2(x)
        return F.relu(x + inputs)


class Changed(nn.Module):
    def __init__(self, in_channels, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = nn.Sequential(
            nn.Conv2d(in_channels, channels, 1, stride=2, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, inputs):
        x = self.conv1(inputs)
        x = F.relu(self.bn1(x))
        x = self.conv2(x)
        bn2 = self.bn2(x)
        x = self.downsample(inputs)
        return F.relu(bn2 + x)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(
            Same(64),
            Same(64),
        )
        self.layer2 = nn.Sequential(
            Changed(64, 128),
            Same(128),
        )
        self.layer3 = nn.Sequential(
            Changed(128, 256),
            Same(256),
        )
        self.layer4 = nn.Sequential(
            Changed(256, 512),
            Same(512),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        x = self.conv1(x)
        x = self.bn1(x)
        x = self.relu(x)
        x = self.maxpool(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = self.avgpool(x)
        x = x.flatten(1)
        return self.fc(x)

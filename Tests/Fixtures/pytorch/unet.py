"""The model unet.
"""
import torch
import torch.nn.functional as F
from torch import nn


class ConvolutionBatch(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        x = self.conv(x)
        return F.relu(self.norm(x))


class Double(nn.Sequential):
    def __init__(self, in_channels, channels):
        super().__init__(
            ConvolutionBatch(in_channels, channels),
            ConvolutionBatch(channels, channels),
        )


class Level1(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Double(8, 16)
        self.bottleneck = Double(16, 32)
        self.up = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 2, stride=2),
        )
        self.decoder = Double(32, 16)

    def forward(self, x):
        encoder = self.encoder(x)
        x = F.max_pool2d(encoder, 2)
        x = self.bottleneck(x)
        x = self.up(x)
        x = torch.cat([encoder, x], dim=1)
        return self.decoder(x)


class Level2(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = Double(3, 8)
        self.inner = Level1()
        self.up = nn.Sequential(
            nn.ConvTranspose2d(16, 8, 2, stride=2),
        )
        self.decoder = Double(16, 8)

    def forward(self, x):
        encoder = self.encoder(x)
        x = F.max_pool2d(encoder, 2)
        x = self.inner(x)
        x = self.up(x)
        x = torch.cat([encoder, x], dim=1)
        return self.decoder(x)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = Level2()
        self.classifier = nn.Conv2d(8, 3, 1)

    def forward(self, x):
        x = self.net(x)
        return self.classifier(x)

"""The model lraspp.
"""
import torch.nn.functional as F
from torch import nn


class Convolution(nn.Sequential):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, groups):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, groups=groups, bias=False),
            nn.BatchNorm2d(out_channels, eps=0.001, momentum=0.01),
            nn.Hardswish(),
        )


class Convolution2(nn.Sequential):
    def __init__(self, in_channels, out_channels, kernel_size, stride, padding, groups):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel_size, stride=stride, padding=padding, groups=groups, bias=False),
            nn.BatchNorm2d(out_channels, eps=0.001, momentum=0.01),
            nn.ReLU(),
        )


class Projection(nn.Sequential):
    def __init__(self, in_channels, out_channels):
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels, eps=0.001, momentum=0.01),
        )


class Beginning(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(
            Convolution2(16, 16, 3, stride=1, padding=1, groups=16),
            Projection(16, 16),
        )

    def forward(self, inputs):
        x = self.block(inputs)
        return x + inputs


class Inverted(nn.Sequential):
    def __init__(self, in_channels, channels, stride):
        super().__init__(
            Convolution2(in_channels, channels, 1, stride=1, padding=0, groups=1),
            Convolution2(channels, channels, 3, stride=stride, padding=1, groups=channels),
            Projection(channels, 24),
        )


class Changed(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Inverted(16, 64, stride=2)

    def forward(self, x):
        return self.block(x)


class Same(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Inverted(24, 72, stride=1)

    def forward(self, inputs):
        x = self.block(inputs)
        return x + inputs


class Excitation(nn.Module):
    def __init__(self, channels, channels2):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, channels2, 1)
        self.fc2 = nn.Conv2d(channels2, channels, 1)
        self.scale = nn.Hardsigmoid()

    def forward(self, inputs):
        x = self.avgpool(inputs)
        x = F.relu(self.fc1(x))
        x = self.fc2(x)
        x = self.scale(x)
        return x * inputs


class Excited(nn.Sequential):
    def __init__(self, in_channels, channels, stride, channels2):
        super().__init__(
            Convolution2(in_channels, channels, 1, stride=1, padding=0, groups=1),
            Convolution2(channels, channels, 5, stride=stride, padding=2, groups=channels),
            Excitation(channels, channels2),
            Projection(channels, 40),
        )


class ChangedExcited(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Excited(24, 72, stride=2, channels2=24)

    def forward(self, x):
        return self.block(x)


class SameExcited(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Excited(40, 120, stride=1, channels2=32)

    def forward(self, inputs):
        x = self.block(inputs)
        return x + inputs


class Inverted2(nn.Sequential):
    def __init__(self, in_channels, channels, stride):
        super().__init__(
            Convolution(in_channels, channels, 1, stride=1, padding=0, dilation=1, groups=1),
            Convolution(channels, channels, 3, stride=stride, padding=1, dilation=1, groups=channels),
            Projection(channels, 80),
        )


class Changed2(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Inverted2(40, 240, stride=2)

    def forward(self, x):
        return self.block(x)


class Same2(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.block = Inverted2(80, channels, stride=1)

    def forward(self, inputs):
        x = self.block(inputs)
        return x + inputs


class Excited2(nn.Sequential):
    def __init__(self, in_channels, channels, kernel_size, padding, dilation, channels2, out_channels):
        super().__init__(
            Convolution(in_channels, channels, 1, stride=1, padding=0, dilation=1, groups=1),
            Convolution(channels, channels, kernel_size, stride=1, padding=padding, dilation=dilation, groups=channels),
            Excitation(channels, channels2),
            Projection(channels, out_channels),
        )


class ChangedExcited2(nn.Module):
    def __init__(self, in_channels, channels, kernel_size, padding, dilation, channels2, out_channels):
        super().__init__()
        self.block = Excited2(in_channels, channels, kernel_size, padding=padding, dilation=dilation, channels2=channels2, out_channels=out_channels)

    def forward(self, x):
        return self.block(x)


class SameExcited2(nn.Module):
    def __init__(self, channels, channels2, kernel_size, padding, dilation, channels22):
        super().__init__()
        self.block = Excited2(channels, channels2, kernel_size, padding=padding, dilation=dilation, channels2=channels22, out_channels=channels)

    def forward(self, inputs):
        x = self.block(inputs)
        return x + inputs


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("0", Convolution(3, 16, 3, stride=2, padding=1, dilation=1, groups=1))
        self.add_module("1", Beginning())
        self.add_module("2", Changed())
        self.add_module("3", Same())
        self.add_module("4", ChangedExcited())
        self.add_module("5", SameExcited())
        self.add_module("6", SameExcited())
        self.add_module("7", Changed2())
        self.add_module("8", Same2(200))
        self.add_module("9", Same2(184))
        self.add_module("10", Same2(184))
        self.add_module("11", ChangedExcited2(80, 480, 3, padding=1, dilation=1, channels2=120, out_channels=112))
        self.add_module("12", SameExcited2(112, 672, 3, padding=1, dilation=1, channels22=168))
        self.add_module("13", ChangedExcited2(112, 672, 5, padding=4, dilation=2, channels2=168, out_channels=160))
        self.add_module("14", SameExcited2(160, 960, 5, padding=4, dilation=2, channels22=240))
        self.add_module("15", SameExcited2(160, 960, 5, padding=4, dilation=2, channels22=240))
        self.add_module("16", Convolution(160, 960, 1, stride=1, padding=0, dilation=1, groups=1))

    def forward(self, x):
        x = self.get_submodule("0")(x)
        x = self.get_submodule("1")(x)
        x = self.get_submodule("2")(x)
        x = self.get_submodule("3")(x)
        changedexcited = self.get_submodule("4")(x)
        x = self.get_submodule("5")(changedexcited)
        x = self.get_submodule("6")(x)
        x = self.get_submodule("7")(x)
        x = self.get_submodule("8")(x)
        x = self.get_submodule("9")(x)
        x = self.get_submodule("10")(x)
        x = self.get_submodule("11")(x)
        x = self.get_submodule("12")(x)
        x = self.get_submodule("13")(x)
        x = self.get_submodule("14")(x)
        x = self.get_submodule("15")(x)
        x = self.get_submodule("16")(x)
        return changedexcited, x


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.cbr = nn.Sequential(
            nn.Conv2d(960, 128, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
        )
        self.scale = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(960, 128, 1, bias=False),
            nn.Sigmoid(),
        )
        self.low_classifier = nn.Conv2d(40, 3, 1)
        self.enlarged = nn.Upsample(size=8, mode="bilinear")
        self.high_classifier = nn.Conv2d(128, 3, 1)

    def forward(self, x1, x2):
        cbr = self.cbr(x1)
        scale = self.scale(x1)
        low_classifier = self.low_classifier(x2)
        x = cbr * scale
        x = self.enlarged(x)
        x = self.high_classifier(x)
        return low_classifier + x


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = Features()
        self.classifier = Classifier()
        self.out = nn.Upsample(size=64, mode="bilinear")

    def forward(self, x):
        value_1, value_2 = self.backbone(x)
        x = self.classifier(value_2, value_1)
        return self.out(x)

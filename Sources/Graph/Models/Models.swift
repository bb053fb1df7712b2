import ExperimentConfig

/// The models that ship with the program, written in the experiment language itself.
package enum Models {
  package static let all: [ModelSource] = [
    torchvision(
      "alexnet", "AlexNet in one column", "1404.5997", [dropout(0.5)],
      text: PackageResources.alexnet_yaml),
    torchvision("vgg11", "VGG-11", "1409.1556", [dropout(0.5)], text: PackageResources.vgg11_yaml),
    torchvision(
      "vgg11_bn", "VGG-11 with batch normalisation", "1409.1556", [dropout(0.5)],
      text: PackageResources.vgg11_bn_yaml),
    torchvision("vgg16", "VGG-16", "1409.1556", [dropout(0.5)], text: PackageResources.vgg16_yaml),
    torchvision(
      "vgg16_bn", "VGG-16 with batch normalisation", "1409.1556", [dropout(0.5)],
      text: PackageResources.vgg16_bn_yaml),
    torchvision("resnet18", "ResNet-18", "1512.03385", text: PackageResources.resnet18_yaml),
    torchvision("resnet34", "ResNet-34", "1512.03385", text: PackageResources.resnet34_yaml),
    torchvision(
      "resnet50", "ResNet-50", "1512.03385", [outputStride], text: PackageResources.resnet50_yaml),
    torchvision("resnet101", "ResNet-101", "1512.03385", text: PackageResources.resnet101_yaml),
    torchvision("resnet152", "ResNet-152", "1512.03385", text: PackageResources.resnet152_yaml),
    torchvision(
      "wide_resnet50_2", "ResNet-50 with twice the channels inside its blocks", "1605.07146",
      text: PackageResources.wide_resnet50_2_yaml),
    torchvision(
      "resnext50_32x4d", "ResNeXt-50 with 32 groups", "1611.05431",
      text: PackageResources.resnext50_32x4d_yaml),
    torchvision(
      "densenet121", "DenseNet-121", "1608.06993", [dropout(0)],
      text: PackageResources.densenet121_yaml),
    torchvision(
      "squeezenet1_1", "SqueezeNet 1.1", "1602.07360", [dropout(0.5)],
      text: PackageResources.squeezenet1_1_yaml),
    torchvision(
      "mobilenet_v2", "MobileNetV2", "1801.04381", [dropout(0.2)],
      text: PackageResources.mobilenet_v2_yaml),
    torchvision(
      "mobilenet_v3_small", "MobileNetV3-Small", "1905.02244", [dropout(0.2)],
      text: PackageResources.mobilenet_v3_small_yaml),
    torchvision(
      "mobilenet_v3_large", "MobileNetV3-Large", "1905.02244", [dropout(0.2)],
      text: PackageResources.mobilenet_v3_large_yaml),
    torchvision(
      "shufflenet_v2_x1_0", "ShuffleNetV2", "1807.11164",
      text: PackageResources.shufflenet_v2_x1_0_yaml),
    torchvision(
      "efficientnet_b0", "EfficientNet-B0", "1905.11946", [dropout(0.2), stochasticDepth(0.2)],
      text: PackageResources.efficientnet_b0_yaml),
    torchvision(
      "efficientnet_v2_s", "EfficientNetV2-S", "2104.00298", [dropout(0.2), stochasticDepth(0.2)],
      size: 384, text: PackageResources.efficientnet_v2_s_yaml),
    torchvision(
      "regnet_y_400mf", "RegNetY-400MF", "2003.13678", text: PackageResources.regnet_y_400mf_yaml),
    torchvision(
      "convnext_tiny", "ConvNeXt-T", "2201.03545", [stochasticDepth(0.1)],
      text: PackageResources.convnext_tiny_yaml),
    torchvision(
      "vit_b_16", "ViT-B/16", "2010.11929", [dropout(0)], text: PackageResources.vit_b_16_yaml),
    segmentation(
      "fcn_resnet50", "A fully convolutional network on a ResNet-50", "1411.4038", [dropout(0.1)],
      text: PackageResources.fcn_resnet50_yaml),
    segmentation(
      "deeplabv3_resnet50", "DeepLabV3 on a ResNet-50", "1706.05587",
      [
        dropout(0.5),
        Field(
          "aux_dropout", .number(.unit), default: "0.1",
          doc: "Probability of dropout in the auxiliary head."),
      ], text: PackageResources.deeplabv3_resnet50_yaml),
    segmentation(
      "lraspp_mobilenet_v3_large", "LR-ASPP on a MobileNetV3-Large", "1905.02244",
      text: PackageResources.lraspp_mobilenet_v3_large_yaml),
    ModelSource(
      ComponentSchema(
        "fcos", main: "classes",
        [
          classes,
          Field(
            "backbone",
            .choice([
              "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2",
              "resnext50_32x4d",
            ]), default: "resnet50", doc: "The residual network under the feature pyramid."),
          Field(
            "channels", .integer(.between(32, 8192)), default: "256",
            doc: "Channels of the pyramid and the heads, a multiple of 32."),
          Field(
            "convs", .integer(.between(1, 4)), default: "4",
            doc: "Convolutions of each head before its last one."),
        ],
        doc:
          "FCOS, a detector on the five levels of a feature pyramid, with torchvision's parameter "
          + "names: for every point a score for each class, the distances to the four edges of "
          + "a box and its centerness; RGB images of any size."),
      text: PackageResources.fcos_yaml,
      facts: ModelSource.Facts(
        image: [3, 800, 800], classes: 91, publication: arXiv + "2006.09214",
        reference: "torchvision.models.detection.fcos_resnet50_fpn")),
    other(
      "unet", "U-Net for segmentation, with a score for every class and pixel",
      [width(32), depth, norm, upsampling], image: [3, 256, 256], publication: "1505.04597",
      text: PackageResources.unet_yaml),
    cifar(20, text: PackageResources.resnet20_yaml),
    cifar(32, text: PackageResources.resnet32_yaml),
    cifar(56, text: PackageResources.resnet56_yaml),
    other(
      "vit_tiny", "A vision transformer of DeiT-Ti's size with small patches, for small images",
      [patch, dropout(0)], image: [3, 32, 32], publication: "2012.12877",
      reference: "torchvision.models.VisionTransformer", text: PackageResources.vit_tiny_yaml),
    other(
      "simple_cnn", "Six convolutions with batch normalisation, for images from 8×8 on",
      [width(32), dropout(0)], image: [3, 32, 32], text: PackageResources.simple_cnn_yaml),
    other(
      "mlp", "A multilayer perceptron with two hidden layers, for images or vectors",
      [width(256), dropout(0)], image: [1, 28, 28], text: PackageResources.mlp_yaml),
    other(
      "lenet5", "LeNet-5 with ReLU and maximum pooling; a small network for small images",
      [padding], image: [1, 28, 28], text: PackageResources.lenet5_yaml),
  ]

  /// A model of torchvision's, with its names, for images of ImageNet.
  ///
  /// - Parameters:
  ///   - paper: its number on arXiv.
  ///   - size: height and width of the images it was published for.
  private static func torchvision(
    _ name: String, _ title: String, _ paper: String, _ fields: [Field] = [], size: Int = 224,
    text: [UInt8]
  ) -> ModelSource {
    ModelSource(
      ComponentSchema(
        name, main: "classes", [classes] + fields,
        doc: "\(title) with torchvision's parameter names; \(size)×\(size) RGB images."),
      text: text,
      facts: ModelSource.Facts(
        image: [3, size, size], classes: 1000, publication: arXiv + paper,
        reference: "torchvision.models.\(name)"))
  }

  /// A segmentation model of torchvision's, with its names, for photographs with Pascal VOC's classes.
  private static func segmentation(
    _ name: String, _ title: String, _ paper: String, _ fields: [Field] = [], text: [UInt8]
  ) -> ModelSource {
    ModelSource(
      ComponentSchema(
        name, main: "classes", [classes] + fields,
        doc:
          "\(title) with torchvision's parameter names; a score for every class and pixel of RGB "
          + "images."),
      text: text,
      facts: ModelSource.Facts(
        image: [3, 520, 520], classes: 21, publication: arXiv + paper,
        reference: "torchvision.models.segmentation.\(name)"))
  }

  /// A residual network for images of 32×32.
  private static func cifar(_ depth: Int, text: [UInt8]) -> ModelSource {
    other(
      "resnet\(depth)", "ResNet-\(depth) for 32×32 images, as those of CIFAR-10", [shortcut],
      image: [3, 32, 32], publication: "1512.03385", text: text)
  }

  private static func other(
    _ name: String, _ title: String, _ fields: [Field], image: [Int], publication: String? = nil,
    reference: String? = nil, text: [UInt8]
  ) -> ModelSource {
    ModelSource(
      ComponentSchema(name, main: "classes", [classes] + fields, doc: title + "."), text: text,
      facts: ModelSource.Facts(
        image: image, classes: 10, publication: publication.map { arXiv + $0 },
        reference: reference))
  }

  private static let arXiv = "https://arxiv.org/abs/"

  private static let classes = Field(
    "classes", .integer(.between(1, 1e6)), .optional,
    doc: "Number of output scores; the data set's number of classes if left out.")

  private static func dropout(_ p: Double) -> Field {
    Field(
      "dropout", .number(.unit), default: NumberText.short(p), doc: "Probability of dropout.")
  }

  private static func stochasticDepth(_ p: Double) -> Field {
    Field(
      "stochastic_depth", .number(.unit), default: NumberText.short(p),
      doc: "Probability that the last block is left out for an example in training; earlier blocks "
        + "have proportionally less.")
  }

  private static func width(_ channels: Int) -> Field {
    Field(
      "width", .integer(.between(1, 1e5)), default: String(channels),
      doc: "Outputs of the first layer.")
  }

  private static let outputStride = Field(
    "output_stride", .choice(["32", "16", "8"]), .defaulted("32"),
    doc:
      "How many times smaller the last features are than the input; with 16 or 8, the last stages "
      + "are dilated instead of reduced, as a backbone for segmentation.", isImpliedByDefault: true)

  private static let depth = Field(
    "depth", .integer(.between(1, 6)), default: "4",
    doc: "How often height and width are halved; they have to be multiples of 2 to this power.")

  private static let norm = Field(
    "norm", .choice(["batch", "group", "none"]), default: "batch",
    doc: "Normalisation after convolutions; group is in 8 groups, which have to divide the width.")

  private static let upsampling = Field(
    "upsampling", .choice(["transposed", "bilinear"]), default: "transposed",
    doc: "How height and width are doubled: by a transposed convolution, or by interpolation and a "
      + "1×1 convolution.")

  private static let shortcut = Field(
    "shortcut", .choice(["A", "B"]), default: "A",
    doc: "Where a block changes the shape: A takes every second pixel and adds zeros for new "
      + "channels, as for CIFAR-10 in the publication; B is a 1×1 convolution.")

  private static let patch = Field(
    "patch", .integer(.between(1, 1000)), default: "4",
    doc: "Height and width of the patches that become tokens.")

  private static let padding = Field(
    "padding", .integer(.between(0, 100)), default: "2",
    doc: "Padding of the first convolution: 2 for images of 28×28, 0 for 32×32.")
}

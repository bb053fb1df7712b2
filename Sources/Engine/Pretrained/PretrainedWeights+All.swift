extension PretrainedWeights {
  /// The weights in https://github.com/pytorch/vision/tree/v0.28.0/torchvision/models: `IMAGENET1K_V1` is called
  /// `imagenet`, `IMAGENET1K_V2` `imagenet_v2`, `IMAGENET1K_SWAG_E2E_V1` `imagenet_swag`,
  /// `IMAGENET1K_SWAG_LINEAR_V1` `imagenet_swag_linear`, `COCO_WITH_VOC_LABELS_V1` `coco_with_voc_labels`, and
  /// `COCO_V1` `coco`.
  package static let all: [PretrainedWeights] = [
    PretrainedWeights("alexnet", "imagenet", "alexnet-owt-7be5be79.pth", top1: 56.522),
    PretrainedWeights("vgg11", "imagenet", "vgg11-8a719046.pth", top1: 69.02),
    PretrainedWeights("vgg11_bn", "imagenet", "vgg11_bn-6002323d.pth", top1: 70.37),
    PretrainedWeights("vgg16", "imagenet", "vgg16-397923af.pth", top1: 71.592),
    PretrainedWeights("vgg16_bn", "imagenet", "vgg16_bn-6c64b313.pth", top1: 73.36),
    PretrainedWeights("resnet18", "imagenet", "resnet18-f37072fd.pth", top1: 69.758),
    PretrainedWeights("resnet34", "imagenet", "resnet34-b627a593.pth", top1: 73.314),
    PretrainedWeights("resnet50", "imagenet", "resnet50-0676ba61.pth", top1: 76.13),
    PretrainedWeights("resnet50", "imagenet_v2", "resnet50-11ad3fa6.pth", top1: 80.858),
    PretrainedWeights("resnet101", "imagenet", "resnet101-63fe2227.pth", top1: 77.374),
    PretrainedWeights("resnet101", "imagenet_v2", "resnet101-cd907fc2.pth", top1: 81.886),
    PretrainedWeights("resnet152", "imagenet", "resnet152-394f9c45.pth", top1: 78.312),
    PretrainedWeights("resnet152", "imagenet_v2", "resnet152-f82ba261.pth", top1: 82.284),
    PretrainedWeights("wide_resnet50_2", "imagenet", "wide_resnet50_2-95faca4d.pth", top1: 78.468),
    PretrainedWeights(
      "wide_resnet50_2", "imagenet_v2", "wide_resnet50_2-9ba9bcbe.pth", top1: 81.602),
    PretrainedWeights("resnext50_32x4d", "imagenet", "resnext50_32x4d-7cdf4587.pth", top1: 77.618),
    PretrainedWeights(
      "resnext50_32x4d", "imagenet_v2", "resnext50_32x4d-1a0047aa.pth", top1: 81.198),
    PretrainedWeights("densenet121", "imagenet", "densenet121-a639ec97.pth", top1: 74.434),
    PretrainedWeights("squeezenet1_1", "imagenet", "squeezenet1_1-b8a52dc0.pth", top1: 58.178),
    PretrainedWeights("mobilenet_v2", "imagenet", "mobilenet_v2-b0353104.pth", top1: 71.878),
    PretrainedWeights("mobilenet_v2", "imagenet_v2", "mobilenet_v2-7ebf99e0.pth", top1: 72.154),
    PretrainedWeights(
      "mobilenet_v3_small", "imagenet", "mobilenet_v3_small-047dcff4.pth", top1: 67.668),
    PretrainedWeights(
      "mobilenet_v3_large", "imagenet", "mobilenet_v3_large-8738ca79.pth", top1: 74.042),
    PretrainedWeights(
      "mobilenet_v3_large", "imagenet_v2", "mobilenet_v3_large-5c1a4163.pth", top1: 75.274),
    PretrainedWeights(
      "shufflenet_v2_x1_0", "imagenet", "shufflenetv2_x1-5666bf0f80.pth", top1: 69.362),
    PretrainedWeights(
      "efficientnet_b0", "imagenet", "efficientnet_b0_rwightman-7f5810bc.pth", top1: 77.692),
    PretrainedWeights(
      "efficientnet_v2_s", "imagenet", "efficientnet_v2_s-dd5fe13b.pth", top1: 84.228, size: 384),
    PretrainedWeights("regnet_y_400mf", "imagenet", "regnet_y_400mf-c65dace8.pth", top1: 74.046),
    PretrainedWeights("regnet_y_400mf", "imagenet_v2", "regnet_y_400mf-e6988f5f.pth", top1: 75.804),
    PretrainedWeights("convnext_tiny", "imagenet", "convnext_tiny-983f1562.pth", top1: 82.52),
    PretrainedWeights("vit_b_16", "imagenet", "vit_b_16-c867db91.pth", top1: 81.072),
    PretrainedWeights(
      "vit_b_16", "imagenet_swag", "vit_b_16_swag-9ac1b537.pth", top1: 85.304, size: 384),
    PretrainedWeights(
      "vit_b_16", "imagenet_swag_linear", "vit_b_16_lc_swag-4e70ced5.pth", top1: 81.886),
    PretrainedWeights(
      "fcn_resnet50", "fcn_resnet50_coco-1167a1af.pth", meanIoU: 60.5, pixelAccuracy: 91.4),
    PretrainedWeights(
      "deeplabv3_resnet50", "deeplabv3_resnet50_coco-cd0a2569.pth", meanIoU: 66.4,
      pixelAccuracy: 92.4),
    PretrainedWeights(
      "lraspp_mobilenet_v3_large", "lraspp_mobilenet_v3_large-d234d4ea.pth", meanIoU: 57.9,
      pixelAccuracy: 91.2),
    PretrainedWeights(
      model: "fcos", file: "fcos_resnet50_fpn_coco-99b0c9b7.pth", name: "coco", boxMAP: 39.2,
      size: 800),
  ]

  private init(
    _ model: String, _ name: String, _ file: String, top1: Double, size: Int = 224
  ) {
    self.init(model: model, file: file, name: name, top1: top1, size: size)
  }

  private init(_ model: String, _ file: String, meanIoU: Double, pixelAccuracy: Double) {
    self.init(
      model: model, file: file, name: "coco_with_voc_labels",
      segmentation: SegmentationScores(meanIoU: meanIoU, pixelAccuracy: pixelAccuracy), size: 520)
  }
}

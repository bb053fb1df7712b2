import ExperimentConfig

/// Templates for pictures.
extension ExperimentTemplate {
  /// The number of examples that the suggestions suit, since the data are unknown.
  private static let usualCount = 2000
  private static let side = 64

  private static let folders = [
    "images/cat/1.jpg, images/dog/2.jpg and so on, in 'images' beside this file,",
    "or a .zip or .tar of such folders; images/train, val and test may divide them.",
  ]

  private static func line(_ text: String, _ comment: String) -> CommentedLines {
    var lines = CommentedLines()
    lines.add(text, comment)
    return lines
  }

  private static var network: ImageModelSuggestion {
    ImageModelSuggestion(
      height: side, width: side, outputs: "${data.classes}", trainCount: usualCount)
  }

  private static var cropped: CommentedLines {
    ImageFolderStart.transforms(side: side, because: "larger shows more and takes longer")
  }

  static let imageFolder = ExperimentTemplate(
    name: "image_folder", summary: "Photographs in a folder for each class", expected: folders
  ) {
    ExperimentDraft(
      found: [], dataset: line("image_folder: images", "your folder; each folder in it is a class"),
      transforms: cropped, hasValidation: false, trainCount: usualCount, epochs: network.epochs,
      learningRate: "1e-3", model: network.layers,
      metrics: line("metrics: [accuracy, f1, confusion_matrix]", "f1 counts rare classes as much"))
  }

  static let multiLabel = ExperimentTemplate(
    name: "multi_label", summary: "Photographs that show any of several things",
    expected: [
      "labels.csv beside this file, with a line such as",
      "photos/1.jpg,cat;garden below the names of its columns, image and labels.",
    ]
  ) {
    var dataset = CommentedLines()
    dataset.add("table:")
    dataset.add("  file: labels.csv")
    dataset.add("  image: image", "the column with the paths of the photographs")
    dataset.add(
      "  target: labels", "the column with the labels of each; several columns of 0 and 1 work, too"
    )
    dataset.add("  label_separator: \";\"", "what is between two labels of one photograph")
    return ExperimentDraft(
      found: [], dataset: dataset, transforms: cropped, hasValidation: false,
      trainCount: usualCount, epochs: network.epochs, learningRate: "1e-3", model: network.layers,
      loss: line(
        "loss: bce_with_logits", "each label by itself; {pos_weight: balanced} helps rare ones"),
      metrics: line(
        "metrics: [average_precision, f1, subset_accuracy]",
        "average_precision needs no threshold; f1 has one, 0.5"))
  }

  static let segmentation = ExperimentTemplate(
    name: "segmentation", summary: "A class for each pixel",
    expected: [
      "scenes/images/1.jpg and scenes/masks/1.png, whose pixels are class numbers from 0,",
      "and scenes/classes.txt with the name of a class in each line.",
    ]
  ) {
    ExperimentDraft(
      found: [],
      dataset: line(
        "image_masks: scenes", "your folder; it may also be divided into train, val and test"),
      transforms: MaskStart.transforms(resize: (160, 160)), hasValidation: false,
      trainCount: usualCount, epochs: 15, learningRate: "1e-3", model: MaskStart.model,
      loss: {
        var lines = CommentedLines()
        lines.add("loss:")
        lines.add("  - cross_entropy", "each pixel counts the same")
        lines.add("  - dice: {scale: 0.5}", "each class counts the same, however few its pixels")
        return lines
      }(),
      metrics: line(
        "metrics: [mean_iou, dice, pixel_accuracy]", "mean_iou counts all classes alike"),
      givenBatchSize: 8)
  }

  static let detection = ExperimentTemplate(
    name: "detection", summary: "Boxes around objects",
    expected: [
      "a folder 'photos' with the images and their boxes in COCO's format,",
      "as labelling tools export it; 'voc: photos' reads the format of Pascal VOC.",
    ]
  ) {
    ExperimentDraft(
      found: [], dataset: line("coco: photos", "your folder, or a .zip or .tar of it"),
      transforms: BoxStart.transforms(height: 320, width: 320), hasValidation: false,
      trainCount: usualCount, epochs: 20, learningRate: "1e-4", model: BoxStart.model,
      metrics: line(
        "metrics: [map, map_50, map_75]", "COCO's; map_50 forgives boxes that are a little off"),
      givenBatchSize: 8)
  }

  static let transfer = ExperimentTemplate(
    name: "transfer", summary: "A pretrained network that learns your classes", expected: folders
  ) {
    var transforms = CommentedLines()
    transforms.add(
      "- resize: [224, 224]",
      "the size the network was trained on; nothing random, so that frozen layers are computed once"
    )
    transforms.add("- to_tensor", "bytes to numbers from 0 to 1")
    transforms.add(
      "- normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}",
      "ImageNet's, as the weights expect")
    var start = CommentedLines()
    start.add(
      "weights: {pretrained: imagenet}", "trained on a million photographs; downloaded once")
    start.add("freeze: backbone", "all but the last layer, which few images suffice to train")
    start.add(
      "unfreeze: {epoch: 6, layers: [layer4], lr: 1e-5}", "then fine-tunes the last stage, gently")
    return ExperimentDraft(
      found: [], dataset: line("image_folder: images", "your folder; each folder in it is a class"),
      transforms: transforms, hasValidation: false, trainCount: usualCount, epochs: 10,
      learningRate: "1e-3",
      model: line("resnet18", "small and fast; 'runner describe resnet50' shows a larger one"),
      startingPoint: start,
      metrics: line("metrics: [accuracy, f1, confusion_matrix]", "f1 counts rare classes as much"))
  }
}

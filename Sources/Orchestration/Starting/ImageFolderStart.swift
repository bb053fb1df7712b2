import DataSchema
import Datasets

/// An experiment for a folder or an archive of images.
struct ImageFolderStart {
  let schema: DataSchema
  let survey: ImageFolderSurvey
  let dataset: CommentedLines
  /// What the user calls the data.
  let name: String

  /// Photographs may be mirrored, unlike drawings, signs and scans.
  private var arePhotographs: Bool { survey.arePhotographs }

  /// - Parameter path: of the images, as the experiment writes it.
  static func dataset(path: String, _ survey: ImageFolderSurvey) -> CommentedLines {
    var lines = CommentedLines()
    guard let first = survey.broken.first else {
      lines.add("image_folder: \(path)", "a folder for each class")
      return lines
    }
    lines.add("image_folder:", "a folder for each class")
    lines.add("  folder: \(path)")
    lines.add(
      "  on_error: skip", "leaves out \(count(survey)), such as \(InitText.oneLine(first))")
    return lines
  }

  private static func count(_ survey: ImageFolderSurvey) -> String {
    let count = survey.broken.count
    return count == 1 ? "1 file that cannot be read" : "\(count) files that cannot be read"
  }

  private var classes: [String] {
    if case .category(let names) = schema.target.kind { names } else { [] }
  }

  private var trainCount: Int { schema.counts[.train] ?? 0 }

  /// Every size that occurs.
  private var sizes: [ImageSize] {
    switch schema.input.kind {
    case .image(let size): [size]
    case .mixedImages(let sizes): sizes.images
    default: []
    }
  }

  /// The length of the shorter side in the middle of all sizes, in pixels.
  private var shorterSide: Int {
    let sides = sizes.map { min($0.height, $0.width) }.sorted()
    return sides.isEmpty ? 1 : sides[sides.count / 2]
  }

  /// Large pictures are made smaller, so that a first try takes minutes rather than hours.
  private var suggestedSide: Int {
    switch shorterSide {
    case 128...: 96
    case 64...: 64
    case 32...: 32
    default: shorterSide
    }
  }

  /// Whether pictures can be used as they are.
  private var keepsSize: Bool {
    guard let size = schema.image else { return false }
    return max(size.height, size.width) <= 64
  }

  var draft: ExperimentDraft {
    let side = suggestedSide
    let size = keepsSize ? schema.image : nil
    let model = ImageModelSuggestion(
      height: size?.height ?? side, width: size?.width ?? side, outputs: "${data.classes}",
      trainCount: trainCount)
    return ExperimentDraft(
      found: found, dataset: dataset, transforms: transforms(side),
      hasValidation: schema.validationCount != nil, trainCount: trainCount, epochs: model.epochs,
      learningRate: "1e-3", model: model.layers,
      alternative: shorterSide >= 96 && trainCount < 10_000 ? fineTuning : nil)
  }

  private func transforms(_ side: Int) -> CommentedLines {
    if arePhotographs { return Self.transforms(side: keepsSize ? nil : side, because: sizeReason) }
    var lines = CommentedLines()
    if !keepsSize { lines.add("- resize: [\(side), \(side)]", sizeReason) }
    lines.add(Self.numbers)
    return lines
  }

  /// The transforms of photographs.
  ///
  /// - Parameters:
  ///   - side: of the squares that the model gets, in pixels; `nil` if the images stay as they are.
  ///   - reason: why they get this size.
  static func transforms(side: Int?, because reason: String) -> CommentedLines {
    var lines = CommentedLines()
    if let side {
      lines.add(
        "- random_resized_crop: {size: \(side), scale: [0.5, 1]}",
        "a different part of the image in each epoch; \(reason)")
    }
    lines.add("- random_horizontal_flip", "remove it if left and right differ in meaning")
    lines.add(numbers)
    return lines
  }

  /// From bytes to standardised numbers.
  private static var numbers: CommentedLines {
    var lines = CommentedLines()
    lines.add("- to_tensor", "bytes to numbers from 0 to 1")
    lines.add("- normalize: {fit: train}", "mean 0, standard deviation 1 over the training images")
    return lines
  }

  private var sizeReason: String {
    sizes.count > 1 ? "all images get the same size" : "smaller images train faster"
  }

  private var found: [String] {
    let shown = classes.prefix(8).map(InitText.oneLine).joined(separator: ", ")
    let others = classes.count > 8 ? " and \(classes.count - 8) more" : ""
    let kind = arePhotographs ? "photographs, by their file names" : "pictures"
    return [
      "\(InitText.oneLine(name)): \(schema.target.kind), \(trainCount) images to train on, "
        + "\(schema.counts[.test] ?? 0) to test on",
      "classes: \(shown)\(others)",
      "\(kind): \(schema.image.map { "\($0)" } ?? "\(schema.input.kind)")",
    ] + (survey.broken.isEmpty ? [] : ["left out: " + Self.count(survey)])
  }

  /// Transfer learning usually beats a small network on few large pictures.
  private var fineTuning: CommentedLines {
    var lines = CommentedLines()
    lines.note(
      "With few images, a network pretrained on a million photographs usually does better."
    )
    lines.note("To fine-tune a ResNet-18, replace 'transforms' and 'model' above with this:")
    lines.note("")
    for line in Self.fineTuningLines(flips: arePhotographs) { lines.note(line) }
    return lines
  }

  static func fineTuningLines(flips: Bool) -> [String] {
    ["  transforms:"]
      + (flips
        ? ["    - random_resized_crop: 224", "    - random_horizontal_flip"]
        : ["    - resize: [224, 224]"])
      + [
        "    - to_tensor",
        "    - normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}",
        "model: resnet18",
        "weights: {pretrained: imagenet, fallback: random}",
        "freeze: backbone",
      ]
  }
}

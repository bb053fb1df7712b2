import DataSchema
import Datasets

/// An experiment for images with boxes.
struct BoxStart {
  let schema: DataSchema
  let dataset: CommentedLines
  /// What the user calls the data.
  let name: String

  /// - Parameters:
  ///   - isVOC: whether the annotations are those of Pascal VOC rather than COCO's.
  ///   - path: of the data, as the experiment writes it.
  static func dataset(isVOC: Bool, path: String) -> CommentedLines {
    var lines = CommentedLines()
    if isVOC {
      lines.add("voc: \(path)", "images and .xml files in the layout of Pascal VOC")
    } else {
      lines.add("coco: \(path)", "images and boxes in COCO's format")
    }
    return lines
  }

  /// The shorter side of the model's input in pixels: objects have to stay visible, but time grows with the area.
  private static let side = 320

  var draft: ExperimentDraft {
    let size = StartSize(schema, side: Self.side, multiple: 32)
    let count = schema.counts[.train] ?? 0
    return ExperimentDraft(
      found: found(size), dataset: dataset,
      transforms: Self.transforms(height: size.height, width: size.width),
      hasValidation: schema.validationCount != nil, trainCount: count,
      epochs: count < 1000 ? 30 : count < 10_000 ? 20 : 12, learningRate: "1e-4",
      model: Self.model, givenBatchSize: 8)
  }

  static func transforms(height: Int, width: Int) -> CommentedLines {
    var transforms = CommentedLines()
    transforms.add(
      "- resize: [\(height), \(width)]", "larger images show small objects better, and take longer")
    transforms.add("- random_horizontal_flip", "moves the boxes along")
    transforms.add("- to_tensor", "bytes to numbers from 0 to 1")
    transforms.add(
      "- normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}",
      "ImageNet's, as pretrained weights expect")
    return transforms
  }

  static var model: CommentedLines {
    var model = CommentedLines()
    model.add("- fcos: {backbone: resnet18}", "finds objects of many sizes; the loss is its own")
    return model
  }

  private func found(_ size: StartSize) -> [String] {
    guard case .boxes(let classes) = schema.target.kind else { return [InitText.oneLine(name)] }
    let shown = classes.names.prefix(8).map(InitText.oneLine).joined(separator: ", ")
    let others = classes.names.count > 8 ? " and \(classes.names.count - 8) more" : ""
    return [
      "\(InitText.oneLine(name)): \(schema.target.kind), \(schema.counts[.train] ?? 0) images to "
        + "train on, \(schema.counts[.test] ?? 0) to test on",
      "classes: \(shown)\(others)",
      "pictures: \(schema.image.map { "\($0)" } ?? "\(schema.input.kind)"), at most "
        + "\(classes.most) boxes in one",
    ]
  }
}

/// A size for pictures that keeps their proportions.
struct StartSize {
  let height: Int
  let width: Int

  /// - Parameters:
  ///   - side: the shorter side at most, in pixels.
  ///   - multiple: what both sides are multiples of.
  init(_ schema: DataSchema, side: Int, multiple: Int) {
    let sizes =
      switch schema.input.kind {
      case .image(let size): [size]
      case .mixedImages(let sizes): sizes.images
      default: [ImageSize]()
      }
    let size =
      sizes.isEmpty
      ? ImageSize(channels: 3, height: side, width: side) : sizes[sizes.count / 2]
    let factor = min(1, Double(side) / Double(min(size.height, size.width)))
    func rounded(_ length: Int) -> Int {
      // Not more than twice the shorter side, whatever the proportions.
      let wanted = min(Double(length) * factor, 2 * Double(side))
      return max(1, Int((wanted / Double(multiple)).rounded())) * multiple
    }
    (height, width) = (rounded(size.height), rounded(size.width))
  }
}

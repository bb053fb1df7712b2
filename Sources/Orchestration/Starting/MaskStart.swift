import DataSchema
import Datasets
import Diagnostics

/// An experiment for images with masks.
struct MaskStart {
  let schema: DataSchema
  let dataset: CommentedLines
  /// What the user calls the data.
  let name: String

  /// What marks pixels without a class in many data sets.
  private static let usualIgnore = 255

  /// - Parameter path: of the data, as the experiment writes it.
  /// - Throws: `InputError` if the masks are in colours and no file says what they mean.
  static func dataset(path: String, _ survey: MaskSurvey, name: String) throws -> CommentedLines {
    var lines = CommentedLines()
    if survey.hasClassList {
      lines.add("image_masks: \(path)", "classes.txt names the classes")
      return lines
    }
    let numbers = survey.values.filter { $0 != usualIgnore }
    guard let most = numbers.last else {
      throw InputError(
        "the masks of '\(InitText.oneLine(name))' are in colours, and no classes.txt says what they mean",
        hint: "write one beside the images, a line 'name red green blue' for each class")
    }
    let isIgnored = numbers.count < survey.values.count
    lines.add("image_masks:", "a class for each pixel")
    lines.add("  images: \(path)")
    lines.add(
      "  classes: [\((0...most).map { "class_\($0)" }.joined(separator: ", "))]",
      "the names of the values 0 to \(most)")
    if isIgnored { lines.add("  ignore: \(usualIgnore)", "pixels without a class") }
    return lines
  }

  /// U-Net halves the picture this often.
  private static let depth = 4
  /// The shorter side of the model's input in pixels: training on two cores takes minutes an epoch.
  private static let side = 160

  var draft: ExperimentDraft {
    let size = StartSize(schema, side: Self.side, multiple: 1 << Self.depth)
    let isResized =
      schema.image.map { $0.height != size.height || $0.width != size.width } ?? true
    let count = schema.counts[.train] ?? 0
    return ExperimentDraft(
      found: found, dataset: dataset,
      transforms: Self.transforms(resize: isResized ? (size.height, size.width) : nil),
      hasValidation: schema.validationCount != nil, trainCount: count,
      epochs: count < 1000 ? 30 : 15, learningRate: "1e-3", model: Self.model, givenBatchSize: 8)
  }

  /// - Parameter size: height and width; `nil` if the images already have a size that fits.
  static func transforms(resize size: (height: Int, width: Int)?) -> CommentedLines {
    var transforms = CommentedLines()
    if let size {
      transforms.add(
        "- resize: [\(size.height), \(size.width)]",
        "smaller trains faster; both have to be multiples of \(1 << depth)")
    }
    transforms.add("- random_horizontal_flip", "moves the mask along")
    transforms.add("- to_tensor", "bytes to numbers from 0 to 1")
    transforms.add(
      "- normalize: {fit: train}", "mean 0, standard deviation 1 over the training images")
    return transforms
  }

  static var model: CommentedLines {
    var model = CommentedLines()
    model.add("- unet: {width: 32}", "the output is as large as the image")
    return model
  }

  private var found: [String] {
    guard case .mask(let classes, _) = schema.target.kind else { return [InitText.oneLine(name)] }
    let shown = classes.prefix(8).map(InitText.oneLine).joined(separator: ", ")
    let others = classes.count > 8 ? " and \(classes.count - 8) more" : ""
    return [
      "\(InitText.oneLine(name)): \(schema.target.kind), \(schema.counts[.train] ?? 0) images to "
        + "train on, \(schema.counts[.test] ?? 0) to test on",
      "classes: \(shown)\(others)",
      "pictures: \(schema.image.map { "\($0)" } ?? "\(schema.input.kind)")",
    ]
  }
}

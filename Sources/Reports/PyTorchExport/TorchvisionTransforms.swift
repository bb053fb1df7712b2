import Transforms

/// What a run does to pictures in evaluation, as transforms of torchvision on pictures of Pillow.
package struct TorchvisionTransforms: Sendable, Equatable {
  /// One expression each, such as `transforms.Resize(256)`.
  package let items: [String]
  /// Whether `Cover` is among them.
  package let needsCover: Bool

  /// Why the transforms cannot be written.
  package struct Problem: Error, Equatable {
    package let reason: String
  }

  /// - Parameters:
  ///   - transforms: the experiment's, in order.
  ///   - pipeline: their steps, with statistics.
  /// - Throws: ``Problem`` if torchvision has no counterpart.
  package init(_ transforms: [any Transform], _ pipeline: TransformPipeline) throws(Problem) {
    var items: [String] = []
    var needsCover = false
    var type = pipeline.input
    let isResizing = pipeline.steps.contains { $0.isResizing }
    if !isResizing, !pipeline.takesMixedSizes {
      // As for `runner predict`: pictures first get the size of the data set's.
      items.append("transforms.Resize((\(type.height), \(type.width)))")
    }
    for (transform, step) in zip(transforms, pipeline.steps) {
      let (item, isCover) = try Self.item(transform, step, type)
      if let item { items += item }
      needsCover = needsCover || isCover
      type = step.output(of: type)
    }
    guard type.isFloat else { throw Problem(reason: "they do not end with floats") }
    self.items = items
    self.needsCover = needsCover
  }

  private static func item(
    _ transform: any Transform, _ step: TransformStep, _ type: ImageType
  ) throws(Problem) -> (items: [String]?, isCover: Bool) {
    switch step {
    case .scale: return (["transforms.ToTensor()"], false)
    case .convert(let step):
      let first = type.isFloat ? [] : ["transforms.PILToTensor()"]
      if !step.isFloat { throw Problem(reason: "they convert floats to bytes") }
      return (first + ["transforms.ConvertImageDtype(torch.float32)"], false)
    case .normalize(let mean, let std):
      return (["transforms.Normalize(\(numbers(mean)), \(numbers(std)))"], false)
    case .normalizeByTraining: throw Problem(reason: "the statistics of training are not known")
    case .resize(let step):
      guard let rule = transform.resizingRule else {
        throw Problem(reason: "one of them resizes by a rule of its own")
      }
      let size: String
      switch rule.size {
      case .exact(let height, let width): size = "(\(height), \(width))"
      case .shorterSide(let side): size = "\(side)"
      case .cover: throw Problem(reason: "one of them resizes by a rule of its own")
      }
      let antialias = step.antialias || !type.isFloat ? "" : ", antialias=False"
      return (["transforms.Resize(\(size)\(filter(step.interpolation))\(antialias))"], false)
    case .randomResizedCrop(let step):
      let size = "(\(step.height), \(step.width))"
      return (["Cover(\(size)\(filter(step.interpolation)))"], true)
    case .centerCrop(let step):
      return (["transforms.CenterCrop((\(step.height), \(step.width)))"], false)
    case .pad(let step): return ([pad(step)].compactMap(\.self), false)
    case .randomCrop(let step):
      let crop = "transforms.CenterCrop((\(step.height), \(step.width)))"
      return ([pad(step.padding), crop].compactMap(\.self), false)
    case .grayscale(let step): return (["transforms.Grayscale(\(step.channels))"], false)
    case .mirror: throw Problem(reason: "they mirror pictures")
    case .randomFlip, .randomRotation, .randomAffine, .randomPerspective, .colorJitter,
      .randomOperation, .gaussianBlur, .randomErasing, .gaussianNoise, .trivialAugmentWide,
      .randAugment, .autoAugment, .unchanged:
      return (nil, false)
    }
  }

  private static func pad(_ step: PadStep) -> String? {
    if [step.left, step.top, step.right, step.bottom].allSatisfy({ $0 == 0 }) { return nil }
    var options = ""
    if step.fill.contains(where: { $0 != 0 }) {
      // Bytes are whole numbers.
      let values = step.fill.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
      options +=
        ", fill=" + (Set(values).count == 1 ? values[0] : "(\(values.joined(separator: ", ")))")
    }
    if step.mode != .constant { options += ", padding_mode=\"\(step.mode.rawValue)\"" }
    return "transforms.Pad((\(step.left), \(step.top), \(step.right), \(step.bottom))\(options))"
  }

  private static func filter(_ interpolation: Interpolation) -> String {
    interpolation == .bilinear
      ? ""
      : ", interpolation=transforms.InterpolationMode.\(interpolation.rawValue.uppercased())"
  }

  private static func numbers(_ values: [Float]) -> String {
    "[\(values.map { "\($0)" }.joined(separator: ", "))]"
  }

  /// The class that `random_resized_crop` needs in evaluation.
  static let cover = """
    class Cover:
        \"\"\"Resizes to the smallest size that covers another, and crops its centre.\"\"\"

        def __init__(self, size, **options):
            self.size, self.options = size, options

        def __call__(self, picture):
            _, height, width = transforms.functional.get_dimensions(picture)
            rows, columns = self.size
            if height * columns < width * rows:
                size = rows, rows * width // height
            else:
                size = columns * height // width, columns
            picture = transforms.functional.resize(picture, size, **self.options)
            return transforms.functional.center_crop(picture, self.size)

    """
}

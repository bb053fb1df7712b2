import ExperimentConfig

struct CenterCrop: Transform {
  static let schema = ComponentSchema(
    "center_crop", main: "size",
    [ArgumentFields.size("[height, width], or one number for both.")],
    doc: "Crops the centre; pixels outside the image are zeros.")

  private let height: Int
  private let width: Int

  init(_ arguments: Arguments) throws { (height, width) = try arguments.size() }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    (input.resized(height, width), .centerCrop(CenterCropStep(height: height, width: width)))
  }
}

/// The `height` times `width` pixels around the centre, zeros outside the image.
package struct CenterCropStep: ImageStep {
  package var height: Int
  package var width: Int

  var fingerprint: String { "center_crop \(height)×\(width)" }

  func output(of input: ImageType) -> ImageType { input.resized(height, width) }

  func prepare(for input: ImageType) -> any PreparedStep {
    PreparedMap(
      rows: Self.map(input.height, height), columns: Self.map(input.width, width), fill: [])
  }

  private static func map(_ size: Int, _ crop: Int) -> [Int32] {
    let first = offset(size, crop)
    return (first..<first + crop).map { PaddingMode.constant.source(of: $0, size: size) }
  }

  /// Where the crop begins; negative if it is larger than the image. Halves are rounded to even numbers.
  static func offset(_ size: Int, _ crop: Int) -> Int {
    crop > size
      ? -((crop - size) / 2) : Int((Double(size - crop) / 2).rounded(.toNearestOrEven))
  }
}

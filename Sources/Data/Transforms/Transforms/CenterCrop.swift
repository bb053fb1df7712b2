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

/// Where in an image a crop lies.
enum CropAnchor: String, Sendable {
  case topLeft = "top_left"
  case topRight = "top_right"
  case bottomLeft = "bottom_left"
  case bottomRight = "bottom_right"
  case center
  /// Where the centre of the mirrored image lies: one pixel beside ``center`` if the margins are uneven.
  case mirroredCenter = "mirrored_center"

  /// The places of torchvision's `five_crop`, in its order.
  static let five: [CropAnchor] = [.topLeft, .topRight, .bottomLeft, .bottomRight, .center]

  /// The place in the image of what lies here in its mirror image.
  var opposite: CropAnchor {
    switch self {
    case .topLeft: .topRight
    case .topRight: .topLeft
    case .bottomLeft: .bottomRight
    case .bottomRight: .bottomLeft
    case .center: .mirroredCenter
    case .mirroredCenter: .center
    }
  }

  /// The first row of a crop.
  fileprivate func top(_ size: Int, _ crop: Int) -> Int {
    switch self {
    case .topLeft, .topRight: 0
    case .bottomLeft, .bottomRight: size - crop
    case .center, .mirroredCenter: CenterCropStep.offset(size, crop)
    }
  }

  /// The first column of a crop.
  fileprivate func left(_ size: Int, _ crop: Int) -> Int {
    switch self {
    case .topLeft, .bottomLeft: 0
    case .topRight, .bottomRight: size - crop
    case .center: CenterCropStep.offset(size, crop)
    case .mirroredCenter: size - crop - CenterCropStep.offset(size, crop)
    }
  }
}

/// The `height` times `width` pixels around the centre, zeros outside the image; or those in a corner.
package struct CenterCropStep: ImageStep {
  package var height: Int
  package var width: Int
  private var anchor = CropAnchor.center
  /// One value for each channel of pixels outside the image; empty for zeros.
  var fill: [Float] = []

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  var fingerprint: String {
    let place = anchor == .center ? "" : " at \(anchor.rawValue)"
    return "center_crop \(height)×\(width)\(place)"
  }

  /// Moves the crop to another place.
  ///
  /// - Throws: ``TransformMismatch`` if images of type `input` are smaller than the crop.
  mutating func move(to anchor: CropAnchor, in input: ImageType) throws(TransformMismatch) {
    guard input.height >= height, input.width >= width else {
      throw TransformMismatch(
        "images of \(input.size) are smaller than the crop of \(height)×\(width), so they have no "
          + "corners to crop", hint: "use the views 'flip'")
    }
    self.anchor = anchor
  }

  func output(of input: ImageType) -> ImageType { input.resized(height, width) }

  func prepare(for input: ImageType) -> any PreparedStep {
    let places = places(in: input)
    return PreparedMap(
      rows: places.rows.map(Int32.init), columns: places.columns.map(Int32.init), fill: fill)
  }

  /// The row of the input for each row of the output, and the column for each column; -1 outside.
  func places(in input: ImageType) -> (rows: [Int], columns: [Int]) {
    (
      Self.map(input.height, height, from: anchor.top(input.height, height)).map(Int.init),
      Self.map(input.width, width, from: anchor.left(input.width, width)).map(Int.init)
    )
  }

  /// The first row and column of the crop in images of type `input`; negative if the crop is larger.
  func origin(in input: ImageType) -> (top: Int, left: Int) {
    (anchor.top(input.height, height), anchor.left(input.width, width))
  }

  private static func map(_ size: Int, _ crop: Int, from first: Int) -> [Int32] {
    (first..<first + crop).map { PaddingMode.constant.source(of: $0, size: size) }
  }

  /// Where the crop begins; negative if it is larger than the image. Halves are rounded to even numbers.
  static func offset(_ size: Int, _ crop: Int) -> Int {
    crop > size
      ? -((crop - size) / 2) : Int((Double(size - crop) / 2).rounded(.toNearestOrEven))
  }
}

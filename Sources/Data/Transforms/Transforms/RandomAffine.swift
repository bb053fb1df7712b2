import ExperimentConfig

struct RandomAffine: Transform {
  static let schema = ComponentSchema(
    "random_affine", main: "degrees",
    [
      ArgumentFields.degrees("[from, to], or one number for -number to number; clockwise."),
      Field(
        "translate", .list(of: .number(.unit), count: 2...2), .optional,
        doc: "[across, down]: the largest translation, as fractions of the sides."),
      Field(
        "scale", .list(of: .number(.between(0.001, 1000)), count: 2...2), .optional,
        doc: "[from, to]: the factor of the size."),
      Field(
        "shear", .scalarOrList(.number(.between(-89, 89)), count: 2...4), .optional,
        doc:
          "Degrees of shear along x: one number for -number to number or [from, to]; four numbers "
          + "add those along y."),
      ArgumentFields.interpolation, ArgumentFields.fill,
    ],
    doc: "In training, rotates, translates, scales and shears each image around its centre.")

  static let isRandom = true

  private let degrees: [Double]
  private let translate: [Double]?
  private let scale: [Double]?
  private let shear: [Double]?
  private let interpolation: Interpolation
  private let fill: [Double]

  init(_ arguments: Arguments) throws {
    func optional(_ name: String) throws -> [Double]? {
      arguments.has(name) ? try arguments.numbers(name) : nil
    }
    degrees = try arguments.numbers("degrees")
    translate = try optional("translate")
    scale = try optional("scale")
    shear = try optional("shear")
    interpolation = try arguments.interpolation()
    fill = try arguments.numbers("fill")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    var step = RandomAffineStep(
      degrees: try .symmetric(degrees, "degrees"), interpolation: interpolation,
      fill: try input.fill(fill))
    if let translate { step.translate = (translate[0], translate[1]) }
    if let scale { step.scale = try .ordered(scale[0], scale[1], "scale") }
    if let shear {
      switch shear.count {
      case 1, 2: step.shearX = try .symmetric(shear, "shear")
      case 4:
        step.shearX = try .ordered(shear[0], shear[1], "shear")
        step.shearY = try .ordered(shear[2], shear[3], "shear")
      default:
        throw TransformMismatch(
          "'shear' takes 1, 2 or 4 numbers, found \(shear.count)", argument: "shear")
      }
    }
    return (input, .randomAffine(step))
  }
}

/// One affine transformation for each image, every parameter drawn uniformly from its range.
package struct RandomAffineStep: ImageStep {
  package var degrees: ValueRange
  /// The largest translation, as shares of the image's sides.
  package var translateX = 0.0
  package var translateY = 0.0
  package var scale = ValueRange(1, 1)
  package var shearX = ValueRange(0, 0)
  package var shearY = ValueRange(0, 0)
  package var interpolation: Interpolation
  /// One value for each channel.
  package var fill: [Float]

  static let isRandom = true

  var translate: (x: Double, y: Double) {
    get { (translateX, translateY) }
    set { (translateX, translateY) = newValue }
  }

  var fingerprint: String {
    "random_affine \(degrees.fingerprint) translate=\(translateX),\(translateY) "
      + "scale=\(scale.fingerprint) shear=\(shearX.fingerprint),\(shearY.fingerprint) "
      + "\(interpolation.rawValue) fill=\(fill)"
  }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self) }

  /// The transformation of one image; angles in degrees, the translation in whole pixels.
  struct Parameters: Equatable {
    var angle: Double
    var translation: (x: Double, y: Double)
    var scale: Double
    var shear: (x: Double, y: Double)

    static func == (left: Self, right: Self) -> Bool {
      left.angle == right.angle && left.translation == right.translation
        && left.scale == right.scale && left.shear == right.shear
    }
  }

  func draw(_ draws: Draws, height: Int, width: Int) -> Parameters {
    let stream = draws.stream
    func shift(_ share: Double, _ side: Int, _ position: Int) -> Double {
      let most = share * Double(side)
      return stream.uniform(in: ValueRange(-most, most), at: position).rounded(.toNearestOrEven)
    }
    return Parameters(
      angle: stream.uniform(in: degrees, at: 0),
      translation: (shift(translateX, width, 1), shift(translateY, height, 2)),
      scale: stream.uniform(in: scale, at: 3),
      shear: (stream.uniform(in: shearX, at: 4), stream.uniform(in: shearY, at: 5)))
  }

  /// Rotates clockwise, scales and shears `input` around its centre, then translates it.
  func transform(_ input: Pixels, _ output: Pixels, _ parameters: Parameters) {
    let type = input.type
    // Pillow measures positions from the corner, torchvision's tensor code from the centre.
    let center =
      type.isFloat ? (x: 0.0, y: 0.0) : (x: Double(type.width) * 0.5, y: Double(type.height) * 0.5)
    let matrix = AffineMatrix(
      center: center, angle: parameters.angle, translation: parameters.translation,
      scale: parameters.scale, shear: parameters.shear)
    let apply = type.isFloat ? FloatAffine.apply : ByteAffine.apply
    apply(input, output, matrix, interpolation == .bilinear, fill)
  }

  private struct Prepared: PreparedStep {
    let step: RandomAffineStep

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      guard let draws else { return output.copy(from: input) }
      let parameters = step.draw(draws, height: input.type.height, width: input.type.width)
      step.transform(input, output, parameters)
    }
  }
}

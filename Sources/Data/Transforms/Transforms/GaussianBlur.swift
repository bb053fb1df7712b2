import ExperimentConfig
import Randomness

struct GaussianBlur: Transform {
  static let schema = ComponentSchema(
    "gaussian_blur", main: "kernel_size",
    [
      Field(
        "kernel_size", .scalarOrList(.integer(.between(1, 1023)), count: 2...2), .required,
        doc: "Size of the kernel in pixels, odd: [width, height], or one number for both."),
      Field(
        "sigma", .scalarOrList(.number(.between(0.001, 1000)), count: 2...2), default: "[0.1, 2]",
        doc: "The standard deviation in pixels: [from, to], or one number."),
    ],
    doc: "In training, blurs each image.")

  static let isRandom = true

  private let kernel: [Int]
  private let sigma: [Double]

  init(_ arguments: Arguments) throws {
    kernel = try arguments.integers("kernel_size")
    sigma = try arguments.numbers("sigma")
  }

  func plan(
    _ input: ImageType
  ) throws(TransformMismatch) -> (output: ImageType, step: TransformStep) {
    let (width, height) = (kernel[0], kernel[kernel.count - 1])
    if let even = kernel.first(where: { $0 % 2 == 0 }) {
      throw TransformMismatch(
        "'kernel_size' must be odd, found \(even)", hint: "write \(even + 1)",
        argument: "kernel_size")
    }
    for (side, size, kernel) in [("width", input.width, width), ("height", input.height, height)]
    where kernel / 2 >= size {
      throw TransformMismatch(
        "'kernel_size' of \(kernel) is too large: the images have a \(side) of \(size), which "
          + "allows at most \(2 * size - 1)", argument: "kernel_size")
    }
    let step = GaussianBlurStep(
      width: width, height: height,
      sigma: try .ordered(sigma[0], sigma[sigma.count - 1], "sigma"))
    return (input, .gaussianBlur(step))
  }
}

/// Blurs with a Gaussian kernel of `width` times `height` pixels, its standard deviation drawn uniformly.
package struct GaussianBlurStep: ImageStep {
  package var width: Int
  package var height: Int
  /// In pixels.
  package var sigma: ValueRange

  static let isRandom = true

  var fingerprint: String { "gaussian_blur \(width),\(height) sigma=\(sigma.fingerprint)" }

  func prepare(for input: ImageType) -> any PreparedStep { Prepared(step: self, input: input) }

  /// The standard deviation in pixels.
  func draw(_ draws: Draws) -> Double { draws.stream.uniform(in: sigma, at: 0) }

  /// The kernel with a standard deviation of `sigma` pixels.
  func kernel(sigma: Double) -> GaussianKernel {
    GaussianKernel(width: width, height: height, sigma: sigma)
  }

  private struct Prepared: PreparedStep {
    let step: GaussianBlurStep
    let input: ImageType

    var scratchSize: Int { GaussianKernel.scratchSize(input, width: step.width) }

    func apply(
      _ input: Pixels, _ output: Pixels, _ scratch: UnsafeMutableRawPointer, _ draws: Draws?
    ) {
      guard let draws else { return output.copy(from: input) }
      step.kernel(sigma: step.draw(draws)).apply(input, output, scratch)
    }
  }
}

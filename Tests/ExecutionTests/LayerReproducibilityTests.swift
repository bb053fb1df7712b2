import DeviceChecks
import Execution
import Graph
import Testing
import Torch

/// Layers in float32: the same bits every time, and the same values in either memory format.
@Suite(.serialized) struct LayerReproducibilityTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let layer: String
    /// In YAML.
    let arguments: String
    /// Large enough for LibTorch to split the work among threads.
    let input: [Int]
    var testDescription: String { "\(layer): \(arguments)" }

    init(_ layer: String, _ arguments: String, _ input: [Int] = [4, 16, 23, 26]) {
      self.layer = layer
      self.arguments = arguments
      self.input = input
    }
  }

  static let sequence = [8, 12, 700]

  static let cases = [
    Case("pad", "2"),
    Case("pad", "{pad: 2, mode: reflect}"),
    Case("pad", "{pad: 2, mode: replicate}"),
    Case("pad", "{pad: 2, mode: circular}"),
    Case("pad", "{pad: [1, 2, 0, 1, 3, 0], mode: reflect}"),
    Case("upsample", "{scale_factor: 1.7}"),
    Case("upsample", "{scale_factor: 2, mode: bilinear}"),
    Case("upsample", "{size: 31, mode: bilinear, align_corners: true}"),
    Case("upsample", "{scale_factor: 2, mode: linear}", sequence),
    Case("pixel_shuffle", "2"),
    Case("pixel_unshuffle", "2", [4, 16, 24, 26]),
    Case("channel_shuffle", "4"),
    Case("conv1d", "{out_channels: 24, kernel_size: 5}", sequence),
    Case("conv_transpose1d", "{out_channels: 24, kernel_size: 4, stride: 2}", sequence),
    Case(
      "conv_transpose2d",
      "{out_channels: 24, kernel_size: 3, stride: 2, output_padding: 1, groups: 2}"),
    Case("conv_transpose2d", "{out_channels: 24, kernel_size: 2}"),
    Case("instance_norm1d", "{affine: true}", sequence),
    Case("instance_norm2d", "{affine: true}"),
    Case("instance_norm2d", "{track_running_stats: true}"),
    Case("local_response_norm", "{size: 5, alpha: 0.1}"),
    Case("max_pool1d", "{kernel_size: 3, stride: 2}", sequence),
    Case("avg_pool1d", "{kernel_size: 3, stride: 2}", sequence),
    Case("adaptive_avg_pool1d", "9", sequence),
    Case("adaptive_max_pool1d", "9", sequence),
    Case("adaptive_max_pool2d", "5"),
  ]

  /// What a forward and a backward pass in training give.
  private struct Outcome: Equatable {
    var output: [Float]
    var gradients: [[Float]]

    /// The largest difference relative to the larger of 1 and the value.
    func distance(to other: Outcome) -> Float {
      var largest: Float = 0
      for (left, right) in zip([output] + gradients, [other.output] + other.gradients) {
        guard left.count == right.count else { return .infinity }
        for (a, b) in zip(left, right) { largest = max(largest, abs(a - b) / max(1, abs(b))) }
      }
      return largest
    }
  }

  private func run(_ item: Case, _ format: MemoryFormat) throws -> (Outcome, isKept: Bool) {
    let plan = try LayerGolden.plan(item.layer, item.arguments, inputs: [item.input])
    func tensor(_ shape: [Int], _ scale: Float) throws -> Tensor {
      let count = shape.reduce(1, *)
      // Distinct values without a pattern that the layers' strides could meet.
      let values = (0..<count).map { Float(($0 &* 7919) % 10_007) / 5_003.5 * scale - scale }
      return try Tensor(values, shape: shape)
    }
    let input = try tensor(item.input, 2).contiguous(format)
    try input.setRequiresGrad(true)
    var parameters: [String: Tensor] = [:]
    for spec in plan.parameters {
      let value = try spec.name == "running_var" ? Tensor.ones(spec.shape) : tensor(spec.shape, 0.5)
      if spec.role == .parameter { try value.setRequiresGrad(true) }
      parameters[spec.name] = value
    }
    let output = try Lowering.apply(
      plan.operation, [input], parameters: parameters, path: "layer",
      training: TrainingStep(seed: 0, fold: 0, epoch: 1, step: 1))
    try output.backward(gradient: tensor(output.shape, 1).contiguous(format))
    var gradients = [try #require(try input.grad()).floats()]
    for spec in plan.parameters where spec.role == .parameter {
      gradients.append(try #require(try parameters[spec.name]?.grad()).floats())
    }
    let outcome = Outcome(output: try output.detach().floats(), gradients: gradients)
    return (outcome, output.isContiguous(format))
  }

  @Test(arguments: cases) func repeatsBitForBit(_ item: Case) throws {
    for format in [MemoryFormat.contiguous, .channelsLast]
    where format == .contiguous || item.input.count == 4 {
      let first = try run(item, format).0
      for _ in 0..<3 { #expect(try run(item, format).0 == first) }
    }
  }

  /// A layer that left it would make every later convolution convert its input.
  @Test(arguments: cases.filter { $0.input.count == 4 })
  func keepsTheMemoryFormat(_ item: Case) throws {
    let rows = try run(item, .contiguous)
    let pixels = try run(item, .channelsLast)
    #expect(rows.isKept)
    #expect(pixels.isKept)
    let distance = pixels.0.distance(to: rows.0)
    #expect(distance <= 1e-4, "\(distance)")
  }
}

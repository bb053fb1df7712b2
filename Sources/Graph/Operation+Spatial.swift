extension Operation {
  /// The values that padding adds.
  package enum Padding: Sendable, Equatable {
    case constant(Double)
    /// The values beside the edge, mirrored at it; the edge itself is not repeated.
    case reflect
    /// The value at the edge.
    case replicate
    /// The values from the other end.
    case circular
  }

  package struct Conv1d: Sendable, Equatable {
    package var stride: Int
    package var padding: Int
    /// Padding at the end only, for `padding: same` with an even kernel.
    package var extraPadding: Int
    package var dilation: Int
    package var groups: Int
  }

  /// A transposed convolution: one number in each array for sequences, two (height and width) for images.
  package struct ConvTranspose: Sendable, Equatable {
    package var stride: [Int]
    package var padding: [Int]
    package var outputPadding: [Int]
    package var dilation: [Int]
    package var groups: Int
  }

  package struct Window1d: Sendable, Equatable {
    package var kernel: Int
    package var stride: Int
    package var padding: Int
    package var dilation: Int
    package var ceilMode: Bool
  }

  package struct Upsample: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
      case nearest, linear, bilinear
    }

    package var mode: Mode
    /// The output's length, or its height and width.
    package var size: [Int]
    /// The factors that were asked for, for each dimension; `nil` if the size was.
    package var scale: [Double]?
    package var alignCorners: Bool
  }
}

extension Graph.Node {
  /// Whether it normalises with statistics that freezing fixes: batch normalisation, and instance
  /// normalisation with running statistics; or may do so, as TorchScript.
  var hasFreezableStatistics: Bool {
    switch operation {
    case .batchNorm, .torchScript: true
    case .instanceNorm: parameters.contains { $0.role == .buffer }
    default: false
    }
  }
}

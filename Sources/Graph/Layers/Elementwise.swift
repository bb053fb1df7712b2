import ExperimentConfig

/// A layer without parameters whose output has the same shape as its input.
protocol Elementwise: Layer {
  func operation() -> Operation
  /// Floating-point operations per value.
  static var flopsPerValue: Int { get }
}

extension Elementwise {
  package func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    LayerPlan(
      inputs[0], operation(), flops: Saturating.multiply(inputs[0].count, Self.flopsPerValue))
  }
}

import ExperimentConfig

/// A layer without parameters whose output has its input's shape.
protocol Elementwise: Layer {
  func operation() -> Operation
  /// Floating-point operations for one value.
  static var flopsPerValue: Int { get }
}

extension Elementwise {
  package func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    LayerPlan(
      inputs[0], operation(), flops: Saturating.multiply(inputs[0].count, Self.flopsPerValue))
  }
}

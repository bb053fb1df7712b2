import ExperimentConfig

struct BatchNorm1d: Layer {
  static let schema = ComponentSchema(
    "batch_norm1d", BatchNorm.fields,
    doc: "Batch normalisation of [N, features] or [N, channels, length].")

  private let norm: BatchNorm

  init(_ arguments: Arguments) throws { norm = try BatchNorm(arguments) }

  func plan(_ inputs: [Shape]) throws(ShapeMismatch) -> LayerPlan {
    guard (1...2).contains(inputs[0].rank) else {
      throw ShapeMismatch(
        "needs [N, features] or [N, channels, length], but its input is \(inputs[0])",
        hint: inputs[0].rank == 3 ? "did you mean 'batch_norm2d'?" : nil)
    }
    return norm.plan(inputs[0])
  }
}

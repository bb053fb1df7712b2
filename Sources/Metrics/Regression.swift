/// Measures of predicted numbers. They are no components of an experiment yet: every experiment
/// classifies, and one that names them is told so at the name.
package enum Regression {
  /// The mean squared difference, in squared units of the target; lower is better. Nothing without
  /// examples.
  package static func meanSquaredError(targets: [Double], outputs: [Double]) -> Double? {
    precondition(targets.count == outputs.count)
    return mean(zip(targets, outputs).map { ($0 - $1) * ($0 - $1) })
  }

  /// The mean absolute difference, in units of the target; lower is better. Nothing without examples.
  package static func meanAbsoluteError(targets: [Double], outputs: [Double]) -> Double? {
    precondition(targets.count == outputs.count)
    return mean(zip(targets, outputs).map { abs($0 - $1) })
  }

  /// The share of the targets' variance that the outputs explain, at most 1; higher is better. Where
  /// all targets are equal: 1 if the outputs are, too, else 0. Nothing with fewer than two examples.
  package static func r2(targets: [Double], outputs: [Double]) -> Double? {
    precondition(targets.count == outputs.count)
    guard targets.count >= 2, let center = mean(targets) else { return nil }
    let residual = NumpySum.sum(zip(targets, outputs).map { ($0 - $1) * ($0 - $1) })
    let total = NumpySum.sum(targets.map { ($0 - center) * ($0 - center) })
    if residual == 0 { return 1 }
    return total == 0 ? 0 : 1 - residual / total
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : NumpySum.sum(values) / Double(values.count)
  }
}

import Graph

/// Chooses the range that 256 equal steps represent values in with the smallest mean squared error, as PyTorch's
/// `HistogramObserver`: a smaller range has finer steps, but cuts off the values beyond it.
struct RangeChoice {
  private static let binCount = 2048
  private static let steps: Float = 255

  /// The range of all values and 0, which is always represented exactly.
  private let whole: ActivationRange
  /// How many values lie in each part of ``whole``, without those that are 0.
  private var counts = [Float](repeating: 0, count: binCount)

  /// - Parameters:
  ///   - values: a sample.
  ///   - lower: the smallest of all values.
  ///   - upper: the largest of all values.
  init(_ values: [Float], lower: Float, upper: Float) {
    whole = ActivationRange(lower: min(lower, 0), upper: max(upper, 0))
    let width = (whole.upper - whole.lower) / Float(Self.binCount)
    guard width > 0 else { return }
    for value in values where value != 0 {
      let place = Int((value - whole.lower) / width)
      counts[min(max(place, 0), Self.binCount - 1)] += 1
    }
  }

  func best() -> ActivationRange {
    guard whole.upper > whole.lower else { return whole }
    let shares = (20...100).map { Float($0) / 100 }
    var best = (range: whole, error: error(of: whole))
    func consider(_ range: ActivationRange) {
      let error = error(of: range)
      if error < best.error { best = (range, error) }
    }
    for share in shares {
      consider(ActivationRange(lower: whole.lower * share, upper: whole.upper * share))
    }
    if whole.lower < 0, whole.upper > 0 {
      for share in shares {
        consider(ActivationRange(lower: whole.lower * share, upper: best.range.upper))
      }
      for share in shares {
        consider(ActivationRange(lower: best.range.lower, upper: whole.upper * share))
      }
    }
    return best.range
  }

  /// The squared error of the sample: values within the range are off by a step's uniform rounding, the others by their
  /// distance from it.
  private func error(of range: ActivationRange) -> Double {
    let width = (whole.upper - whole.lower) / Float(Self.binCount)
    let step = (range.upper - range.lower) / Self.steps
    let rounding = Double(step * step / 12)
    var error = 0.0
    for (place, count) in counts.enumerated() where count > 0 {
      let value = whole.lower + (Float(place) + 0.5) * width
      let outside = max(value - range.upper, range.lower - value, 0)
      error += Double(count) * (rounding + Double(outside * outside))
    }
    return error
  }
}

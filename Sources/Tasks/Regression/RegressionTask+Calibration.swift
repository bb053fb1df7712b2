import DataSchema
import ExperimentConfig
import Tasks

/// How far predicted numbers are off, which a run records no interval for: from the errors of the examples alone.
struct ResidualSpread {
  let count: Int
  /// The mean of prediction minus target.
  let bias: Double
  /// The standard deviation of the errors, with n − 1 in the divisor; `nil` for a single one.
  let deviation: Double?
  /// The slope of the least-squares line of the targets on the predictions: 1 if larger predictions are larger by as much
  /// as the targets are; `nil` if all predictions are equal.
  let slope: Double?
  /// The absolute errors, sorted.
  private let magnitudes: [Double]
  /// The examples in the order of their predictions.
  private let pairs: [(prediction: Double, target: Double)]

  /// - Precondition: as many finite predictions as finite targets, at least one.
  init(_ predictions: [Double], _ targets: [Double]) {
    count = predictions.count
    let errors = zip(predictions, targets).map { $0 - $1 }
    let size = Double(count)
    let bias = NumpySum.sum(errors) / size
    self.bias = bias
    deviation =
      count > 1
      ? (NumpySum.sum(errors.map { ($0 - bias) * ($0 - bias) }) / (size - 1)).squareRoot() : nil
    let (a, b) = (NumpySum.sum(predictions) / size, NumpySum.sum(targets) / size)
    let spread = NumpySum.sum(predictions.map { ($0 - a) * ($0 - a) })
    let product = NumpySum.sum(zip(predictions, targets).map { ($0 - a) * ($1 - b) })
    slope = spread > 0 ? product / spread : nil
    magnitudes = errors.map { abs($0) }.sorted()
    pairs = zip(predictions, targets).map { (prediction: $0, target: $1) }
      .sorted { $0.prediction < $1.prediction }
  }

  /// The ⌈share · (n + 1)⌉-th smallest absolute error: a prediction plus and minus this contains the target of a further
  /// example of the same distribution with at least this probability (split conformal prediction: Lei et al., 2018).
  ///
  /// - Returns: `nil` if there are too few examples for this share.
  func halfWidth(_ share: Double) -> Double? {
    // Without the rounding error of such as 0.9 · 10.
    let rank = Int((share * Double(count + 1) - 1e-9).rounded(.up))
    return rank >= 1 && rank <= count ? magnitudes[rank - 1] : nil
  }

  /// A part of the examples, by the size of their predictions.
  struct Group {
    let range: ClosedRange<Double>
    let count: Int
    let prediction: Double
    let target: Double
    /// The share of the examples whose absolute error is at most some half-width.
    let covered: Double
  }

  /// The examples in groups of equal size by their predictions.
  ///
  /// - Parameter width: the half-width that ``Group/covered`` is about.
  func groups(_ number: Int, within width: Double) -> [Group] {
    let number = min(number, count)
    return (0..<number).map { place in
      let part = pairs[(place * count / number)..<((place + 1) * count / number)]
      let size = Double(part.count)
      return Group(
        range: part[part.startIndex].prediction...part[part.endIndex - 1].prediction,
        count: part.count, prediction: NumpySum.sum(part.map(\.prediction)) / size,
        target: NumpySum.sum(part.map(\.target)) / size,
        covered: Double(part.count { abs($0.prediction - $0.target) <= width }) / size)
    }
  }
}

extension RegressionTask {
  private static let groupCount = 5
  /// The most numbers whose errors are shown by the size of the predictions.
  private static let mostGrouped = 4

  package func calibration(_ predictions: Predictions, split: String) -> [ReportBlock] {
    let count = predictions.count
    let width = quantities.count
    guard count > 0, predictions.layout.targets.count == width,
      predictions.outputs.allSatisfy(\.isFinite), predictions.targets.allSatisfy(\.isFinite)
    else { return [] }
    let spreads = quantities.indices.map { column in
      ResidualSpread(
        (0..<count).map { predictions.outputs[$0 * width + column] },
        (0..<count).map { Double(predictions.targets[$0 * width + column]) })
    }
    func text(_ value: Double?) -> String { value.map { NumberText.fixed($0, 4) } ?? "–" }
    let isIndependent = Set(predictions.indices).count == count
    let sentence =
      "A run records one number for each target and no interval of its own. This is how far the "
      + "\(Insight.count(count, "prediction", "predictions")) for the \(split) set are off: their mean error (prediction "
      + "minus target), the standard deviation of the errors, the slope of the targets on the predictions (1 if "
      + "predictions are neither too extreme nor too timid), and the distance within which the target lies in 50, 90 "
      + "and 95% of cases. "
      + (isIndependent
        ? "Such an interval holds for further examples of the same distribution, on average over all of them "
          + "(split conformal prediction); it has the same width for all examples."
        : "Several models answered the same examples, so such an interval is a description of these predictions only.")
    var blocks: [ReportBlock] = [
      .text(sentence),
      .table(
        ReportTable(
          heading: [
            "Number", "Mean error", "Deviation", "Slope", "50% within ±", "90% within ±",
            "95% within ±",
          ],
          rows: zip(partNames, spreads).map { name, spread in
            [name, text(spread.bias), text(spread.deviation), text(spread.slope)]
              + [0.5, 0.9, 0.95].map { text(spread.halfWidth($0)) }
          })),
    ]
    for (name, spread) in zip(partNames, spreads).prefix(Self.mostGrouped) {
      guard let half = spread.halfWidth(0.9), spread.count >= 4 * Self.groupCount else { continue }
      blocks.append(
        .table(
          ReportTable(
            title: "\(name), by the size of the prediction:",
            heading: [
              "Predictions", "Count", "Mean prediction", "Mean target", "Within ±\(text(half))",
            ],
            rows: spread.groups(Self.groupCount, within: half).map { group in
              [
                "\(text(group.range.lowerBound)) to \(text(group.range.upperBound))",
                NumberText.grouped(group.count), text(group.prediction), text(group.target),
                Insight.percent(group.covered),
              ]
            })))
    }
    return blocks
  }
}

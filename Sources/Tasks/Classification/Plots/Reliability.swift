import Figures
import Tasks

/// A reliability diagram: how often predictions of a given confidence are right.
package struct Reliability: Equatable {
  package struct Bin: Equatable {
    package var count = 0
    package var correct = 0
    package var confidence = 0.0

    var accuracy: Double { count == 0 ? 0 : Double(correct) / Double(count) }
    var meanConfidence: Double { count == 0 ? 0 : confidence / Double(count) }
  }

  /// Fifteen bins of equal width, as in Guo et al., 2017 (https://arxiv.org/abs/1706.04599) and as
  /// the metric's default.
  package static let binCount = CalibrationBins.standardCount

  package let bins: [Bin]

  /// The confidence of an example is the probability of the predicted class. Examples with
  /// non-finite scores are left out.
  package init(_ table: PooledPredictions) {
    let rows = (0..<table.count).filter { table.scores(at: $0).allSatisfy(\.isFinite) }
    let pooled = PooledPredictions(
      labels: rows.map { table.labels[$0] }, predictions: rows.map { table.predictions[$0] },
      scores: rows.flatMap { table.scores(at: $0) }, link: table.link, classes: table.classes)
    bins = CalibrationBins(pooled, count: Self.binCount).bins.map { bin in
      let size = Double(bin.count)
      return Bin(
        count: bin.count, correct: Int(((bin.accuracy ?? 0) * size).rounded()),
        confidence: (bin.confidence ?? 0) * size)
    }
  }

  package var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// The expected calibration error: the mean gap between confidence and accuracy.
  package var expectedCalibrationError: Double {
    guard count > 0 else { return 0 }
    return bins.reduce(0) {
      $0 + Double($1.count) / Double(count) * abs($1.accuracy - $1.meanConfidence)
    }
  }
}

extension Reliability {
  static let name = "reliability"

  func drawing(split: String, runName: String) -> Drawing {
    var figure = Figure(
      Self.name, title: "Reliability, \(split) set", width: 560, height: 600)
    let error = (100 * expectedCalibrationError).rounded(digits: 2)
    figure.commands += figure.titleCommands(
      "\(runName): \(count.grouped) examples, expected calibration error \(error)% "
        + "(\(Self.binCount) bins)")
    let width = 1 / Double(Self.binCount)
    figure.addData(
      "bins",
      bins.enumerated().filter { $0.element.count > 0 }.map { index, bin in
        [
          (Double(index) + 0.5) * width, bin.accuracy, bin.meanConfidence, Double(bin.count),
        ]
      })
    figure.commands += figure.axisLabels(
      x: nil, y: "fraction that is right", left: 92, top: 92, right: 540, bottom: 400)
    figure.commands += figure.axisLabels(
      x: "confidence (probability of the predicted class)", y: "examples", left: 92, top: 424,
      right: 540, bottom: 544)
    figure.commands += ["set multiplot", "set xrange [0:1]", "set yrange [0:1]"]
    figure.commands += figure.margins(left: 92, top: 92, right: 540, bottom: 400)
    figure.commands += [
      "set key at screen 0.965,\(figure.y(56)) right top horizontal",
      "set xtics 0.2 format ''", "set ytics 0.2",
      "set boxwidth \(width * 0.9)",
      "plot $bins using 1:2 with boxes lc rgb '\(Style.sky)' title 'accuracy', "
        + "$bins using 3:2:(0):($3-$2) with vectors nohead lc rgb '\(Style.vermilion)' lw 3 "
        + "title 'gap', "
        + "$bins using 3:2 with points pt 7 ps 0.8 lc rgb '\(Style.ink)' notitle, "
        + "x with lines lc rgb '\(Style.ink)' lw 1.2 dt 2 title 'perfect'",
      "unset label", "unset key",
    ]
    figure.commands += figure.margins(left: 92, top: 424, right: 540, bottom: 544)
    let most = Double(bins.map(\.count).max() ?? 1)
    figure.commands += [
      "set format x '%g'", "set logscale y", "set yrange [0.7:\(max(10, most) * 1.5)]",
      "set ytics (\(Self.countTics(most)))",
      "plot $bins using 1:4 with boxes lc rgb '\(Style.quiet)'", "unset multiplot",
    ]
    return .figure(figure)
  }

  private static func countTics(_ most: Double) -> String {
    var tics: [String] = []
    var value = 1
    while Double(value) <= max(10, most) * 1.5, value < 1_000_000_000 {
      tics.append("'\(value.grouped)' \(value)")
      value *= 10
    }
    return tics.joined(separator: ", ")
  }
}

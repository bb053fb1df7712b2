import Figures
import Tasks

/// Figures of the confusion matrices of several runs and of their differences.
struct ConfusionDifferences {
  struct Entry {
    let run: String
    let counts: [[Int]]
    /// Whether the difference from the first run is meaningful.
    let isComparable: Bool
  }

  let names: [String]
  let entries: [Entry]

  /// With more classes, a cell would be less than two pixels wide.
  private static let mostClasses = 500

  /// One figure of each run's counts, and one of the difference for each comparable run after the
  /// first.
  func drawings() -> [Drawing] {
    guard let first = entries.first, first.counts.count <= Self.mostClasses else { return [] }
    var drawings = entries.enumerated().map { index, entry in
      matrix(
        "confusion_\(index + 1)", title: "Confusion matrix, counts", more: entry.run,
        entry.counts.map { $0.map(Double.init) }, isDifference: false)
    }
    for (index, entry) in entries.enumerated().dropFirst() where entry.isComparable {
      let values = CountMatrices.difference(entry.counts, first.counts)
      drawings.append(
        matrix(
          "confusion_difference_\(index + 1)", title: "Confusion matrix, difference of counts",
          more: "\(entry.run) minus \(first.run)", values.map { $0.map(Double.init) },
          isDifference: true))
    }
    return drawings
  }

  private func matrix(
    _ name: String, title: String, more: String, _ values: [[Double]], isDifference: Bool
  ) -> Drawing {
    let classes = values.count
    let cell = max(2, min(44, 700 / max(1, classes)))
    let side = max(220, cell * classes)
    var figure = Figure(name, title: title, width: max(side + 120, 480), height: side + 130)
    figure.commands += figure.titleCommands(more)
    figure.commands += figure.margins(left: 72, top: 66, right: 72 + side, bottom: 66 + side)
    // The square root keeps rare errors visible beside many correct answers.
    func depth(_ value: Double) -> Double { (value < 0 ? -1 : 1) * abs(value).squareRoot() }
    let most = max(1, values.joined().map { abs(depth($0)) }.max() ?? 1)
    let every = max(1, (Style.fontSize + 3 + cell - 1) / max(1, side / max(1, classes)))
    let tics = stride(from: 0, to: classes, by: every)
      .map { "\(GnuplotText.tic(names[$0], limit: 8)) \($0)" }.joined(separator: ", ")
    let palette =
      isDifference
      ? "set palette defined (-1 '\(Style.vermilion)', 0 '#FFFFFF', 1 '\(Style.blue)')"
      : Style.palette
    figure.commands += [
      "unset key", "unset grid", "unset colorbox", palette,
      "set cbrange [\(isDifference ? -most : 0):\(most)]",
      "set border 15 lc rgb '\(Style.quiet)' lw 1",
      "set xrange [-0.5:\(Double(classes) - 0.5)]", "set yrange [\(Double(classes) - 0.5):-0.5]",
      "set xtics scale 0.3 (\(tics))", "set ytics scale 0.3 (\(tics))",
      "set label 'predicted class' at screen \(figure.x(72 + side / 2)),"
        + "\(figure.y(figure.height - 18)) center tc rgb '\(Style.ink)'",
      "set label 'true class' at screen \(figure.x(18)),\(figure.y(66 + side / 2)) center "
        + "rotate by 90 tc rgb '\(Style.ink)'",
      "$cells << END_OF_DATA",
    ]
    figure.commands += values.map { row in row.map { "\(depth($0))" }.joined(separator: " ") }
    figure.commands.append("END_OF_DATA")
    figure.plotMatrix(classes) { isDark in
      values.enumerated().flatMap { row, values in
        values.enumerated().compactMap { column, value -> String? in
          guard value != 0, (abs(depth(value)) > 0.62 * most) == isDark else { return nil }
          let sign = isDifference && value > 0 ? "+" : ""
          return "\(column) \(row) \(sign)\(Int(value))"
        }
      }
    }
    return .figure(figure)
  }
}

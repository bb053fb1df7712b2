import Figures
import Tasks

/// Plots the confusion matrix, as counts and as shares of each true class.
struct ConfusionPlots {
  let counts: [[Int]]
  let names: [String]
  /// `test`, or `validation` if there are no test examples.
  let split: String
  let runName: String

  /// With more classes, a cell would be less than two pixels wide.
  static let limit = 500

  init(_ table: PooledPredictions, names: [String], split: String, runName: String) {
    var counts = [[Int]](
      repeating: [Int](repeating: 0, count: table.classes), count: table.classes)
    for (label, prediction) in zip(table.labels, table.predictions) {
      counts[label][prediction] += 1
    }
    self.counts = counts
    self.names = names
    self.split = split
    self.runName = runName
  }

  func drawings() -> [Drawing] {
    let files = ["confusion_matrix", "confusion_matrix_normalised"]
    guard names.count <= Self.limit else {
      return files.map {
        .skipped(name: $0, reason: "\(names.count) classes are too many for one plot")
      }
    }
    let shares = counts.map { row in
      let sum = row.reduce(0, +)
      return row.map { sum == 0 ? 0 : Double($0) / Double(sum) }
    }
    let total = counts.joined().reduce(0, +)
    let correct = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let most = Double(counts.joined().max() ?? 0)
    return [
      figure(
        files[0], title: "Confusion matrix, \(split) set",
        more: "\(runName): \(correct.grouped) of \(total.grouped) right; colour by square root",
        values: counts.map { $0.map(Double.init) }, most: max(1, most),
        tics: Self.tics(most: max(1, most)).map { (Int($0).grouped, $0) },
        cell: { String(Int($0)) }),
      figure(
        files[1], title: "Confusion matrix, % of each true class, \(split) set",
        more: "\(runName): \(total.grouped) examples; colour by square root", values: shares,
        most: 1, tics: [0, 1, 5, 10, 25, 50, 75, 100].map { ("\(Int($0))%", $0 / 100) },
        cell: { $0.percent }),
    ]
  }

  /// 0 and round counts up to the largest, spaced far enough apart on the square-root scale.
  static func tics(most: Double) -> [Double] {
    var result: [Double] = []
    var power = 1.0
    while power * 10 <= most { power *= 10 }
    while power >= 1 {
      for factor in [5.0, 2, 1] where factor * power <= most {
        let root = (factor * power / most).squareRoot()
        let last = result.last.map { ($0 / most).squareRoot() } ?? 2
        if root >= 0.1, last - root >= 0.09 { result.append(factor * power) }
      }
      power /= 10
    }
    return (result + [0]).reversed()
  }

  private func figure(
    _ name: String, title: String, more: String, values: [[Double]], most: Double,
    tics: [(String, Double)], cell text: (Double) -> String
  ) -> Drawing {
    let classes = names.count
    let cell = max(2, min(44, 700 / max(1, classes)))
    let side = max(220, cell * classes)
    let small = classes > 20 ? Style.smallSize : Style.fontSize
    let labels = names.map { Style.width(of: GnuplotText.shortened($0, 16), size: small) }
    // Names below the matrix are rotated if they would overlap.
    let every = max(1, (small + 3 + cell - 1) / max(1, side / classes))
    let isUpright = (labels.max() ?? 0) + 6 > every * side / classes
    let left = 48 + (labels.max() ?? 0)
    let top = 66
    let below = 44 + (isUpright ? labels.max() ?? 0 : small)
    var figure = Figure(
      name, title: title, width: max(left + side + 96, 480), height: top + side + below)
    figure.commands += figure.titleCommands(more)
    figure.commands += figure.margins(
      left: left, top: top, right: left + side, bottom: top + side)
    figure.commands += ["unset key", "unset grid", "set border 15 lc rgb '\(Style.quiet)' lw 1"]
    figure.commands += [Style.palette, "set cbrange [0:\(most.squareRoot())]"]
    figure.commands += colorbox(figure, left: left + side + 16, top: top, side: side, tics)
    figure.commands += [
      "set xrange [-0.5:\(Double(classes) - 0.5)]", "set yrange [\(Double(classes) - 0.5):-0.5]",
      "set xtics scale 0.3 font ',\(small)' " + (isUpright ? "rotate by 90 right" : ""),
      "set ytics scale 0.3 font ',\(small)'",
      "set xtics (\(axis(every)))", "set ytics (\(axis(every)))",
      "set label 'predicted class' at screen \(figure.x(left + side / 2)),"
        + "\(figure.y(figure.height - 14)) center tc rgb '\(Style.ink)'",
      "set label 'true class' at screen \(figure.x(16)),\(figure.y(top + side / 2)) center "
        + "rotate by 90 tc rgb '\(Style.ink)'",
    ]
    figure.commands.append("$cells << END_OF_DATA")
    figure.commands += values.map { row in
      row.map { "\($0.squareRoot())" }.joined(separator: " ")
    }
    figure.commands.append("END_OF_DATA")
    figure.plotMatrix(classes) { isDark in
      cells(values, text) { isDark == (($0 / most).squareRoot() > 0.62) }
    }
    return .figure(figure)
  }

  /// Column, row and text of the nonzero cells for which `fits` is true.
  private func cells(
    _ values: [[Double]], _ text: (Double) -> String, where fits: (Double) -> Bool
  ) -> [String] {
    values.enumerated().flatMap { row, values in
      values.enumerated().filter { $0.element > 0 && fits($0.element) }
        .map { "\($0.offset) \(row) \(text($0.element))" }
    }
  }

  private func axis(_ every: Int) -> String {
    stride(from: 0, to: names.count, by: every)
      .map { "\(GnuplotText.tic(names[$0], limit: 16)) \($0)" }.joined(separator: ", ")
  }

  private func colorbox(
    _ figure: Figure, left: Int, top: Int, side: Int, _ tics: [(String, Double)]
  ) -> [String] {
    let height = min(side, 360)
    let list = tics.map { "\(GnuplotText.tic($0.0)) \($0.1.squareRoot())" }
    return [
      "set colorbox vertical user origin screen \(figure.x(left)),\(figure.y(top + height)) "
        + "size screen \(figure.x(14)),\(Double(height) / Double(figure.height)) noborder",
      "set cbtics scale 0 font ',\(Style.smallSize)' offset -0.5,0 "
        + "(\(list.joined(separator: ", ")))",
    ]
  }
}

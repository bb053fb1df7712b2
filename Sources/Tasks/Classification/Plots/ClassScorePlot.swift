import Figures
import Tasks

/// Plots precision, recall and F1 of each class as points, so the axis need not start at 0.
package struct ClassScorePlot {
  let counts: [[Int]]
  let names: [String]
  let split: String
  let runName: String

  static let name = "per_class"

  package struct Scores: Equatable {
    package let precision: Double
    package let recall: Double
    package let f1: Double
  }

  /// The scores of each class; 0 if the denominator is 0, as in scikit-learn, and `nil` for a class
  /// that occurs neither among the labels nor among the predictions.
  package static func scores(_ counts: [[Int]]) -> [Scores?] {
    counts.indices.map { index in
      let right = Double(counts[index][index])
      let labelled = Double(counts[index].reduce(0, +))
      let predicted = Double(counts.reduce(0) { $0 + $1[index] })
      if labelled + predicted == 0 { return nil }
      return Scores(
        precision: predicted > 0 ? right / predicted : 0,
        recall: labelled > 0 ? right / labelled : 0,
        f1: 2 * right / (labelled + predicted))
    }
  }

  func drawing() -> Drawing {
    let classes = names.count
    guard classes <= ConfusionPlots.limit else {
      return .skipped(name: Self.name, reason: "\(classes) classes are too many for one plot")
    }
    let scores = Self.scores(counts)
    let known = scores.compactMap(\.self)
    let all = known.flatMap { [$0.precision, $0.recall, $0.f1] }
    let spacing = classes <= 20 ? max(32, 600 / max(1, classes)) : max(4, min(24, 1100 / classes))
    let size = classes > 20 ? Style.smallSize : Style.fontSize
    let widest = names.map { Style.width(of: GnuplotText.shortened($0, 16), size: size) }.max() ?? 0
    let every = max(1, (size + 3 + spacing - 1) / spacing)
    let isUpright = widest + 6 > every * spacing
    let side = classes * spacing
    let below = 46 + (isUpright ? widest : size)
    let left = 80
    var figure = Figure(
      Self.name, title: "Precision, recall and F1 of each class, \(split) set",
      width: max(left + side + 20, 600), height: 370 + below)
    let range = Axis.shares(all)
    let mean = all.isEmpty ? 0 : known.reduce(0) { $0 + $1.f1 } / Double(known.count)
    let absent = scores.count - known.count
    figure.commands += figure.titleCommands(
      "\(runName): macro F1 \(mean.rounded(digits: 4))"
        + (absent == 0 ? "" : ", without \(absent) of \(classes) classes that do not occur"))
    figure.commands += figure.margins(
      left: left, top: 76, right: figure.width - 20, bottom: 370)
    figure.commands += range.commands
    let start = range.lowest > 0 ? " (axis from \(range.lowest.rounded(digits: 4)))" : ""
    figure.commands += figure.axisLabels(
      x: nil, y: "score" + start, left: left, top: 76, right: figure.width - 20, bottom: 370)
    figure.commands += [
      "set key at screen 0.985,\(figure.y(34)) right top horizontal samplen 0.8",
      "set xrange [-0.6:\(Double(classes) - 0.4)]",
      "set format y '%g'",
      "set xtics scale 0 font ',\(size)' " + (isUpright ? "rotate by 90 right" : ""),
      "set xtics (\(tics(every)))",
      "set label 'class' at screen \(figure.x((left + figure.width - 20) / 2)),"
        + "\(figure.y(figure.height - 14)) center tc rgb '\(Style.ink)'",
    ]
    let shift = 0.2
    figure.addData(
      "scores",
      scores.enumerated().compactMap { index, score in
        guard let score else { return nil }
        let values = [score.precision, score.recall, score.f1]
        return [Double(index)] + values + [values.min() ?? 0, values.max() ?? 0]
      })
    let point = classes <= 20 ? 1 : (classes <= 60 ? 0.8 : 0.5)
    let spread = classes <= 20 ? shift : 0
    figure.commands.append(
      "plot $scores using 1:5:(0):($6-$5) with vectors nohead lc rgb '#BBBBBB' lw 1.5 notitle, "
        + "$scores using ($1-\(spread)):2 with points pt 7 ps \(point) lc rgb '\(Style.blue)' "
        + "title 'precision', "
        + "$scores using ($1+\(spread)):3 with points pt 5 ps \(point) lc rgb '\(Style.orange)' "
        + "title 'recall', "
        + "$scores using 1:4 with points pt 8 ps \(point * 1.2) lw 1.5 lc rgb '\(Style.ink)' "
        + "title 'F1'")
    return .figure(figure)
  }

  private func tics(_ every: Int) -> String {
    stride(from: 0, to: names.count, by: every)
      .map { "\(GnuplotText.tic(names[$0], limit: 16)) \($0)" }.joined(separator: ", ")
  }
}

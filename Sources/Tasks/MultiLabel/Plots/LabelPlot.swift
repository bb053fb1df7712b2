import Figures
import Tasks

/// Plots the scores of each label as points, so the axis need not start at 0.
struct LabelPlot {
  let report: LabelReport
  let split: String
  let runName: String

  static let name = "per_label"
  /// With more labels, the points are indistinguishable.
  static let most = 200

  func drawing() -> Drawing {
    let labels = report.labels
    guard labels.count <= Self.most else {
      return .skipped(
        name: Self.name, reason: "\(labels.count) labels are too many for one plot")
    }
    guard report.examples > 0 else {
      return .skipped(name: Self.name, reason: "there are no examples")
    }
    let spacing = labels.count <= 20 ? max(32, 600 / max(1, labels.count)) : 16
    let size = labels.count > 20 ? Style.smallSize : Style.fontSize
    let names = labels.map { GnuplotText.shortened($0.label, 16) }
    let widest = names.map { Style.width(of: $0, size: size) }.max() ?? 0
    let isUpright = widest + 6 > spacing
    let left = 80
    let side = labels.count * spacing
    var figure = Figure(
      Self.name, title: "Scores of each label, \(split) set", width: max(left + side + 20, 600),
      height: 416 + (isUpright ? widest : size))
    let all = labels.flatMap { row -> [Double] in
      [row.averagePrecision ?? 0, row.precision, row.recall, row.f1]
    }
    let range = Axis.shares(all)
    let mean = labels.reduce(0) { $0 + ($1.averagePrecision ?? 0) } / Double(labels.count)
    figure.commands += figure.titleCommands(
      "\(runName): \(report.examples.grouped) examples, macro average precision "
        + mean.rounded(digits: 4))
    figure.commands += figure.margins(left: left, top: 76, right: figure.width - 20, bottom: 370)
    figure.commands += range.commands
    let start = range.lowest > 0 ? " (axis from \(range.lowest.rounded(digits: 4)))" : ""
    figure.commands += figure.axisLabels(
      x: nil, y: "score" + start, left: left, top: 76, right: figure.width - 20, bottom: 370)
    let tics = names.indices.map { "\(GnuplotText.tic(names[$0], limit: 16)) \($0)" }
    figure.commands += [
      "set key at screen 0.985,\(figure.y(34)) right top horizontal samplen 0.8",
      "set xrange [-0.6:\(Double(labels.count) - 0.4)]", "set format y '%g'",
      "set xtics scale 0 font ',\(size)' " + (isUpright ? "rotate by 90 right" : ""),
      "set xtics (\(tics.joined(separator: ", ")))",
    ]
    figure.addData(
      "scores",
      labels.enumerated().map { index, row in
        [
          Double(index), row.averagePrecision ?? 0, row.precision, row.recall, row.f1,
        ]
      })
    figure.commands.append(
      "plot $scores using ($1-0.15):3 with points pt 7 ps 1 lc rgb '\(Style.blue)' "
        + "title 'precision', "
        + "$scores using ($1+0.15):4 with points pt 5 ps 1 lc rgb '\(Style.orange)' title 'recall', "
        + "$scores using 1:5 with points pt 8 ps 1.2 lw 1.5 lc rgb '\(Style.ink)' title 'F1', "
        + "$scores using 1:2 with points pt 6 ps 1.4 lw 1.5 lc rgb '\(Style.green)' "
        + "title 'average precision'")
    return .figure(figure)
  }
}

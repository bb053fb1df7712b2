import Figures
import Tasks

/// Plots one-versus-rest ROC and precision-recall curves of each class, and their mean.
struct RankingPlots {
  private let rankings: [(index: Int, ranking: RankingCurves)]
  private let classes: Int
  private let names: [String]
  private let split: String
  private let runName: String

  /// The maximum number of classes drawn individually: those with the smallest areas.
  static let lines = 10

  init(_ table: PooledPredictions, names: [String], split: String, runName: String) {
    let scores = RankingCurves.rankScores(table)
    rankings = (0..<table.classes).compactMap { index in
      RankingCurves(table, scores, of: index).map { (index, $0) }
    }
    classes = table.classes
    self.names = names
    self.split = split
    self.runName = runName
  }

  func roc() -> Drawing {
    drawing(
      "roc", title: "ROC curves, \(split) set", measure: "area", x: "false positive rate",
      y: "true positive rate", value: \.area, curve: \.roc, mean: RankingCurves.meanROC,
      corner: 0, diagonal: true)
  }

  func precisionRecall() -> Drawing {
    drawing(
      "precision_recall", title: "Precision-recall curves, \(split) set",
      measure: "average precision", x: "recall", y: "precision", value: \.averagePrecision,
      curve: \.precisionRecall, mean: RankingCurves.meanPrecisionRecall, corner: 1,
      diagonal: false)
  }

  private func drawing(
    _ name: String, title: String, measure: String, x: String, y: String,
    value: KeyPath<RankingCurves, Double>, curve: KeyPath<RankingCurves, [RankingCurves.Point]>,
    mean: ([RankingCurves]) -> [RankingCurves.Point], corner: Double, diagonal: Bool
  ) -> Drawing {
    guard !rankings.isEmpty else {
      return .skipped(name: name, reason: "all examples are of one class")
    }
    let byValue = rankings.sorted {
      ($0.ranking[keyPath: value], $0.index) < ($1.ranking[keyPath: value], $1.index)
    }
    let drawn = byValue.prefix(Self.lines).sorted { $0.index < $1.index }
    let average =
      rankings.reduce(0) { $0 + $1.ranking[keyPath: value] } / Double(rankings.count)
    var figure = Figure(name, title: title, width: 720, height: 540)
    let left = rankings.count > Self.lines ? ", the \(Self.lines) lowest of \(classes) shown" : ""
    figure.commands += figure.titleCommands(
      "\(runName): each class against the rest\(left); \(measure), mean "
        + average.rounded(digits: 4))
    var plots: [String] = []
    for (position, (index, ranking)) in drawn.enumerated() {
      let points = ranking[keyPath: curve]
      let line = diagonal ? points : RankingCurves.steps(points)
      figure.addData("c\(position)", RankingCurves.thinned(line).map { [$0.x, $0.y] })
      let label =
        GnuplotText.shortened(names[index], 12) + ": "
        + ranking[keyPath: value].rounded(digits: 4)
      plots.append(
        "$c\(position) with lines title \(GnuplotText.quoted(label)) "
          + Style.classLine(position).words(width: 1.5))
    }
    figure.addData(
      "mean", RankingCurves.thinned(mean(rankings.map(\.ranking))).map { [$0.x, $0.y] })
    plots.append(
      "$mean with lines title 'mean: \(average.rounded(digits: 4))' lc rgb '#000000' lw 2.8 dt 1")
    if diagonal { plots.append("x with lines notitle lc rgb '\(Style.quiet)' lw 1 dt 3") }
    let plot = "plot " + plots.joined(separator: ", ")
    figure.commands += figure.axisLabels(x: x, y: y, left: 70, top: 66, right: 500, bottom: 484)
    figure.commands += ["set multiplot", "set xrange [0:1]", "set yrange [0:1.005]"]
    figure.commands += figure.margins(left: 70, top: 66, right: 500, bottom: 484)
    figure.commands += [
      "set key at screen \(figure.x(516)),\(figure.y(66)) left top vertical Left reverse "
        + "samplen 2.5 spacing 1.25 font ',\(Style.smallSize + 1)'",
      "set xtics 0.2", "set ytics 0.2", plot,
    ]
    if average > 0.9 { figure.commands += inset(figure, plot: plot, corner: corner) }
    figure.commands.append("unset multiplot")
    return .figure(figure)
  }

  /// An enlarged view of the corner in which good models differ, placed over the empty part of the
  /// plot.
  private func inset(_ figure: Figure, plot: String, corner: Double) -> [String] {
    let range = corner == 0 ? "[0:0.1]" : "[0.9:1]"
    let places = corner == 0 ? (left: 230, right: 480) : (left: 130, right: 380)
    let lines = [
      "set object 1 rectangle from screen \(figure.x(places.left - 46)),\(figure.y(462)) to screen "
        + "\(figure.x(places.right + 10)),\(figure.y(176)) behind fillcolor rgb '#FFFFFF' "
        + "fillstyle solid 1.0 noborder",
      "unset key", "unset label",
      "set border 15 lc rgb '\(Style.quiet)' lw 1",
      "set xtics 0.05 font ',\(Style.smallSize)'", "set ytics 0.05 font ',\(Style.smallSize)'",
      "set xrange \(range)", "set yrange [0.9:1.0005]",
    ]
    return lines
      + figure.margins(left: places.left, top: 186, right: places.right, bottom: 436) + [plot]
  }
}

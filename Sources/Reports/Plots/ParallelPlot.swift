import Figures
import Glibc
import TaskRegistry

/// A parallel-coordinates plot: one vertical axis per key and one for the objective, one line per
/// trial.
struct ParallelPlot {
  let columns: [SweepColumn]
  /// The objective of each trial, best first, in the order of the columns' places.
  let scores: [Double]
  let label: String
  let more: String

  func drawing() -> Drawing {
    guard columns.count > 1 else {
      return .skipped(name: "parallel", reason: "a single key has its own plot")
    }
    guard columns.count <= 12 else {
      return .skipped(name: "parallel", reason: "\(columns.count) keys are too many")
    }
    let goal = Scale(scores, isLogarithmic: false, choices: [])
    let axes =
      columns.map { Scale($0.places, isLogarithmic: $0.isLogarithmic, choices: $0.choices) }
      + [goal]
    let width = max(Style.width, 130 * axes.count)
    var figure = Figure("parallel", title: "All trials, key by key", width: width)
    figure.commands += figure.titleCommands(more + "; darker is better")
    figure.commands += figure.margins(left: 70, top: 96, right: width - 70, bottom: 388)
    figure.commands += [
      "set style textbox opaque noborder margins 0.4,0.4", "unset key", "unset grid",
      "unset border", "unset xtics", "unset ytics", "unset colorbox",
      "set xrange [0:\(axes.count - 1)]", "set yrange [0:1]",
      "set palette defined (0 '#C6DCEF', 0.6 '#4292C6', 1 '#08306B')", "set cbrange [0:1]",
    ]
    for (index, axis) in axes.enumerated() {
      let name = index < columns.count ? columns[index].name : label
      figure.commands += [
        "set arrow from \(index),0 to \(index),1 nohead front lc rgb '\(Style.quiet)' lw 1",
        "set label \(GnuplotText.quoted(name, limit: 18)) at \(index),graph 1.07 center "
          + "tc rgb '\(Style.ink)'",
      ]
      for tic in axis.tics {
        figure.commands.append(
          "set label \(GnuplotText.quoted(tic.text, limit: 14)) at \(index),\(tic.place) "
            + "\(index == axes.count - 1 ? "left offset 0.8,0" : "right offset -0.8,0") front boxed "
            + "font ',\(Style.smallSize)' tc rgb '\(Style.ink)'")
      }
    }
    var plots: [String] = []
    // Draw the best trial last, on top of the others.
    for trial in scores.indices.reversed() {
      let places = columns.indices.map { axes[$0].place(columns[$0].places[trial]) }
      let rows = (places + [goal.place(scores[trial])]).enumerated().map {
        [Double($0.offset), $0.element]
      }
      figure.addData("t\(trial)", rows)
      // Colour by rank: scaled by score, a single bad trial would leave the others in one colour.
      let quality = 1 - Double(trial) / Double(max(1, scores.count - 1))
      plots.append(
        trial == 0
          ? "$t0 with lines lc rgb '\(Style.vermilion)' lw 2.5"
          : "$t\(trial) with lines lc palette cb \(quality) lw 1")
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }

  /// Maps values to positions on an axis, 0 to 1.
  private struct Scale {
    let low: Double
    let high: Double
    let isLogarithmic: Bool
    let choices: [String]

    init(_ values: [Double], isLogarithmic: Bool, choices: [String]) {
      let ends = (values.min() ?? 0, values.max() ?? 1)
      low = isLogarithmic ? log10(ends.0) : ends.0
      high = isLogarithmic ? log10(ends.1) : ends.1
      self.isLogarithmic = isLogarithmic
      self.choices = choices
    }

    func place(_ value: Double) -> Double {
      let number = isLogarithmic ? log10(value) : value
      return high > low ? (number - low) / (high - low) : 0.5
    }

    var tics: [(place: Double, text: String)] {
      if !choices.isEmpty {
        return choices.enumerated().map { (place(Double($0.offset)), $0.element) }
      }
      if isLogarithmic {
        let tics = Axis.logarithmicTics(pow(10, low)...pow(10, high))
        return tics.map { (place($0), "\(($0 * 1e12).rounded() / 1e12)") }
      }
      let step = Axis.step(high - low, parts: 5)
      let first = (low / step - 1e-9).rounded(.up)
      var tics: [(place: Double, text: String)] = []
      for index in 0...6 {
        let value = (first + Double(index)) * step
        if value > high + step * 1e-9 { break }
        tics.append((place(value), value.rounded(digits: 6)))
      }
      return tics
    }
  }
}

/// The objective by epoch, one line per trial.
struct SweepCurves {
  let curves: [SweepPlots.Curve]
  let best: Int
  let label: String
  let runName: String

  func drawing() -> Drawing {
    let drawn = curves.filter { $0.values.contains(where: \.isFinite) }
      .prefix(SweepPlots.mostLines)
    let last = drawn.map(\.values.count).max() ?? 0
    guard last > 0 else {
      return .skipped(name: "curves", reason: "the epochs do not record '\(label)'")
    }
    var figure = Figure("curves", title: TaskRegistry.heading("\(label) by epoch, all trials"))
    figure.commands += figure.titleCommands("\(runName): \(drawn.count) trials")
    figure.commands += Axis.epochs(through: last)
    figure.commands += ["set ylabel '\(label)'", "set format y '%g'"]
    let values = drawn.flatMap(\.values).filter(\.isFinite)
    if let least = values.min(), let most = values.max(), least > 0, most > 50 * least {
      figure.commands.append("set logscale y")
    }
    figure.commands.append("set offsets 0,0,graph 0.04,graph 0.04")
    var plots: [String] = []
    for curve in drawn where curve.trial != best {
      figure.addData("t\(curve.trial)", rows(curve))
      let marks = curve.values.count == 1 ? "points pt 7 ps 0.5" : "lines"
      plots.append(
        "$t\(curve.trial) with \(marks) lc rgb '#9DBAD1' lw \(drawn.count > 60 ? 0.6 : 1) notitle")
    }
    if let curve = drawn.first(where: { $0.trial == best }) {
      figure.addData("best", rows(curve))
      plots.append(
        "$best with linespoints pt 7 ps \(last <= 40 ? 0.7 : 0) lc rgb '\(Style.vermilion)' lw 2 "
          + "title 'best: trial \(best)'")
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }

  private func rows(_ curve: SweepPlots.Curve) -> [[Double]] {
    curve.values.enumerated().map { [Double($0.offset + 1), $0.element] }
  }
}

import Figures
import RunRecord
import TaskRegistry

/// The plots of a sweep: its objective against each key, against both of two keys, all keys in parallel
/// coordinates, and all learning curves.
package enum SweepPlots {
  /// The maximum number of keys with a plot of their own.
  static let mostKeys = 12
  /// The maximum number of lines that can still be told apart.
  static let mostLines = 300

  /// The objective of one trial by epoch.
  package struct Curve: Sendable {
    package let trial: Int
    package let values: [Double]

    package init(trial: Int, values: [Double]) {
      self.trial = trial
      self.values = values
    }
  }

  /// Draws into `plots/` of the sweep's directory.
  ///
  /// - Throws: ``FileError``, `CancellationError`.
  package static func write(
    _ table: SweepTable, curves: [Curve], name: String, in directory: String,
    gnuplot: String = "gnuplot", temporaryFolder: String? = nil
  ) async throws -> Plots.Outcome {
    try await Plots.write(
      drawings(table, curves, name), for: RunDirectory(path: directory),
      gnuplot: gnuplot, temporaryFolder: temporaryFolder)
  }

  static func drawings(_ table: SweepTable, _ curves: [Curve], _ name: String) -> [Drawing] {
    let finished = table.rows.filter { $0.rank != nil && ($0.objective ?? .nan).isFinite }
    guard !finished.isEmpty else {
      return [.skipped(name: "objective", reason: "no trial is finished")]
    }
    let label = TaskRegistry.label(table.objective)
    let more =
      "\(name): \(finished.count.grouped) trials, \(table.higherIsBetter ? "higher" : "lower") is "
      + "better; the best is marked"
    let byKey = table.keys.indices.prefix(mostKeys).map { column in
      SweepScatter(
        column: SweepColumn(table.keys[column], finished.map { $0.values[column] }),
        scores: finished.compactMap(\.objective), label: label, more: more
      ).drawing()
    }
    let lines = Array(finished.prefix(mostLines))
    let parallel = ParallelPlot(
      columns: table.keys.indices.map { column in
        SweepColumn(table.keys[column], lines.map { $0.values[column] })
      }, scores: lines.compactMap(\.objective), label: label, more: more)
    let both = SweepHeatMap(
      columns: Array(parallel.columns.prefix(2)), scores: parallel.scores, label: label, more: more)
    return byKey + (table.keys.count == 2 ? [both.drawing()] : []) + [
      parallel.drawing(),
      SweepCurves(
        curves: curves, best: finished[0].trial, label: label, runName: name
      ).drawing(),
    ]
  }
}

/// The values of one key: numbers, or choices in alphabetical order.
struct SweepColumn {
  let name: String
  let places: [Double]
  /// The names of the choices; empty for numbers.
  let choices: [String]
  let isLogarithmic: Bool

  init(_ name: String, _ texts: [String]) {
    self.name = name
    let numbers = texts.compactMap(Double.init)
    if numbers.count == texts.count, Set(texts).count > 1 {
      places = numbers
      choices = []
      let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 0)
      isLogarithmic = least > 0 && most >= 20 * least
    } else {
      let sorted = Set(texts).sorted()
      places = texts.map { text in Double(sorted.firstIndex(of: text) ?? 0) }
      choices = sorted
      isLogarithmic = false
    }
  }

  /// The key's name, made safe for file names.
  var slug: String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(40))
  }
}

/// A scatter plot of the objective against one key.
struct SweepScatter {
  let column: SweepColumn
  let scores: [Double]
  let label: String
  let more: String

  func drawing() -> Drawing {
    var figure = Figure(
      "by_\(column.slug)", title: TaskRegistry.heading("\(label) by \(column.name)"))
    figure.commands += figure.titleCommands(more)
    figure.commands += ["set ylabel '\(label)'", "set format y '%g'", "unset key"]
    figure.commands += ["set offsets 0,0,graph 0.05,graph 0.05"]
    figure.commands.append(
      "set xlabel \(GnuplotText.quoted(column.name, limit: 40)) tc rgb '\(Style.ink)'")
    if column.choices.isEmpty {
      let (least, most) = (column.places.min() ?? 0, column.places.max() ?? 1)
      if column.isLogarithmic {
        figure.commands += [
          "set logscale x", "set xrange [\(least / 1.3):\(most * 1.3)]", "set format x '%g'",
        ]
      } else {
        let pad = (most - least) * 0.05
        figure.commands += ["set xrange [\(least - pad):\(most + pad)]", "set format x '%g'"]
      }
    } else {
      let tics = column.choices.enumerated().map {
        "\(GnuplotText.tic($0.element, limit: 20)) \($0.offset)"
      }
      let isCrowded = column.choices.count * 110 > figure.width
      figure.commands += [
        "set xrange [-0.5:\(Double(column.choices.count) - 0.5)]",
        "set xtics (\(tics.joined(separator: ", ")))" + (isCrowded ? " rotate by 30 right" : ""),
      ]
    }
    figure.addData("points", zip(column.places, scores).map { [$0, $1] })
    figure.addData("best", [[column.places[0], scores[0]]])
    let size = scores.count > 200 ? 0.5 : 0.9
    figure.commands.append(
      "plot $points with points pt 7 ps \(size) lc rgb '\(Style.blue)', "
        + "$best with points pt 6 ps 2 lw 2 lc rgb '\(Style.vermilion)'")
    return .figure(figure)
  }
}

import DataSchema
import Figures

/// Plots the cumulative distribution of absolute errors, one line per run; higher is better.
struct ErrorCurves {
  let name: String
  let quantity: Quantity
  let split: String
  /// The runs with their absolute errors, ascending.
  let runs: [(name: String, errors: [Double])]

  /// The maximum number of points per line; more would not be visible.
  private static let mostPoints = 400

  /// `nil` if no run has a finite error.
  func drawing() -> Drawing? {
    guard runs.contains(where: { !$0.errors.isEmpty }) else { return nil }
    var figure = Figure(name, title: "Absolute errors of \(quantity.name), \(split) set")
    figure.commands += figure.titleCommands()
    let unit = quantity.unit.map { ", \($0)" } ?? ""
    figure.commands += [
      "set key at screen \(figure.x(12)),\(figure.y(36)) left top horizontal Left reverse "
        + "samplen 2 width 1 maxrows 2 tc rgb '\(Style.ink)'",
      "set xrange [0:*]", "set yrange [0:1.02]", "set format x '%g'", "set ytics 0.2",
      "set xlabel \(GnuplotText.quoted("absolute error" + unit))",
      "set ylabel 'fraction of examples'",
    ]
    var plots: [String] = []
    for (index, run) in runs.enumerated() where !run.errors.isEmpty {
      figure.addData("e\(index)", points(run.errors))
      plots.append(
        "$e\(index) with lines \(Style.classLine(index).words(width: 2)) title "
          + GnuplotText.quoted(run.name, limit: 24))
    }
    figure.commands.append("plot " + plots.joined(separator: ", "))
    return .figure(figure)
  }

  private func points(_ errors: [Double]) -> [[Double]] {
    let count = errors.count
    let steps = min(count, Self.mostPoints)
    return [[0, 0]]
      + (1...steps).map { step in
        let place = (step * count + steps - 1) / steps
        return [errors[place - 1], Double(place) / Double(count)]
      }
  }
}

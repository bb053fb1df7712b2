import Figures
import Tasks

/// Plots predicted against true values, and the residuals, of one target.
struct RegressionPlots {
  let name: String
  let unit: String?
  let split: String
  let runName: String
  /// The true and the predicted value of each example.
  let points: [(target: Double, output: Double)]

  /// The maximum number of points; more would be indistinguishable and bloat the file. Larger sets
  /// are thinned to every k-th example.
  static let mostPoints = 4_000

  private var shown: [(target: Double, output: Double)] {
    let every = (points.count + Self.mostPoints - 1) / Self.mostPoints
    return every <= 1
      ? points : points.enumerated().filter { $0.offset % every == 0 }.map(\.element)
  }

  /// The number of examples drawn, for the line below the title.
  private var drawn: String {
    shown.count == points.count
      ? "\(points.count.grouped) examples"
      : "\(shown.count.grouped) of \(points.count.grouped) examples drawn"
  }

  private var withUnit: String { unit.map { ", \($0)" } ?? "" }

  /// The name with everything but ASCII letters and digits replaced by underscores.
  private var fileName: String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  func predicted() -> Drawing {
    let file = "predicted_\(fileName)"
    guard let range = range(points.flatMap { [$0.target, $0.output] }) else {
      return .skipped(name: file, reason: "there are no finite predictions")
    }
    var figure = Figure(
      file, title: "Predicted against true \(GnuplotText.shortened(name, 30)), \(split) set",
      width: 600, height: 620)
    figure.commands += figure.titleCommands("\(runName): \(drawn)")
    figure.commands += figure.margins(left: 92, top: 66, right: 576, bottom: 550)
    figure.commands += figure.axisLabels(
      x: "true\(withUnit)", y: "predicted\(withUnit)", left: 92, top: 66, right: 576,
      bottom: 550)
    figure.commands += [
      "set key at screen 0.96,\(figure.y(28)) right top", "set xrange [\(range)]",
      "set yrange [\(range)]", "set format x '%g'", "set format y '%g'",
    ]
    figure.addData("points", shown.map { [$0.target, $0.output] })
    figure.commands.append(
      "plot $points using 1:2 with points pt 7 ps 0.35 lc rgb '\(Style.blue)' notitle, "
        + "x with lines lc rgb '\(Style.ink)' lw 1.2 dt 2 title 'equal'")
    return .figure(figure)
  }

  func residuals() -> Drawing {
    let file = "residuals_\(fileName)"
    let errors = points.map { $0.output - $0.target }
    guard let across = range(points.map(\.target)), let down = range(errors + [0]) else {
      return .skipped(name: file, reason: "there are no finite predictions")
    }
    var figure = Figure(
      file, title: "Residuals of \(GnuplotText.shortened(name, 30)), \(split) set", width: 720,
      height: 560)
    let mean = errors.reduce(0, +) / Double(max(errors.count, 1))
    figure.commands += figure.titleCommands(
      "\(runName): predicted minus true, mean \(mean.rounded(digits: 4)); \(drawn)")
    figure.commands += figure.axisLabels(
      x: "true\(withUnit)", y: "residual\(withUnit)", left: 92, top: 66, right: 500, bottom: 490)
    figure.addData(
      "points", zip(shown.map(\.target), shown.map { $0.output - $0.target }).map { [$0, $1] })
    figure.addData("bars", histogram(errors, down))
    figure.commands += ["set multiplot", "unset key", "set format x '%g'", "set format y '%g'"]
    figure.commands += figure.margins(left: 92, top: 66, right: 500, bottom: 490)
    figure.commands += [
      "set xrange [\(across)]", "set yrange [\(down)]",
      "plot $points using 1:2 with points pt 7 ps 0.35 lc rgb '\(Style.blue)', "
        + "0 with lines lc rgb '\(Style.ink)' lw 1.2 dt 2",
      "unset label", "unset grid",
    ]
    figure.commands += figure.margins(left: 512, top: 66, right: 700, bottom: 490)
    figure.commands += [
      "set border 2", "unset xtics", "set ytics format ''", "set xrange [0:*]",
      "set style fill solid 0.8",
      "plot $bars using (0):1:(0):2:3:4 with boxxyerror lc rgb '\(Style.sky)'", "unset multiplot",
    ]
    return .figure(figure)
  }

  /// The centre, count, lower edge and upper edge of each bar.
  private func histogram(_ errors: [Double], _ range: String) -> [[Double]] {
    guard let low = errors.min(), let high = errors.max(), high > low else {
      return errors.first.map { [[$0, Double(errors.count), $0 - 0.5, $0 + 0.5]] } ?? []
    }
    let bins = 40
    let width = (high - low) / Double(bins)
    var counts = [Int](repeating: 0, count: bins)
    for error in errors { counts[min(bins - 1, Int((error - low) / width))] += 1 }
    return counts.enumerated().map { index, count in
      let start = low + Double(index) * width
      return [start + width / 2, Double(count), start, start + width]
    }
  }

  /// A gnuplot range with a margin; `nil` without finite values.
  private func range(_ values: [Double]) -> String? {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    let margin = high > low ? (high - low) * 0.04 : max(abs(high) * 0.1, 0.5)
    return "\(low - margin):\(high + margin)"
  }
}

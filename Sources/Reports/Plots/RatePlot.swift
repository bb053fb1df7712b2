import Figures
import Foundation
import RunRecord

/// The plot of a learning-rate range test: the loss by the learning rate, on a logarithmic axis.
package enum RatePlot {
  static let name = "lr_range"

  /// Draws into `plots/` of a directory.
  ///
  /// - Throws: ``FileError``, `CancellationError`.
  package static func write(
    _ test: RateTest, name: String, in directory: String, gnuplot: String = "gnuplot",
    temporaryFolder: String? = nil
  ) async throws -> Plots.Outcome {
    try await Plots.write(
      [drawing(test, runName: name)], for: RunDirectory(path: directory), gnuplot: gnuplot,
      temporaryFolder: temporaryFolder)
  }

  static func drawing(_ test: RateTest, runName: String) -> Drawing {
    guard let first = test.rates.first, let last = test.rates.last, first < last,
      let lowest = test.smoothed.min(), let highest = test.smoothed.max()
    else { return .skipped(name: name, reason: "there are fewer than two steps") }
    var figure = Figure(name, title: "Loss by learning rate")
    let words = test.suggestion.map { "the line marks the steepest descent, \(short($0))" }
    figure.commands += figure.titleCommands(
      [GnuplotText.shortened(runName, 40), words].compactMap(\.self).joined(separator: ": "))
    let range = first...last
    let tics = Axis.logarithmicTics(range).map { "'\(short($0))' \($0)" }
    // The last losses are beyond anything that matters; single steps may lie far outside.
    let start = test.smoothed.first ?? highest
    let top = min(highest, max(start, lowest) + 1.5 * max(start - lowest, 0.1 * abs(start), 1e-12))
    let bottom = min(lowest, test.losses.min() ?? lowest)
    let span = max(top - bottom, 0.1 * abs(top), 1e-12)
    figure.commands += [
      "set logscale x", "set xrange [\(first):\(last)]",
      "set xtics (\(tics.joined(separator: ", ")))", "set xlabel 'learning rate'",
      "set ylabel 'loss'", "set yrange [\(bottom - 0.05 * span):\(top + 0.1 * span)]",
    ]
    if let suggestion = test.suggestion {
      figure.commands.append(
        "set arrow from \(suggestion), graph 0 to \(suggestion), graph 1 nohead back "
          + "lc rgb '\(Style.quiet)' lw 1 dt 2")
    }
    figure.addData("losses", zip(test.rates, test.losses).map { [$0, $1] })
    figure.addData("smoothed", zip(test.rates, test.smoothed).map { [$0, $1] })
    figure.commands.append(
      "plot $losses with lines \(Style.train.words(width: 0.6)) title 'each step', "
        + "$smoothed with lines \(Style.validation.words(width: 2)) title 'smoothed'")
    return .figure(figure)
  }

  private static func short(_ rate: Double) -> String { String(format: "%.2g", rate) }
}

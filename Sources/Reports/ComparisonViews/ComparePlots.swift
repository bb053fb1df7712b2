import Comparison
import Plots
import Report
import RunRecord
import Statistics
import Tasks

/// `runner compare --png`: the plots drawn by gnuplot.
package enum ComparePlots {
  /// - Throws: `FileError` if the folder cannot be written.
  package static func write(
    _ comparison: RunComparison, to folder: String
  ) async throws -> Plots.Outcome {
    let runs = comparison.distinctions.legends
    var plots = ComparisonPlots(runs: runs)
    let primary = comparison.primary
    let label = DiffWords.label(primary)
    plots.curves = [
      ("compare_loss", "Validation loss", "loss", "val_loss"),
      ("compare_\(primary)", "Validation \(label)", label, "val_\(primary)"),
      ("compare_train_loss", "Training loss (running mean)", "loss", "train_loss"),
    ].map { name, title, label, key in
      .init(
        name: name, title: title, label: label,
        curves: comparison.curves.map { .init(points: $0.points(key)) })
    }
    for split in ["test", "validation"] {
      let scores = comparison.scores.filter { score in
        score.split == split && comparison.isShare(score.key)
          && ([primary] + comparison.terms.scores).contains(score.key)
      }
      plots.bars.append(
        .init(
          name: "compare_scores_\(split)", title: "Scores, \(split) set\(lines(comparison, split))",
          groups: scores.map { DiffWords.label($0.key) },
          values: runs.indices.map { run in scores.map { $0.cells[run].value } },
          intervals: runs.indices.map { run in
            scores.map { $0.cells[run].interval.map { [$0.lower, $0.upper] } }
          }))
    }
    if let scores = comparison.partScores {
      plots.bars.append(
        .init(
          name: "compare_\(comparison.terms.parts)",
          title: "\(scores.title), \(comparison.split) set", groups: scores.names,
          values: scores.values.map { values in
            scores.names.indices.map { values?[$0] ?? nil }
          }, label: scores.areShares ? "score" : scores.score, areShares: scores.areShares))
    }
    plots.drawings = comparison.drawings(runs)
    return try await plots.write(to: folder)
  }

  /// What the error bars show, if it is the same for all runs; otherwise empty.
  private static func lines(_ comparison: RunComparison, _ split: String) -> String {
    let methods = comparison.runs.indices.compactMap { run -> String? in
      CompareWords.method(comparison, split, run).map { method in
        "\(method.confidenceText) intervals, \(method.name.rawValue) over \(method.unit.rawValue)"
      }
    }
    return Set(methods).count == 1 ? "; \(methods[0])" : ""
  }
}

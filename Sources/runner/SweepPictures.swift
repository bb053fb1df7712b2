import Plots
import Report
import RunRecord
import Sweeping

/// The plots and the page of a sweep.
enum SweepPictures {
  /// - Returns: what could not be made; the results stand without it.
  static func draw(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory, _ outcome: SweepOutcome
  ) async -> [String] {
    var problems: [String] = []
    do {
      let plots = try await SweepPlots.write(
        table, curves: curves(table, file, directory), name: file.name, in: directory.path)
      if plots.files.isEmpty, let reason = plots.skipped.first(where: { $0.plot == "plots" }) {
        problems.append("no plots were drawn\n  \(reason.reason)")
      }
    } catch {
      problems.append("the plots are not complete\n  \(error)")
    }
    do {
      try SweepPage.write(
        table, in: directory.path, name: file.name,
        facts: [
          file.strategy.kind.rawValue, "by the \(file.objective.inWords)", "began \(file.started)",
        ], interval: table.best.flatMap { SweepInterval.words($0, table, directory) },
        remark: SweepInterval.remark(table.rows.count),
        failures: outcome.failures.map { "trial \($0.trial.number): \($0.reason)" })
    } catch {
      problems.append("report.html could not be written\n  \(error)")
    }
    return problems
  }

  /// The objective by epoch of every trial that has begun; none where epochs do not say it.
  private static func curves(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory
  ) -> [SweepPlots.Curve] {
    guard file.objective.isInEpochs else { return [] }
    return table.rows.map { row in
      let run = directory.trial(row.directory)
      let epochs = TrialDirectory(reading: run).epochs.filter { $0.fold <= 1 }
        .sorted { $0.epoch < $1.epoch }
      return SweepPlots.Curve(
        trial: row.trial, values: epochs.map { $0.values[file.objective.epochKey] ?? .nan })
    }
  }
}

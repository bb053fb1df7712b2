import Plots
import Report
import Reporting
import RunRecord
import Sweeping

/// Writes the plots and the report of a sweep.
package enum SweepPictures {
  /// - Returns: descriptions of what failed; the results are valid without it.
  static func draw(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory
  ) async -> [String] {
    var problems: [String] = []
    do {
      let plots = try await SweepPlots.write(
        table, curves: curves(table, file, directory), name: file.name, in: directory.path)
      if plots.files.isEmpty, let reason = plots.skipped.first(where: { $0.plot == "plots" }) {
        problems.append("no plots were drawn\n  \(reason.reason)")
      }
    } catch {
      problems.append("the plots are incomplete\n  \(error)")
    }
    do {
      try writePage(table, file, directory)
    } catch {
      problems.append("report.html could not be written\n  \(error)")
    }
    return problems
  }

  /// Writes `report.html` of the sweep at `path`, with the existing plots.
  ///
  /// - Returns: the path of the page.
  package static func writePage(ofSweep path: String) throws -> String {
    let directory = SweepDirectory(path: path)
    let file = try directory.read()
    try writePage(
      directory.table(of: file, written: SweepCatalog.table(of: path)), file, directory)
    return directory.file("report.html")
  }

  /// Writes `report.html` with the existing plots.
  static func writePage(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory
  ) throws {
    try SweepPage.write(
      table, in: directory.path, name: file.name,
      facts: [
        file.strategy.kind.rawValue, "by the \(file.objective)", "started \(file.started)",
      ], interval: table.best.flatMap { SweepInterval.words($0, table, directory) },
      remark: table.isRanked ? SweepInterval.remark(table.rows.count) : SweepInterval.unranked,
      failures: (table.failures + table.undefined).map { row in
        "trial \(row.trial): \(row.reason ?? row.status)"
      })
  }

  /// The objective of every trial by epoch; NaN if an epoch does not record it.
  private static func curves(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory
  ) -> [SweepPlots.Curve] {
    return table.rows.map { row in
      let run = directory.trial(row.directory)
      let epochs = TrialDirectory(reading: run).epochs.filter { $0.fold <= 1 }
        .sorted { $0.epoch < $1.epoch }
      return SweepPlots.Curve(
        trial: row.trial, values: epochs.map { $0.values[file.objective.epochKey] ?? .nan })
    }
  }
}

import Diagnostics
import Planning
import RunRecord
import Sweeping

/// Draws the plots of a finished run or sweep later, for `runner report RUN --plots`.
package enum PlotsOnDemand {
  /// Draws all plots of a run; what cannot be drawn is a warning.
  ///
  /// - Throws: ``InputError`` if the run's configuration cannot be read.
  package static func draw(_ run: RunDirectory, _ context: RunContext) async throws {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan, !diagnostics.hasErrors else { throw InputError(diagnostics.sorted) }
    await RunPlots(run, context, plan).drawAll()
  }

  /// Draws the plots of the sweep at `path` and writes its page.
  ///
  /// - Returns: descriptions of what failed.
  package static func draw(sweep path: String) async throws -> [String] {
    let directory = SweepDirectory(path: path)
    let file = try directory.read()
    let table = directory.table(of: file, written: SweepCatalog.table(of: path))
    return await SweepPictures.draw(table, file, directory)
  }
}

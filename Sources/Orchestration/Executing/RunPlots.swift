import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Plots
import Report
import Reporting
import RunRecord
import Tasks

/// The pictures and the page of a run. A run without them is as good otherwise, so that what goes wrong
/// is said and no more.
struct RunPlots {
  private let run: RunDirectory
  private let context: RunContext
  private let task: any Task

  init(_ run: RunDirectory, _ context: RunContext, _ task: any Task) {
    self.run = run
    self.context = context
    self.task = task
  }

  func draw() async {
    var details = Plots.Details(task: task)
    do {
      let task = try run.fitted(task)
      details.task = task
      let tables = try run.readPredictions()
      details.predictions = tables
      details.notable = try notable(tables, task)
      let outcome = try await Plots.write(for: run, details)
      if outcome.files.isEmpty, let reason = outcome.skipped.first(where: { $0.plot == "plots" }) {
        context.warn("no plots were drawn", because: reason.reason)
      }
    } catch {
      context.warn("the plots are not complete", because: "\(error)")
    }
  }

  func writePage() {
    do {
      try ReportPage.write(for: run)
    } catch {
      context.reporter.warn("report.html could not be written\n  \(error)")
    }
  }

  /// The test pictures that a person should look at first.
  private func notable(
    _ tables: [String: Predictions], _ task: any Task
  ) throws -> [NotablePicture] {
    guard let table = tables["test"] else { return [] }
    let record = try run.readInfo().dataset
    let images = try AcquiredDataset(record, target: task.target, in: run).load(.test)
    return task.notable(table, Plots.notableShown)
      .filter { table.indices[$0.row] < images.count }.map { example in
        let image = images.selecting([table.indices[example.row]])
        return NotablePicture(
          pixels: image.pixels, width: image.width, height: image.height, channels: image.channels,
          lines: example.lines)
      }
  }
}

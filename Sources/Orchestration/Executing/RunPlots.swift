import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import PNGImage
import Planning
import Plots
import Report
import Reporting
import RunRecord
import Tasks

/// Draws the plots and writes the report of a run. A run is valid without them, so failures are
/// only reported as warnings.
struct RunPlots {
  private let run: RunDirectory
  private let context: RunContext
  private let plan: Plan
  private let predictions: [String: Predictions]?

  /// - Parameter predictions: the contents of `predictions.csv` if already read.
  init(
    _ run: RunDirectory, _ context: RunContext, _ plan: Plan,
    _ predictions: [String: Predictions]? = nil
  ) {
    self.run = run
    self.context = context
    self.plan = plan
    self.predictions = predictions
  }

  /// Draws what the experiment asks for: nothing with `report: {plots: false}`, the learning curves of a trial
  /// of a sweep, otherwise everything.
  func draw() async {
    guard plan.experiment.report.hasPlots else { return }
    let isTrial = if case .sweep = RunReference.container(of: run) { true } else { false }
    await draw(isBrief: isTrial)
  }

  /// Draws everything, whatever the experiment asks for.
  func drawAll() async { await draw(isBrief: false) }

  private func draw(isBrief: Bool) async {
    var details = Plots.Details(task: plan.task)
    details.isBrief = isBrief
    do {
      if isBrief {
        try await write(details)
        return
      }
      let task = try run.fitted(plan.task)
      details.task = task
      let tables = try predictions ?? run.readPredictions()
      details.predictions = tables
      details.notable = try notable(tables, task)
      try await write(details)
    } catch {
      context.warn("the plots are incomplete", because: "\(error)")
    }
  }

  private func write(_ details: Plots.Details) async throws {
    var details = details
    let steps = context.reporter.steps
    details.progress = { steps.show("plots", $0, of: $1) }
    defer { steps.clear() }
    let outcome = try await Plots.write(for: run, details)
    if outcome.files.isEmpty, let reason = outcome.skipped.first(where: { $0.plot == "plots" }) {
      context.warn("no plots were drawn", because: reason.reason)
    }
  }

  func writePage() {
    do {
      try ReportPage.write(for: run)
    } catch {
      context.reporter.warn("report.html could not be written\n  \(error)")
    }
  }

  /// The test images to look at first.
  private func notable(
    _ tables: [String: Predictions], _ task: any Task
  ) throws -> [NotablePicture] {
    guard let table = tables["test"] else { return [] }
    let record = try run.readInfo().dataset
    let source = try plan.open(.test, of: record, in: run)
    if source.schema.largestImage == nil { return [] }
    let illustrations = Illustrations(run, plan, task, source)
    let overlay = task.overlay(table, showsTruth: true)
    return try task.notable(table, Plots.notableShown)
      .filter { table.indices[$0.row] < source.count }.map { example in
        if let drawn = illustrations.picture(table.indices[example.row]) {
          return NotablePicture(drawn, lines: example.lines)
        }
        let picture = try source.pictures([table.indices[example.row]])
        let size = picture.sizes[0]
        if let overlay,
          let photo = PixelImage(
            planar: picture.bytes, width: size.width, height: size.height, channels: size.channels)
        {
          return NotablePicture(overlay(photo, example.row), lines: example.lines)
        }
        return NotablePicture(
          pixels: picture.bytes, width: size.width, height: size.height, channels: size.channels,
          lines: example.lines)
      }
  }
}

extension NotablePicture {
  fileprivate init(_ picture: PixelImage, lines: [String]) {
    self.init(
      pixels: picture.planarBytes, width: picture.width, height: picture.height, channels: 3,
      lines: lines)
  }
}

import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Planning
import Plots
import Report
import Reporting
import RunRecord

/// The pictures and the page of a run. A run without them is as good otherwise, so that what goes wrong
/// is said and no more.
struct RunPlots {
  private let run: RunDirectory
  private let context: RunContext

  init(_ run: RunDirectory, _ context: RunContext) {
    self.run = run
    self.context = context
  }

  func draw() async {
    var details = Plots.Details()
    do {
      let tables = try run.readPredictions()
      details.predictions = tables
      details.mistakes = try mistakes(tables)
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

  /// The test pictures that the model was most confidently wrong about.
  private func mistakes(_ tables: [String: PredictionTable]) throws -> [LabelledPicture] {
    guard let table = tables["test"] else { return [] }
    let record = try run.readInfo().dataset
    let acquired = try AcquiredDataset(record, classes: table.classes, in: run)
    let images = try acquired.load(.test)
    let size = images.channels * images.height * images.width
    return table.mostConfidentMistakes().filter { table.indices[$0] < images.count }.map { row in
      let start = table.indices[row] * size
      return LabelledPicture(
        pixels: Array(images.pixels[start..<(start + size)]), width: images.width,
        height: images.height, channels: images.channels, label: table.labels[row],
        predicted: table.predictions[row],
        probability: table.confidence(at: row))
    }
  }
}

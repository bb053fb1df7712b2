import Figures
import Files
import Glibc
import RunRecord
import Tasks
import Weights

/// The plots of a finished run, written as `plots/*.svg` and `plots/*.png` in its directory.
package enum Plots {
  /// The maximum number of notable examples on a sheet.
  package static let notableShown = 24

  /// The files written and the plots skipped.
  package struct Outcome: Sendable {
    package struct Skipped: Sendable, Equatable {
      /// `loss`, `roc` and so on, or `plots` if all were skipped.
      package let plot: String
      package let reason: String
    }

    /// Paths within the run directory, such as `plots/loss.svg`.
    package var files: [String] = []
    package var skipped: [Skipped] = []
  }

  package typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  /// Inputs that the run directory does not record.
  package struct Details: Sendable {
    /// The task of the run.
    package var task: any Task
    /// The task's notable examples, in order; empty if the data are not images.
    package var notable: [NotablePicture] = []
    /// The contents of `predictions.csv` if already read; `nil` to read the file.
    package var predictions: [String: Predictions]?
    /// Draws the learning curves alone, as for a trial of a sweep.
    package var isBrief = false
    /// The gnuplot executable: a name on the PATH or a path.
    package var gnuplot = "gnuplot"
    /// Where to create the temporary folder; `nil` for `$TMPDIR`, or else `/tmp`.
    package var temporaryFolder: String?

    /// Gets how many files have been drawn, and of how many.
    package var progress: Progress = { _, _ in }

    package init(task: any Task) { self.task = task }
  }

  /// Draws every plot that the run's files allow. The same files give the same plots.
  ///
  /// Without gnuplot nothing is written, and the outcome says so.
  ///
  /// - Throws: ``FileError`` if a file of the run is damaged or cannot be written;
  ///   `CancellationError`.
  package static func write(
    for run: RunDirectory, _ details: Details
  ) async throws -> Outcome {
    try await write(
      drawings(of: run, details), for: run, gnuplot: details.gnuplot,
      temporaryFolder: details.temporaryFolder, progress: details.progress)
  }

  /// Draws figures into `plots/` of a directory.
  static func write(
    _ drawings: [Drawing], for run: RunDirectory, gnuplot: String, temporaryFolder: String?,
    progress: @escaping Progress = { _, _ in }
  ) async throws -> Outcome {
    try await draw(
      drawings, gnuplot: gnuplot, temporaryFolder: temporaryFolder, progress: progress
    ) { bytes, name throws(FileError) in
      try run.write([bytes], to: "plots/\(name)")
      return "plots/\(name)"
    }
  }

  /// Draws figures in both formats.
  ///
  /// - Parameter keep: stores a finished file and returns its path.
  static func draw(
    _ drawings: [Drawing], gnuplot program: String, temporaryFolder: String?,
    progress: @escaping Progress = { _, _ in },
    keep: ([UInt8], String) throws(FileError) -> String
  ) async throws -> Outcome {
    var outcome = Outcome()
    var figures: [Figure] = []
    for drawing in drawings {
      switch drawing {
      case .figure(let figure): figures.append(figure)
      case .skipped(let name, let reason):
        outcome.skipped.append(.init(plot: name, reason: reason))
      }
    }
    let folder = try ScratchFolder("plots", in: temporaryFolder ?? ScratchFolder.defaultParent)
    let gnuplot = Gnuplot(program: program)
    for (name, bytes) in figures.flatMap(\.files) {
      try folder.write(bytes, to: name)
    }
    let failures: [String: String]
    do {
      // Rendering PNG takes ten times as long as SVG, so two processes share the PNGs.
      let all = figures
      let halves = [0, 1].map { half in
        all.enumerated().filter { $0.offset % 2 == half }.map(\.element)
      }
      let paths = Figure.Format.allCases.flatMap { format in
        all.map { folder.file("\($0.name).\(format.rawValue)") }
      }
      failures = try await PolledProgress.watching {
        paths.count { access($0, F_OK) == 0 }
      } report: {
        progress($0, paths.count)
      } _: {
        async let svg = gnuplot.draw(all, .svg, in: folder, script: "svg.gp")
        async let even = gnuplot.draw(halves[0], .png, in: folder, script: "png-0.gp")
        async let odd = gnuplot.draw(halves[1], .png, in: folder, script: "png-1.gp")
        return try await [svg, even, odd].reduce(into: [:]) { all, some in
          all.merge(some) { first, _ in first }
        }
      }
    } catch let missing as Gnuplot.Missing {
      outcome.skipped.append(.init(plot: "plots", reason: missing.reason))
      return outcome
    }
    for figure in figures {
      if let reason = failures[figure.name] {
        outcome.skipped.append(.init(plot: figure.name, reason: reason))
        continue
      }
      for format in Figure.Format.allCases {
        let name = "\(figure.name).\(format.rawValue)"
        let bytes = try FileReading.bytes(of: folder.file(name))
        let final = format == .svg ? SVGFile.cleaned(bytes, title: figure.title) : bytes
        outcome.files.append(try keep(final, name))
      }
    }
    return outcome
  }

  private static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func drawings(of run: RunDirectory, _ details: Details) throws -> [Drawing] {
    let name = GnuplotText.shortened(try run.readInfo().name, 40)
    let best = try run.isFile("summary.json") ? run.readSummary().bestEpoch : nil
    let epochs = try run.isFile("metrics.jsonl") ? run.readEpochs() : []
    let part = RunParts.all(of: run).first.flatMap { RunParts.kind($0.name) } ?? .fold
    let curves = CurvePlots(
      epochs: epochs, best: best, runName: name, parts: "\(part.rawValue)s")
    var result = [curves.loss()]
    result.append(curves.score(details.task))
    if details.isBrief { return result }
    result.append(curves.learningRate())
    if run.isFile("predictions.csv") {
      let tables = try details.predictions ?? run.readPredictions()
      result += predictions(tables, details, runName: name)
    } else {
      result.append(.skipped(name: "predictions", reason: "the run has no predictions"))
    }
    result.append(
      NotablePlot.drawing(
        details.notable, title: type(of: details.task).notableTitle, runName: name,
        grid: type(of: details.task).notableGrid))
    let weights = "weights/best.safetensors"
    result.append(
      run.isFile(weights)
        ? try FiltersPlot.drawing(StateDictFile(weights, in: run.folder), runName: name)
        : .skipped(name: FiltersPlot.name, reason: "the run has no weights"))
    return result
  }

  private static func predictions(
    _ tables: [String: Predictions], _ details: Details, runName: String
  ) -> [Drawing] {
    let split = tables["test"] == nil ? "validation" : "test"
    guard let table = tables[split], table.count > 0 else {
      return [.skipped(name: "predictions", reason: "the run has no predictions")]
    }
    return details.task.drawings(table, split: split, runName: runName)
  }
}

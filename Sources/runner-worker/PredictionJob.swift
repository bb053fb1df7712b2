import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Files
import Graph
import ImageColor
import Planning
import Prediction
import RunRecord
import Torch
import Training
import Weights

/// Asks the models of a finished run about images. Nothing is written into its directory.
struct PredictionJob {
  let request: PredictionRequest
  let run: RunDirectory
  let output: EventOutput

  /// - Parameter run: the run, or the one fold or seed whose model is asked.
  init(_ request: PredictionRequest, of run: RunDirectory, output: EventOutput) {
    self.request = request
    self.output = output
    self.run = run
  }

  func answer() throws {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan else { throw InputError(diagnostics.sorted) }
    guard let device = Device(request.device) else {
      throw ProgramFault("there is no device '\(request.device)'")
    }
    try Runtime.setThreadCount(request.threads)
    try Runtime.setDeterministic(
      true, allowTF32: plan.experiment.precision.allowsTF32(on: device))
    Runtime.setFlushDenormal(true)
    switch request.input {
    case .images(let paths, let background):
      let models = try ModelEnsemble(plan, request.models, device, threads: request.threads)
      try predict(paths, on: background, plan, models)
    case .examples(let examples): try predict(examples, plan, device)
    }
  }

  // MARK: Files

  /// So many bytes of images are read before they are computed.
  private static let chunk = 128 << 20

  private func predict(
    _ paths: [String], on background: Background, _ plan: Plan, _ models: ModelEnsemble
  ) throws {
    let facts = plan.dataset.facts
    var watch = IntensityWatch(
      dataset: try run.readInfo().dataset, isInverted: request.isInverted)
    var resized = ResizedImages(facts)
    var notes = ImageNotes()
    var waiting: [LabelledImages] = []
    for path in paths {
      if Interruption.isRequested { throw TrainingInterrupted() }
      let file: ImageFileContents
      do throws(FileError) {
        file = try ImageFileContents(
          reading: path, channels: facts.channels, background: background)
      } catch {
        // The others are answered all the same.
        try output.send(.prediction(.source(PredictionSource(name: path, problem: error.reason))))
        continue
      }
      let found = ImageNote.notes(
        on: file.images, isNumbered: file.isNumbered, file.traits)
      notes.add(found, of: path)
      let images = request.isInverted ? file.images.inverted() : file.images
      watch?.look(at: images)
      var source = PredictionSource(name: path, count: images.count, isNumbered: file.isNumbered)
      source.warnings = found.map(\.text)
      if try plan.images(height: images.height, width: images.width).isResizedFirst {
        source.warnings.append(resized.add(images))
      }
      try output.send(.prediction(.source(source)))
      waiting.append(images)
      if waiting.reduce(0, { $0 + $1.pixels.count }) >= Self.chunk {
        try send(waiting, plan, models)
        waiting = []
      }
    }
    try send(waiting, plan, models)
    for note in notes.lines + [resized.note, watch?.hint].compactMap(\.self) {
      try output.send(.prediction(.note(note)))
    }
    try output.send(.prediction(.finished(loss: nil)))
  }

  /// Computes images of many sizes, those of one size together, and sends them in their order.
  private func send(
    _ files: [LabelledImages], _ plan: Plan, _ models: ModelEnsemble
  ) throws {
    var order: [[Int]: [Int]] = [:]
    for (index, images) in files.enumerated() {
      order[[images.height, images.width], default: []].append(index)
    }
    var starts = [0]
    for images in files { starts.append(starts[starts.count - 1] + images.count) }
    var rows = Rows(count: starts[files.count], classes: models.classes)
    for members in order.values.sorted(by: { $0[0] < $1[0] }) {
      let images = LabelledImages(joining: members.map { files[$0] })
      let imagePlan = try plan.images(height: images.height, width: images.width)
      let places = members.flatMap { starts[$0]..<starts[$0 + 1] }
      try models.predict(images, imagePlan) { range, part, _ in
        for (offset, place) in places[range].enumerated() { rows.set(place, part, offset) }
      }
    }
    try send(rows, labels: nil, indices: nil)
  }

  // MARK: Sending

  /// - Parameters:
  ///   - labels: of the rows, `nil` for images from files.
  ///   - indices: of the rows in the data set, likewise.
  func send(_ rows: Rows, labels: ArraySlice<Int>?, indices: ArraySlice<Int>?) throws {
    let step = PredictionRows.count(classes: rows.classes)
    for start in stride(from: 0, to: rows.count, by: step) {
      let range = start..<min(start + step, rows.count)
      func slice(_ values: ArraySlice<Int>?) -> ArraySlice<Int>? {
        values.map {
          $0[($0.startIndex + range.lowerBound)..<($0.startIndex + range.upperBound)]
        }
      }
      let part = PredictionRows(
        predictions: rows.predictions[range],
        scores: rows.scores[
          (range.lowerBound * rows.classes)..<(range.upperBound * rows.classes)],
        labels: slice(labels), indices: slice(indices))
      try output.send(.prediction(.rows(part)))
    }
  }
}

extension LabelledImages {
  /// Images of one size, one after the other.
  fileprivate init(joining parts: [LabelledImages]) {
    let first = parts[0]
    if parts.count == 1 {
      self = first
      return
    }
    self.init(
      pixels: parts.flatMap(\.pixels), channels: first.channels, height: first.height,
      width: first.width, labels: parts.flatMap(\.labels))
  }
}

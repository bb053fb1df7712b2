import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Files
import Graph
import Planning
import Prediction
import RunRecord
import Torch
import Training
import Weights

/// Asks the models of a finished run about images. Nothing is written into its directory.
struct PredictionJob {
  private let request: PredictionRequest
  private let run: RunDirectory
  private let output: EventOutput

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
    let models = try ModelEnsemble(plan, request, device)
    switch request.input {
    case .images(let paths): try predict(paths, plan, models)
    case .dataset(let record, let split, let limit):
      try predict(record, split, limit, plan, models)
    }
  }

  // MARK: Files

  /// So many bytes of images are read before they are computed.
  private static let chunk = 128 << 20

  private func predict(_ paths: [String], _ plan: Plan, _ models: ModelEnsemble) throws {
    let facts = plan.dataset.facts
    var watch = IntensityWatch(
      dataset: try run.readInfo().dataset, isInverted: request.isInverted)
    var resized = Resized(facts)
    var problems: [String] = []
    var waiting: [LabelledImages] = []
    for path in paths {
      if Interruption.isRequested { throw TrainingInterrupted() }
      let file: ImageFileContents
      do throws(FileError) {
        file = try ImageFileContents(reading: path, channels: facts.channels)
      } catch {
        problems.append("\(error)")
        continue
      }
      // With one file that cannot be read there is no answer; the others are only looked at.
      if !problems.isEmpty { continue }
      let images = request.isInverted ? file.images.inverted() : file.images
      watch?.look(at: images)
      try output.send(
        .prediction(
          .source(
            PredictionSource(name: path, count: images.count, isNumbered: file.isNumbered))))
      waiting.append(images)
      if waiting.reduce(0, { $0 + $1.pixels.count }) >= Self.chunk {
        try send(waiting, plan, models, &resized)
        waiting = []
      }
    }
    if !problems.isEmpty { throw InputError(Self.text(problems, of: paths.count)) }
    try send(waiting, plan, models, &resized)
    for note in [resized.note, watch?.hint] {
      if let note { try output.send(.prediction(.note(note))) }
    }
    try output.send(.prediction(.finished(loss: nil)))
  }

  /// Computes images of many sizes, those of one size together, and sends them in their order.
  private func send(
    _ files: [LabelledImages], _ plan: Plan, _ models: ModelEnsemble, _ resized: inout Resized
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
      if imagePlan.isResizedFirst { resized.add(images) }
      let places = members.flatMap { starts[$0]..<starts[$0 + 1] }
      try models.predict(images, imagePlan) { range, part, _ in
        for (offset, place) in places[range].enumerated() { rows.set(place, part, offset) }
      }
    }
    try send(rows, labels: nil)
  }

  private static func text(_ problems: [String], of count: Int) -> String {
    if count == 1 { return problems[0] }
    let shown = problems.prefix(10).map { "\n  \($0)" }.joined()
    let rest = problems.count > 10 ? "\n  and \(problems.count - 10) more" : ""
    return "\(problems.count) of \(count) images cannot be read:\(shown)\(rest)"
  }

  // MARK: A data set

  private func predict(
    _ record: RunInfo.Dataset, _ split: String, _ limit: Int?, _ plan: Plan,
    _ models: ModelEnsemble
  ) throws {
    guard let part = DataSplit(rawValue: split) else {
      throw ProgramFault("there is no split '\(split)'")
    }
    let facts = plan.dataset.facts
    let acquired = try AcquiredDataset(record, classes: facts.classes, in: run)
    var images = try acquired.load(part)
    if let limit { images = images.prefix(limit) }
    guard images.channels == 1 || images.channels == 3 else {
      throw InputError("'\(record.used)' has images of \(images.channels) channels")
    }
    images = images.converted(channels: facts.channels)
    if request.isInverted { images = images.inverted() }
    var watch = IntensityWatch(
      dataset: try run.readInfo().dataset, isInverted: request.isInverted)
    watch?.look(at: images)
    try output.send(
      .prediction(
        .source(PredictionSource(name: record.used, count: images.count, isNumbered: true))))
    let imagePlan = try plan.images(height: images.height, width: images.width)
    var resized = Resized(facts)
    if imagePlan.isResizedFirst { resized.add(images) }
    let labels = images.labels.map(Int.init)
    var loss = 0.0
    try models.predict(images, imagePlan) { range, rows, mean in
      loss += (mean ?? 0) * Double(range.count)
      try send(rows, labels: labels[range])
    }
    for note in [resized.note, watch?.hint] {
      if let note { try output.send(.prediction(.note(note))) }
    }
    let mean = models.isSingle ? loss / Double(images.count) : nil
    try output.send(.prediction(.finished(loss: mean)))
  }

  // MARK: Sending

  private func send(_ rows: Rows, labels: ArraySlice<Int>?) throws {
    let step = PredictionRows.count(classes: rows.classes)
    for start in stride(from: 0, to: rows.count, by: step) {
      let range = start..<min(start + step, rows.count)
      let part = PredictionRows(
        predictions: rows.predictions[range],
        scores: rows.scores[
          (range.lowerBound * rows.classes)..<(range.upperBound * rows.classes)],
        labels: labels.map {
          $0[($0.startIndex + range.lowerBound)..<($0.startIndex + range.upperBound)]
        })
      try output.send(.prediction(.rows(part)))
    }
  }
}

/// Images that were made as large as the data set's, for one note.
private struct Resized {
  private let facts: DatasetFacts
  private var count = 0
  private var sizes: Set<[Int]> = []

  init(_ facts: DatasetFacts) { self.facts = facts }

  mutating func add(_ images: LabelledImages) {
    count += images.count
    sizes.insert([images.height, images.width])
  }

  var note: String? {
    guard let size = sizes.first else { return nil }
    let from = sizes.count == 1 ? "from \(size[0])×\(size[1])" : "from \(sizes.count) sizes"
    return "\(NumberText.grouped(count)) image\(count == 1 ? " was" : "s were") resized \(from) to "
      + "\(facts.height)×\(facts.width) pixels, since the run's transforms do not resize"
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

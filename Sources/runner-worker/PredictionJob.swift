import DataSchema
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
import Tasks
import Torch
import Training
import Transforms
import Weights
import WorkerProtocol

/// Predicts images with the models of a finished run. Nothing is written to its directory.
struct PredictionJob {
  let request: PredictionRequest
  let run: RunDirectory
  let output: EventOutput

  /// - Parameter run: the run, or the one fold or seed whose model predicts.
  init(_ request: PredictionRequest, of run: RunDirectory, output: EventOutput) {
    self.request = request
    self.output = output
    self.run = run
  }

  func answer() throws {
    let (plan, device) = try prepare()
    switch request.input {
    case .images(let paths, let background):
      let tiles = try request.tiling.map { try plan.tiles(size: $0.size) }
      let models = try ModelEnsemble(
        plan, request.models, device, threads: request.threads, graph: tiles?.graph)
      try predict(paths, on: background, plan, models, tiles)
    case .examples(let examples): try predict(examples, plan, device)
    case .frames(let background):
      let models = try ModelEnsemble(plan, request.models, device, threads: request.threads)
      try ServingJob(self, plan, models, background).run()
    case .explainedFrames(let background):
      let models = try ModelEnsemble(plan, request.models, device, threads: request.threads)
      var job = try ServingJob(self, plan, models, background)
      job.explainer = try explainer(plan, device)
      try job.run()
    }
  }

  /// Reads the run's plan and prepares LibTorch.
  func prepare() throws -> (plan: Plan, device: Device) {
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
    return (plan, device)
  }

  /// Explains what the one model of this request answers.
  private func explainer(_ plan: Plan, _ device: Device) throws -> PictureExplainer {
    guard request.models.count == 1 else {
      throw ProgramFault("an answer of \(request.models.count) models cannot be explained")
    }
    return try PictureExplainer(
      ExplanationRequest(
        run, model: request.models[0], items: [],
        settings: ExplanationRequest.Settings([.gradCAM]), device: request.device,
        threads: request.threads), plan, device)
  }

  // MARK: Files

  /// The number of bytes of images that are read before they are processed.
  static let chunk = 128 << 20

  private func predict(
    _ paths: [String], on background: Background, _ plan: Plan, _ models: ModelEnsemble,
    _ tiles: TilePlan?
  ) throws {
    let tiling = request.tiling.flatMap { tiling in
      tiles.map { TilePrediction(tiling: tiling, plan: $0, models: models) }
    }
    guard let input = plan.transforms?.input else {
      try refuseViews(plan)
      return try predictVectors(paths, plan, models)
    }
    var watch = try intensityWatch(plan)
    var resized = ResizedImages(input)
    var notes = ImageNotes()
    var waiting: [ImagesInMemory] = []
    for path in paths {
      if Interruption.isRequested { throw TrainingInterrupted() }
      if plan.dataset.isInputList(path) {
        if tiling != nil { throw InputError("--tile is for image files, and '\(path)' is a table") }
        try send(waiting, plan, models)
        waiting = []
        try predictList(path, plan, models, &resized)
        continue
      }
      let file: ImageFileContents
      do throws(FileError) {
        file = try ImageFileContents(
          reading: path, channels: input.channels, background: background,
          // Tiles have the resolution of the image.
          reduction: { tiling == nil ? plan.reduction(for: $0) : nil })
      } catch {
        // The other files are still predicted.
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
      if let tiling {
        try output.send(.prediction(.source(source)))
        try send(tiling.answers(images), models)
        continue
      }
      if try plan.images(height: images.size.height, width: images.size.width).isResizedFirst {
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
    for note in notes.lines + [resized.note, watch?.hint, tiling?.note].compactMap(\.self) {
      try output.send(.prediction(.note(note)))
    }
    try output.send(.prediction(.finished(loss: nil)))
  }

  /// Compares the brightness of images with the run's test set; `nil` if its files are missing,
  /// have changed or are not recorded, in which case that hint is omitted.
  func intensityWatch(_ plan: Plan) throws -> IntensityWatch? {
    let record = try run.readInfo().dataset
    do {
      return try IntensityWatch(
        source: plan.open(.test, of: record, in: run), isInverted: request.isInverted)
    } catch is DataError {
      return nil
    } catch is FileError {
      return nil
    }
  }

  private func send(
    _ files: [ImagesInMemory], _ plan: Plan, _ models: ModelEnsemble
  ) throws {
    var maps: [Int: ClassMap] = [:]
    let predictions = try predictions(of: files, plan, models) { maps[$0] = $1 }
    try send((predictions, maps), models)
  }

  private func send(
    _ answers: (predictions: Predictions, maps: [Int: ClassMap]), _ models: ModelEnsemble
  ) throws {
    let predictions = answers.predictions
    try send(predictions, hasTargets: false)
    for (place, map) in answers.maps.sorted(by: { $0.key < $1.key }) {
      if let picture = try models.task.answerPicture(map) {
        try send(picture, fromEnd: predictions.count - place)
      }
    }
  }

  /// Sends the picture of an answer.
  private func send(_ picture: [UInt8], fromEnd: Int) throws {
    for start in stride(from: 0, to: picture.count, by: PredictionPicture.mostBytes) {
      let part = picture[start..<min(start + PredictionPicture.mostBytes, picture.count)]
      try output.send(.prediction(.picture(PredictionPicture(fromEnd: fromEnd, part: Array(part)))))
    }
  }

  /// Predicts images of different sizes, grouped by size; the results are in the original order.
  ///
  /// - Parameter maps: for masks, is given the predicted class of each pixel of an image.
  func predictions(
    of files: [ImagesInMemory], _ plan: Plan, _ models: ModelEnsemble,
    maps: ((Int, ClassMap) -> Void)? = nil
  ) throws -> Predictions {
    var order: [[ImageSize]: [Int]] = [:]
    for (index, images) in files.enumerated() {
      order[[images.size, images.decoded], default: []].append(index)
    }
    var starts = [0]
    for images in files { starts.append(starts[starts.count - 1] + images.count) }
    let layout = models.layout
    let (width, decided) = (layout.outputs.count, layout.answers.count)
    var outputs = [Double](repeating: 0, count: starts[files.count] * width)
    var answers = [Int](repeating: 0, count: starts[files.count] * decided)
    for members in order.values.sorted(by: { $0[0] < $1[0] }) {
      let images = ImagesInMemory(joining: members.map { files[$0] })
        .withoutTargets(width: models.targetWidth, as: plan.task.target)
      let imagePlan = try plan.images(height: images.size.height, width: images.size.width)
      let places = members.flatMap { starts[$0]..<starts[$0 + 1] }
      try models.predict(
        images, imagePlan, views: request.views, maps: maps.map { maps in { maps(places[$0], $1) } }
      ) { range, part, _ in
        for (offset, place) in places[range].enumerated() {
          outputs.replaceSubrange(
            (place * width)..<((place + 1) * width), with: part.outputs(at: offset))
          answers.replaceSubrange(
            (place * decided)..<((place + 1) * decided), with: part.answers(at: offset))
        }
      }
    }
    let count = starts[files.count]
    return Predictions(
      layout, folds: Array(repeating: 0, count: count), indices: Array(0..<count),
      targets: Array(repeating: 0, count: count * layout.targets.count), answers: answers,
      outputs: outputs)
  }

  /// - Throws: `InputError` if views are asked for and the model takes no images.
  func refuseViews(_ plan: Plan) throws {
    guard let views = request.views, plan.transforms == nil else { return }
    throw InputError("--views \(views.rawValue) is for images; this model takes vectors")
  }

  // MARK: Sending

  /// - Parameter hasTargets: whether these are examples of a data set.
  func send(_ predictions: Predictions, hasTargets: Bool) throws {
    let step = PredictionRows.count(predictions.layout)
    for start in stride(from: 0, to: predictions.count, by: step) {
      let rows = Array(start..<min(start + step, predictions.count))
      let part = rows.count == predictions.count ? predictions : predictions.selecting(rows)
      try output.send(.prediction(.rows(PredictionRows(part, hasTargets: hasTargets))))
    }
  }
}

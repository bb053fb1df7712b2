import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Reporting
import RunRecord

struct PredictCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Asks a run's model what images show, or how it does on a data set.",
    usage: """
      runner predict [RUN] IMAGE… [--top K] [--invert] [--json] [--csv FILE]
      runner predict [RUN] --dataset NAME [--split test] [--limit N] [--json] [--csv FILE]
      """,
    discussion: """
      Images are PNG, JPEG or IDX files (one file may hold many images), each perhaps compressed by \
      gzip. They become grey or coloured as the run's data are and go through the run's own \
      transforms; where these do not resize, an image of another size is first made as large as the \
      data set's. Nothing is inverted unless --invert says so.

      Of a run with folds or several seeds, --fold N or --seed S takes one model and --ensemble the mean \
      of all.

      --json prints one object a line for each image; for a data set one object with metrics, intervals \
      and the confusion matrix.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(help: "PNG, JPEG or IDX files.", completion: .file())
  var images: [String] = []

  @Option(help: "How many classes are shown for each image.")
  var top: Int?

  @Flag(help: "Turns dark into light first, for ink on paper where the run learned light on dark.")
  var invert = false

  @Option(help: "The weights: best or last.")
  var weights: WeightsChoice = .best

  @Option(help: "Takes the model of this fold, from 1.")
  var fold: Int?

  @Option(help: "Takes the model of this seed.")
  var seed: UInt64?

  @Flag(help: "Averages the probabilities of the models of all folds or seeds.")
  var ensemble = false

  @Option(
    help: ArgumentHelp(
      "A data set: mnist, digits, or idx with --folder. Without it --split means the run's own.",
      valueName: "name"))
  var dataset: String?

  @Option(help: "The folder of an idx data set.", completion: .directory)
  var folder: String?

  @Option(help: "Which part of the data set: test or train.")
  var split: SplitChoice?

  @Option(help: "Takes the first so many examples of the data set.")
  var limit: Int?

  @Flag(help: "Prints JSON to standard output.")
  var json = false

  @Option(
    help: "Writes the predictions to a file; of a data set in the form of predictions.csv.",
    completion: .file(extensions: ["csv"]))
  var csv: String?

  enum WeightsChoice: String, ExpressibleByArgument, CaseIterable {
    case best, last
  }

  enum SplitChoice: String, ExpressibleByArgument, CaseIterable {
    case test, train
  }

  private var choice: PredictionModels.Choice {
    if ensemble { return .all }
    return fold.map { .fold($0) } ?? seed.map { .seed($0) } ?? .any
  }

  private var asksForDataset: Bool { dataset != nil || split != nil }

  mutating func validate() throws {
    // A file is no run: without one the latest is meant.
    if RunCatalog.isFile(arguments.run) {
      images.insert(arguments.run, at: 0)
      arguments.run = "latest"
    }
    if images.isEmpty, !asksForDataset {
      throw ValidationError("Name images, or a data set by --dataset or --split.")
    }
    if asksForDataset {
      if !images.isEmpty { throw ValidationError("Name images or a data set, not both.") }
      if top != nil { throw ValidationError("--top is for images; a data set gives metrics.") }
    } else if limit != nil || folder != nil {
      throw ValidationError("--limit and --folder belong to --dataset.")
    }
    if folder != nil, let dataset, dataset != "idx" {
      throw ValidationError("--folder belongs to --dataset idx, not \(dataset).")
    }
    if let top, top < 1 { throw ValidationError("--top takes a number from 1.") }
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1.") }
    if let fold, fold < 1 { throw ValidationError("--fold takes a number from 1.") }
    if [fold != nil, seed != nil, ensemble].count(where: \.self) > 1 {
      throw ValidationError(
        "--fold and --seed take one model, --ensemble all: name one of the three.")
    }
    if let csv, images.contains(csv) {
      throw ValidationError("--csv would overwrite the image \(csv).")
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let terminal = Terminal(environment: environment)
    let models = try PredictionModels(
      arguments.resolve(), weights: weights.rawValue, part: choice)
    if let top, top > models.classes {
      throw InputError("--top \(top) is too many: the run's model knows \(models.classes) classes")
    }
    if let csv { try Self.refuseRecord(csv) }
    let session = PredictionSession(
      models: models, isInverted: invert, environment: environment, terminal: terminal)
    if asksForDataset {
      let source = PredictionDataset(
        name: dataset, folder: folder, models: models, environment: environment,
        terminal: terminal)
      let (record, answer) = try await session.ask {
        () -> (RunInfo.Dataset, PredictionRequest.Input) in
        let record = try await source.acquire()
        return (record, .dataset(record, split: (split ?? .test).rawValue, limit: limit))
      }
      let output = DatasetPrediction(
        models, record, split: (split ?? .test).rawValue, answer)
      try output.write(csv: csv, json: json)
    } else {
      let (_, answer) = try await session.ask { ((), .images(images)) }
      let output = ImagePredictions(models, answer, top: top ?? min(3, models.classes))
      try output.write(
        csv: csv, json: json, on: StandardOutput.terminal(environment: environment))
    }
  }

  /// What a run has recorded is not overwritten.
  private static func refuseRecord(_ path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if RunCatalog.isFile("\(folder)/run.json") {
      throw InputError(
        "--csv \(path) lies in a run directory, which keeps what the run has found",
        hint: "write it elsewhere")
    }
    if RunCatalog.isFolder(path) { throw InputError("--csv \(path) is a folder") }
  }
}

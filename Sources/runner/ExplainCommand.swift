import ArgumentParser
import FoundationEssentials
import ImageColor
import Orchestration
import RunRecord
import WorkerProtocol

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Shows what a run's model depends on: pixels of pictures, columns of a table.",
    usage: """
      runner explain [RUN] IMAGE… [--method NAME[,NAME]] [--class NAME] [--layer LAYER] [-o FOLDER] [--json]
      runner explain [RUN] --split test|validation|train [--worst N] [--method NAME[,NAME]] [-o FOLDER] [--json]
      runner explain [RUN] [TABLE…] [--split validation|test] [--limit N] [--repeats N] [-o FOLDER] [--json]
      runner explain [RUN] --map [--label NAME] [--split validation|test] [--limit N] [-o FOLDER] [--json]
      """,
    discussion: """
      Writes a page, FOLDER/index.html, with each picture beside its maps, and a PNG for each map. \
      Pictures are files as 'runner predict' takes them or, with --split, the run's own examples: those that the model \
      is most confidently wrong about.

      Methods: saliency, input_x_gradient, integrated_gradients (from --baseline in --steps steps, with \
      the error of its completeness), grad_cam, grad_cam_plus_plus, layer_cam, hires_cam (of --layer, by \
      default the last layer before the head whose output has a height and a width), occlusion (by a window of \
      --window pixels that moves by --stride) and feature_maps (of --layer). Without --method grad_cam, or \
      integrated_gradients of models without such a layer.

      A map explains one score: that of the predicted class, or of --class. For masks it is the mean score of a class \
      over the pixels that the model gives this class; for boxes, the score of the best box; for numbers, \
      the first number or the one that --class names.

      --sanity compares each map with those of randomised weights: a map that stays the same does not \
      depend on what the model has learned.

      Of a model of a table, FOLDER/table.html shows how much worse the primary score becomes if a column is \
      permuted, and the model's answers while a column takes one value after the other. Rows of a TABLE are explained \
      one by one. With folds, each model answers the examples that it did not train on.

      --map places up to --limit examples in the plane by what the layer before the head gives for them (t-SNE and \
      principal components): FOLDER/map.html, with wrong predictions marked, and map.csv. Of label sets, colours say \
      whether an example has one label, the most frequent one or that of --label.

      With report: {explain: true} in the experiment, every run has the maps of its worst validation examples, or \
      the importances of its columns, and a map of its validation examples in its report.

      docs/explain.md and docs/explain-data.md describe the methods, and what they cannot tell.
      """)

  @OptionGroup var arguments: RunArguments

  @Argument(
    help: "Image files, IDX files with many images, or tables with rows to explain.",
    completion: .file())
  var images: [String] = []

  @Option(
    name: .customLong("method"),
    help: ArgumentHelp(
      "The methods, separated by commas: "
        + ExplanationRequest.Method.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "names"))
  var methods: MethodList?

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      "The class, label or number to explain, by name or number; the predicted one if left out.",
      valueName: "name"))
  var label: String?

  @Option(
    help: ArgumentHelp(
      "The layer of class activation maps and feature maps, such as layer3 or features.12.",
      valueName: "layer"))
  var layer: String?

  @Option(help: ArgumentHelp("The side of occlusion's window in pixels.", valueName: "pixels"))
  var window: Int?

  @Option(help: ArgumentHelp("How far occlusion's window moves.", valueName: "pixels"))
  var stride: Int?

  @Option(
    help: ArgumentHelp(
      "The steps of integrated gradients; 50 if left out, and up to 800 until the map is complete to 1%.",
      valueName: "N"))
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "What integrated gradients start from and occlusion shows in the window: zeros as the first layer "
        + "takes them, a black picture or a white one.", valueName: "zeros|black|white"))
  var baseline: ExplanationRequest.Baseline = .zeros

  @Flag(help: "Compares the maps with those of randomised weights.")
  var sanity = false

  @Flag(help: "Maps examples by what the layer before the head gives for them.")
  var map = false

  @Option(
    name: .customLong("label"),
    help: ArgumentHelp(
      "Of label sets, the label that colours a map; the most frequent one if left out.",
      valueName: "name"))
  var mapLabel: String?

  @Option(
    help: ArgumentHelp(
      "The most examples of a map, or of a table's explanation, taken in equal steps; 2,000 if left out.",
      valueName: "N"))
  var limit: Int?

  @Option(
    help: ArgumentHelp(
      "How often each column of a table is permuted; 10 if left out.", valueName: "N"))
  var repeats: Int?

  @Option(help: "Explains examples of the run's own data: test, validation or train.")
  var split: PredictionRequest.Examples.Split?

  @Option(
    help: ArgumentHelp(
      "How many of them, those first that the model is most confidently wrong about; 8 if left out.",
      valueName: "N"))
  var worst: Int?

  @Option(
    help: ArgumentHelp(
      "The background of transparent images: white (the default), black, gray, a level from 0 to 255, or #RRGGBB.",
      valueName: "color"))
  var background: Background?

  @Flag(help: "Inverts the images first, for ink on paper if the run knows light strokes.")
  var invert = false

  @Option(
    name: [.short, .long], help: "The folder to write to; explanations if left out.",
    completion: .directory)
  var output = "explanations"

  @Option(help: "The weights: best or last.")
  var weights: ModelArguments.WeightsChoice = .best

  @Option(help: "Explains the model of this fold (from 1).")
  var fold: Int?

  @Option(help: "Explains the model of this seed.")
  var seed: UInt64?

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  mutating func validate() throws {
    // A first argument that is a file is an image, so the latest run is meant.
    if RunCatalog.isFile(arguments.run) {
      images.insert(arguments.run, at: 0)
      arguments.run = "latest"
    }
    if worst != nil, split == nil { throw ValidationError("--worst belongs to --split.") }
    if map {
      if !images.isEmpty {
        throw ValidationError("--map is about the run's own data; name no files.")
      }
      try refusePictureOptions(with: "--map")
      if repeats != nil { throw ValidationError("--repeats is for tables, not for --map.") }
      if let limit, limit > EmbeddingExplaining.mostExamples {
        throw ValidationError(
          "--limit must be at most \(EmbeddingExplaining.mostExamples) with --map.")
      }
      if let limit, limit < 4 { throw ValidationError("--limit must be at least 4 with --map.") }
    }
    if !map, mapLabel != nil { throw ValidationError("--label belongs to --map.") }
    if split != nil, background != nil { throw ValidationError("--background is for images.") }
    if split != nil, invert { throw ValidationError("--invert is for images.") }
    for (option, value) in [
      ("--worst", worst), ("--window", window), ("--stride", stride), ("--steps", steps),
      ("--fold", fold), ("--limit", limit), ("--repeats", repeats),
    ] {
      if let value, value < 1 { throw ValidationError("\(option) must be at least 1.") }
    }
    if let steps, steps > 100_000 { throw ValidationError("--steps must be at most 100,000.") }
    if fold != nil, seed != nil {
      throw ValidationError("--fold and --seed take one model: name one of the two.")
    }
    let given = methods?.methods
    for (option, isGiven, method) in [
      ("--steps", steps != nil, ExplanationRequest.Method.integratedGradients),
      ("--window", window != nil, .occlusion), ("--stride", stride != nil, .occlusion),
    ] where isGiven && given?.contains(method) != true {
      throw ValidationError("\(option) belongs to --method \(method.rawValue).")
    }
  }

  /// Options that are about maps of pictures, and whether they are given.
  private func refusePictureOptions(with subject: String) throws {
    for (option, isGiven) in [
      ("--method", methods != nil), ("--class", label != nil), ("--layer", layer != nil),
      ("--baseline", baseline != .zeros), ("--sanity", sanity), ("--worst", worst != nil),
      ("--background", background != nil),
    ] where isGiven {
      throw ValidationError("\(option) is for pictures and does not go with \(subject).")
    }
  }

  func run() async throws {
    let run = try arguments.resolve()
    let environment = ProcessInfo.processInfo.environment
    let choice: PredictionModels.Choice =
      fold.map { .fold($0) } ?? seed.map { .seed($0) } ?? .any
    if split == .train, try map || TableExplaining.takesTable(run) {
      throw ValidationError(
        "--split takes validation or test here: a model knows its training examples.")
    }
    if map {
      var explaining = try EmbeddingExplaining(
        run, weights: weights.rawValue, choice, split: split, environment: environment)
      explaining.label = mapLabel
      explaining.examples.limit = limit ?? explaining.examples.limit
      explaining.examples.folder = output
      explaining.examples.printsJSON = json
      return try await explaining.answer()
    }
    if try TableExplaining.takesTable(run) {
      try refusePictureOptions(with: "the model of a table")
      var explaining = try TableExplaining(
        run, weights: weights.rawValue, choice, split: split, environment: environment)
      explaining.examples.limit = limit ?? explaining.examples.limit
      explaining.repeats = repeats ?? explaining.repeats
      explaining.files = images
      explaining.examples.folder = output
      explaining.examples.printsJSON = json
      return try await explaining.answer()
    }
    if images.isEmpty, split == nil {
      throw ValidationError(
        "Name images, or a part of the run's own data by --split, or map it by --map.")
    }
    if !images.isEmpty, split != nil {
      throw ValidationError("Name images or --split, not both.")
    }
    if limit != nil { throw ValidationError("--limit is for --map and for tables.") }
    if repeats != nil { throw ValidationError("--repeats is for tables.") }
    var query = try ExplanationQuery(
      split.map { .worst(worst ?? 8, of: $0) } ?? .files(images), of: run,
      weights: weights.rawValue, choice, environment: environment)
    query.methods = methods?.methods
    query.label = label
    query.settings.layer = layer
    query.settings.window = window
    query.settings.stride = stride
    query.settings.steps = steps
    query.settings.baseline = baseline
    query.settings.isSanityChecked = sanity
    query.background = background ?? .white
    query.isInverted = invert
    query.folder = output
    query.printsJSON = json
    try await query.answer()
  }

  /// Names of methods, separated by commas.
  struct MethodList: ExpressibleByArgument {
    let methods: [ExplanationRequest.Method]

    /// - Returns: `nil` if one of the names is unknown.
    init?(argument: String) {
      var methods: [ExplanationRequest.Method] = []
      for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let method = ExplanationRequest.Method(rawValue: String(name)) else { return nil }
        if !methods.contains(method) { methods.append(method) }
      }
      self.methods = methods
    }
  }
}

extension ExplanationRequest.Baseline: ExpressibleByArgument {}

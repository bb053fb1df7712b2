import Diagnostics
import FoundationEssentials

/// A checked experiment. Components carry their arguments with the location of each.
package struct Experiment: Sendable {
  package struct Data: Sendable {
    package let dataset: ResolvedComponent
    package let fallback: ResolvedComponent?
    package let transforms: [ResolvedComponent]
    /// The location of the list of transforms.
    package let transformsRange: SourceRange?
    package let decoding: Decoding
    package let decodingRange: SourceRange?
    package let split: Split
    package let batchSize: Int
    package let batchSizeRange: SourceRange?
    package let limitRange: SourceRange?
    package let shuffle: Bool
    package let dropLast: Bool
    package let trainLimit: Int?
    /// Training examples of each class, before the split; `nil` if there is no such limit.
    package let classLimit: Int?
    /// How an epoch's examples are drawn; `nil` if each comes once.
    package let sampler: Sampler?
    package let samplerRange: SourceRange?
    package let testLimit: Int?
  }

  /// How JPEG files are decoded.
  package enum Decoding: String, Sendable, CaseIterable {
    /// Every pixel, as Pillow does.
    case exact
    /// At a half, a quarter or an eighth of their size where more is resized away.
    case fast
  }

  /// Draws the examples of an epoch with replacement.
  package enum Sampler: Sendable, Hashable {
    /// Every class equally often.
    case balanced
    /// By the weights in a column of the data set.
    case weights(column: String)
  }

  package struct Split: Sendable {
    /// Examples that must not be divided.
    package enum Groups: Sendable, Hashable {
      /// A text file with the group of each training example.
      case file(String)
      /// A column of the data set.
      case column(String)
    }

    package enum Kind: Sendable {
      /// The fraction of the training set that is held out, below 1; 0 holds out nothing.
      case holdOut(Double)
      case folds(Folds)
      /// What the data set itself reserves is held out.
      case given
    }

    package struct Folds: Sendable {
      package let count: Int
      package let repeats: Int
      /// The fraction of a fold's training examples used for its own decisions, such as when to
      /// stop.
      package let innerValidation: Double?
    }

    package let kind: Kind
    /// No group has examples on both sides.
    package let groups: Groups?
    /// The column with the time of each example: validation examples are later than training examples.
    package let order: String?
    package let isStratified: Bool
    /// The location of the setting; `nil` if it is a default.
    package let stratifiedRange: SourceRange?
    package let range: SourceRange?

    package var folds: Folds? { if case .folds(let folds) = kind { folds } else { nil } }

    /// Whether a run has validation examples.
    package var hasValidation: Bool { if case .holdOut(0) = kind { false } else { true } }
  }

  package let name: String
  package let seed: UInt64
  package internal(set) var threads: Int
  /// `auto`, or the requested device.
  package let device: String
  /// The task; `nil` to infer it from the data set's targets.
  package let task: String?
  package let taskRange: SourceRange?
  /// The options of the task, if any are given.
  package let taskOptions: Arguments?
  package let data: Data
  package let model: [ModelNode]
  /// The nodes that the model's outputs come from, the prediction first; empty for the last layer, or for what a
  /// built-in model declares.
  package let outputs: [ModelNode.Reference]
  /// The weight of each output's loss, in the same order; empty if none are given.
  package let outputWeights: [OutputWeight]
  package internal(set) var weights: WeightsSource?
  /// The parameters that transfer learning replaces; `nil` for the last layer with parameters.
  package let head: [ParameterPattern]?
  package let freezing: Freezing?
  package let unfreezing: [Unfreezing]
  /// Whether the output of frozen first layers is cached.
  package let usesFeatureCache: Bool
  /// The losses whose sum is minimised, at least one.
  package let losses: [ResolvedComponent]
  /// The run whose model is imitated; `nil` if none is.
  package internal(set) var teacher: TeacherSettings?
  package let optimizer: any OptimizerDefinition
  /// How the optimizer treats some parameters differently.
  package let parameterSettings: ParameterSettings
  package let epochs: Int
  package let maxSteps: Int?
  /// The number of trainings, each with its own seed.
  let seedCount: Int
  let seedsRange: SourceRange?
  package let schedule: ResolvedComponent?
  package let earlyStopping: EarlyStoppingSettings?
  /// The maximum norm of all gradients together.
  package let clipNorm: Double?
  /// The maximum absolute value of each element of the gradients; not both this and `clipNorm` are set.
  package let clipValue: Double?
  let clipValueRange: SourceRange?
  /// The number of batches whose gradients are accumulated for one step.
  package let accumulate: Int
  /// The decay of the moving average of the weights; `nil` if none is kept.
  package let averageDecay: Double?
  /// How the examples of a batch are mixed; `nil` if they are not.
  package let mixing: MixingSettings?
  /// The equal average of the last epochs' weights; `nil` if none is kept.
  package let swa: WeightAveragingSettings?
  package let precision: Precision
  package let precisionRange: SourceRange?
  package let checkpoints: CheckpointInterval
  /// Whether a finished run keeps the state needed to continue it.
  package let keepsFinalCheckpoint: Bool
  package let metrics: [ResolvedComponent]
  package let report: ReportSettings

  init(_ root: Resolved, model: [ModelNode]) throws {
    name = try root.at("name").string()
    seed = UInt64(try root.at("seed").integer())
    threads = try root.at("threads").integer()
    device = try root.at("device").string()
    let task = root.optional("task")
    let configured = task.flatMap { if case .component = $0.content { $0 } else { nil } }
    taskOptions = try configured?.component().arguments
    self.task = try configured?.component().name ?? task?.string()
    taskRange = task?.range
    data = try Data(root.at("data"))
    self.model = model
    outputs = try ModelNode.Reference.all(root.optional("outputs"))
    outputWeights = try OutputWeight.all(root.optional("outputs"))
    weights = try root.optional("weights").map { try WeightsSource($0) }
    head = try root.optional("head").map { try ParameterPattern.all($0) }
    freezing = try root.optional("freeze").map { try Freezing($0) }
    usesFeatureCache = try root.at("cache").boolean()
    losses = try ResolvedComponent.oneOrMore(root.at("loss"))
    let optimizer = try root.at("optimizer").component()
    self.optimizer = try OptimizerRegistry.make(optimizer)
    parameterSettings = try ParameterSettings(optimizer)
    let train = try root.at("train")
    let epochs = try train.at("epochs").integer()
    self.epochs = epochs
    /// Settings of how training proceeds have no meaning without training.
    func whenTraining<Value>(
      _ value: Resolved?, _ make: (Resolved) throws -> Value
    ) rethrows -> Value? {
      epochs == 0 ? nil : try value.map(make)
    }
    unfreezing = try whenTraining(root.optional("unfreeze")) { try Unfreezing.all($0) } ?? []
    teacher = try whenTraining(root.optional("teacher")) { try TeacherSettings($0) }
    maxSteps = try train.optional("max_steps")?.integer()
    seedCount = try train.at("seeds").integer()
    seedsRange = try train.at("seeds").range
    schedule = try whenTraining(root.optional("schedule")) { try $0.component() }
    earlyStopping = try whenTraining(train.optional("early_stopping")) {
      try EarlyStoppingSettings($0)
    }
    clipNorm = try train.optional("clip_grad_norm")?.number()
    clipValue = try train.optional("clip_grad_value")?.number()
    clipValueRange = train.optional("clip_grad_value")?.range
    accumulate = try train.at("accumulate").integer()
    averageDecay = try whenTraining(train.optional("ema")) { try $0.number() }
    mixing = try MixingSettings(train)
    swa = try whenTraining(train.optional("swa")) { try WeightAveragingSettings($0) }
    precision = Precision(rawValue: try train.at("precision").string()) ?? .float32
    precisionRange = try train.at("precision").range
    checkpoints = try CheckpointInterval(train.at("checkpoint").at("every"))
    keepsFinalCheckpoint = try train.at("checkpoint").at("keep").string() == "final"
    metrics = try root.at("metrics").list().map { try $0.component() }
    report = try ReportSettings(root.at("report"))
  }

  /// Checks that involve more than one value: rules between values, and files that must exist.
  func validate(into diagnostics: DiagnosticCollector, withWeights: Bool) throws {
    if withWeights { try weights?.validate(into: diagnostics) }
    for later in unfreezing where later.epoch > epochs {
      diagnostics.error(
        "training ends after epoch \(epochs), before epoch \(later.epoch)", at: later.epochRange)
    }
    if let first = unfreezing.first, freezing == nil {
      diagnostics.error(
        "'unfreeze' needs frozen parameters", at: first.range, hint: "add freeze: backbone")
    }
    validateSeeds(into: diagnostics)
    if device != "auto", let problem = precision.problem(on: device) {
      diagnostics.error(problem, at: precisionRange, hint: Self.precisionHint)
    }
    if !data.split.hasValidation {
      validateChoices(
        "without validation examples", "has nothing to monitor",
        hint: "split.validation: 0.1 sets some aside", into: diagnostics)
    } else if let folds = data.split.folds, folds.innerValidation == nil {
      validateChoices(
        "with folds", "needs an inner validation set to monitor",
        hint: "add inner_validation: 0.1 to data.split", into: diagnostics)
    }
    if clipNorm != nil, clipValue != nil {
      diagnostics.error(
        "'clip_grad_value' and 'clip_grad_norm' cannot be combined", at: clipValueRange,
        hint: "remove one of the two")
    }
    validateRecipes(into: diagnostics)
    let errors = diagnostics.errorCount
    optimizer.validate(into: diagnostics)
    if diagnostics.errorCount == errors {
      parameterSettings.validate(for: optimizer, into: diagnostics)
    }
    var seen: Set<String> = []
    for metric in metrics where !seen.insert(metric.name).inserted {
      diagnostics.error("the metric '\(metric.name)' is listed twice", at: metric.origin.range)
    }
  }
}

extension Experiment {
  /// Reports an error if there are no examples for a choice such as a fit to validation
  /// predictions. The examples that a fold holds out are only for measuring.
  ///
  /// - Parameter name: what is fitted, in the plural, such as `thresholds`.
  package func requireExamples(
    for name: String, at range: SourceRange?, into diagnostics: DiagnosticCollector
  ) {
    if !data.split.hasValidation {
      diagnostics.error(
        "without validation examples, \(name) cannot be fitted", at: range,
        hint: "split.validation: 0.1 sets some aside")
    } else if let folds = data.split.folds, folds.innerValidation == nil {
      diagnostics.error(
        "with folds, \(name) need an inner validation set to be fitted to", at: range,
        hint: "add inner_validation: 0.1 to data.split")
    }
  }

  /// Reports choices that have no examples to monitor. The examples that a fold holds out are only
  /// for measuring.
  ///
  /// - Parameters:
  ///   - situation: the situation without such examples.
  ///   - problem: the predicate of the message about each choice.
  private func validateChoices(
    _ situation: String, _ problem: String, hint: String, into diagnostics: DiagnosticCollector
  ) {
    if let earlyStopping {
      diagnostics.error(
        "\(situation), early stopping \(problem)", at: earlyStopping.monitor.range, hint: hint)
    }
    if let schedule, schedule.arguments.has("monitor") {
      diagnostics.error(
        "\(situation), '\(schedule.name)' \(problem)", at: schedule.origin.range, hint: hint)
    }
  }
}

import DataSchema
import Datasets
import Diagnostics
import Execution
import ExperimentConfig
import Graph
import Planning
import RunRecord
import Schedules
import Splits
import Tasks
import Torch
import Weights

/// Everything that determines the outcome of a training, apart from the machine.
package struct TrainingJob {
  package var graph: Graph
  package var trainability: Trainability
  package var task: any Task
  /// The loss to minimise.
  package var objective: Objective
  /// What is minimised of the outputs of the model.
  package var outputLosses: OutputLosses
  /// The lowest loss that a constant answer can reach; `nil` if it is not known.
  package var constantLoss: Double?
  /// Why the loss is undefined for the training examples; `nil` if it is defined.
  package var undefinedLoss: Diagnostic?
  package var optimizer: any OptimizerDefinition
  package var metrics: MetricSet
  package var batchSize: Int
  package var shuffle: Bool
  package var dropLast: Bool
  package var epochs: Int
  package var maxSteps: Int?
  package var schedule: (any ScheduleDefinition)?
  package var earlyStopping: EarlyStoppingRule?
  /// The maximum global gradient norm; `nil` for no clipping.
  package var clipNorm: Double?
  /// The maximum absolute value of each element of the gradients; `nil` for no such clipping.
  package var clipValue: Double?
  /// The number of batches whose gradients are accumulated for one step.
  package var accumulate: Int
  /// The decay of the weight average; `nil` if none is kept.
  package var averageDecay: Double?
  /// Learning rates that replace the optimizer's and the schedule's, for a range test.
  package var rateRange: RateRange?
  /// The model that is imitated; `nil` if none is.
  package var teacher: Teacher?
  /// How the examples of a batch are mixed; `nil` if they are not.
  package var mixing: MixingSettings?
  /// The equal average of the last epochs' weights; `nil` if none is kept.
  package var swa: WeightAveragingSettings?
  package var precision: Precision
  /// The frozen layers at the start of the model. They compute in float32 at every precision.
  package var frozenPrefix: FrozenPrefix?
  /// Whether the frozen prefix's output is computed once per image and cached.
  package var keepsFeatures: Bool
  /// Which examples are used for selection.
  package var selection = Selection.validation
  package var seed: UInt64
  package var fold = 0
  package var device: Device
  /// Initial weights that replace the default initialisation.
  package var initialWeights: [SafeTensors.Entry]?
  /// Names that keep their default initialisation despite `initialWeights`, such as a head of another size.
  package var replacedHead: Set<String> = []
  /// Whether to use custom kernels for models that support them; `false` is for comparisons.
  package var usesCompiledSteps = true
  /// Whether losses and counts stay on the device and are read for many steps at once. On the CPU there is
  /// nothing to wait for, and a non-finite loss is detected before it changes the weights.
  package var readsLate: Bool
  /// Whether the device repeats steps from a recording where that is possible: CUDA graphs.
  package var recordsSteps = false
  /// Training and validation examples, told apart by the indices.
  package var examples: ExampleSet
  package var trainIndices: [Int]
  /// Draws the order of an epoch with replacement; `nil` if each training example comes once.
  package var sampler: WeightedSampler?
  package var validationIndices: [Int]

  package init(
    _ plan: Plan, device: Device, examples: ExampleSet, trainIndices: [Int],
    validationIndices: [Int]
  ) {
    let experiment = plan.experiment
    graph = plan.graph
    trainability = plan.trainability
    task = plan.task
    let targets = task.lossTargets(examples.targets.selecting(trainIndices))
    objective = plan.loss.objective(targets)
    outputLosses = plan.outputLosses
    constantLoss = plan.loss.ofConstantAnswer(targets)
    undefinedLoss = plan.loss.undefined(targets)
    optimizer = experiment.optimizer
    metrics = plan.metrics
    batchSize = experiment.data.batchSize
    shuffle = experiment.data.shuffle
    dropLast = experiment.data.dropLast
    epochs = experiment.epochs
    maxSteps = experiment.maxSteps
    schedule = plan.schedule
    earlyStopping = plan.earlyStopping
    clipNorm = experiment.clipNorm
    clipValue = experiment.clipValue
    accumulate = experiment.accumulate
    averageDecay = experiment.averageDecay
    mixing = experiment.mixing
    swa = experiment.swa
    precision = experiment.precision
    keepsFeatures = experiment.usesFeatureCache
    seed = experiment.seed
    self.device = device
    readsLate = device != .cpu
    self.examples = examples
    self.trainIndices = trainIndices
    self.validationIndices = validationIndices
  }

  var batchesPerEpoch: Int {
    dropLast
      ? trainIndices.count / batchSize : (trainIndices.count + batchSize - 1) / batchSize
  }

  /// Optimizer steps per epoch.
  package var stepsPerEpoch: Int { (batchesPerEpoch + accumulate - 1) / accumulate }

  /// The result that selects the best epoch.
  var monitor: Monitor { earlyStopping?.monitor ?? Monitor("loss", .min) }

  /// Whether the last epoch's weights are kept instead of the best, because held-out data must not be used
  /// for selection, early stopping does not restore the best epoch, or the average of the last epochs is kept.
  var keepsLastEpoch: Bool {
    if case .lastEpoch = selection { return true }
    if swa != nil { return true }
    return earlyStopping?.restoresBest == false
  }

  var facts: TrainingFacts {
    TrainingFacts(
      learningRate: optimizer.learningRate, epochs: epochs, stepsPerEpoch: max(stepsPerEpoch, 1),
      maxSteps: maxSteps, results: MonitoredResults(metrics))
  }

  /// The model at the start of training.
  package func makeModel() throws -> Model {
    let model = try Model(graph, seed: seed, fold: fold, device: device)
    if let initialWeights { try model.load(initialWeights, keeping: replacedHead) }
    model.autocast = precision.autocast(besides: frozenPrefix)
    return model
  }

  /// The model's parameters in groups; parameters that are never trained are in none of them.
  func parameterGroups(of model: Model) -> [Optimizer.Group] {
    let tensors = Dictionary(model.parameters.map { ($0.name, $0.tensor) }) { first, _ in first }
    return trainability.groups(of: graph, by: optimizer).map { group in
      Optimizer.Group(
        group.parameters.compactMap { tensors[$0] }, optimizer: group.optimizer,
        firstEpoch: group.firstEpoch, learningRate: group.learningRate)
    }
  }

  /// Parameters and buffers that no step changes and that keep their initial values.
  package var unchangedNames: Set<String> {
    let stored = trainability.alwaysStored(in: graph)
    return Set(
      graph.parameters.filter { parameter in
        switch parameter.spec.role {
        case .parameter: trainability.rule(for: parameter.name).firstEpoch == nil
        case .buffer, .counter:
          stored.contains(parameter.node)
            || examples.prefix?.nodes.contains(parameter.node) == true
        }
      }.map(\.name))
  }

  /// The initial weights that no step changes, which a checkpoint needs in addition to its own tensors.
  package var frozenWeights: [SafeTensors.Entry] {
    let names = unchangedNames.subtracting(replacedHead)
    return (initialWeights ?? []).filter { names.contains($0.name) }
  }

  /// Total number of optimizer steps.
  package var totalSteps: Int { min(maxSteps ?? .max, epochs * stepsPerEpoch) }
}

extension Precision {
  /// The model's autocast mode for this precision; `nil` for full precision.
  package func autocast(besides prefix: FrozenPrefix?) -> Model.Autocast? {
    self == .bfloat16 ? Model.Autocast(dtype: .bfloat16, exact: prefix?.nodes ?? []) : nil
  }

  /// Whether TF32 is allowed for float32 products on `device`.
  package func allowsTF32(on device: Device) -> Bool {
    if case .cuda = device { self == .tf32 } else { false }
  }
}

/// Which examples are used for selection: choosing the best epoch, early stopping, and schedules that monitor
/// a result.
package enum Selection: Sendable {
  case validation
  /// A part of a fold's training examples that is not trained on; the fold's held-out examples are then
  /// only scored.
  case inner([Int])
  /// No selection: the last epoch's weights are kept.
  case lastEpoch

  /// Whether there are examples to select an epoch by.
  package var choosesEpoch: Bool { if case .lastEpoch = self { false } else { true } }

  /// The name of these examples in messages.
  var examplesText: String {
    if case .inner = self { "inner validation examples" } else { "validation examples" }
  }
}

/// Why training cannot continue although the program works correctly.
package struct TrainingFailure: Error, Sendable, CustomStringConvertible {
  package let description: String
}

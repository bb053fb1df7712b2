import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Graph
import Planning
import Schedules
import Tasks
import Torch
import Weights

/// Everything that decides the outcome of a training, apart from the machine.
package struct TrainingJob {
  package var graph: Graph
  package var trainability: Trainability
  package var task: any Task
  /// The objective.
  package var objective: Objective
  /// The loss that always giving the same answer would have at best.
  package var constantLoss: Double
  package var optimizer: any OptimizerDefinition
  package var metrics: MetricSet
  package var batchSize: Int
  package var shuffle: Bool
  package var dropLast: Bool
  package var epochs: Int
  package var maxSteps: Int?
  package var schedule: (any ScheduleDefinition)?
  package var earlyStopping: EarlyStoppingRule?
  /// The maximum global gradient norm.
  package var clipNorm: Double?
  /// Batches accumulated for one step.
  package var accumulate: Int
  /// Of the average of the weights, where one is kept.
  package var averageDecay: Double?
  package var precision: Precision
  /// The beginning of the model that never changes, which computes in float32 whatever the precision.
  package var frozenPrefix: FrozenPrefix?
  /// Whether what that beginning makes of an image is computed once and kept.
  package var keepsFeatures: Bool
  /// Which examples the choices of the training look at.
  package var selection = Selection.validation
  package var seed: UInt64
  package var fold = 0
  package var device: Device
  /// Where the parameters start, instead of the default initialisation.
  package var initialWeights: [SafeTensors.Entry]?
  /// Of those, what keeps its default initialisation: a classifier of another size.
  package var replacedHead: Set<String> = []
  /// Whether custom kernels compute the steps of a model that they can; false is for comparisons.
  package var usesCompiledSteps = true
  /// Whether losses and counts stay on the device until many steps can be read at once. On the CPU there is
  /// nothing to wait for, and a loss that is no number shows before it has changed the weights.
  package var readsLate: Bool
  /// Training and validation examples; the indices say which are which.
  package var examples: ExampleSet
  package var trainIndices: [Int]
  package var validationIndices: [Int]

  package init(
    _ plan: Plan, device: Device, examples: ExampleSet, trainIndices: [Int],
    validationIndices: [Int]
  ) {
    let experiment = plan.experiment
    graph = plan.graph
    trainability = plan.trainability
    task = plan.task
    let columns = task.lossColumns(examples.targets.selecting(trainIndices))
    objective = plan.loss.objective(task.lossTarget, columns)
    constantLoss = plan.loss.ofConstantAnswer(columns)
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
    accumulate = experiment.accumulate
    averageDecay = experiment.averageDecay
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

  /// Of the optimizer.
  package var stepsPerEpoch: Int { (batchesPerEpoch + accumulate - 1) / accumulate }

  /// The result that decides which epoch is the best.
  var monitor: Monitor { earlyStopping?.monitor ?? Monitor("loss", .min) }

  /// Whether the last epoch counts and not the best: nothing may be chosen by what is held out.
  var keepsLastEpoch: Bool {
    if case .lastEpoch = selection { return true }
    return earlyStopping?.restoresBest == false
  }

  var facts: TrainingFacts {
    TrainingFacts(
      learningRate: optimizer.learningRate, epochs: epochs, stepsPerEpoch: max(stepsPerEpoch, 1),
      maxSteps: maxSteps, results: MonitoredResults(metrics))
  }

  /// The model as the training begins with it.
  package func makeModel() throws -> Model {
    let model = try Model(graph, seed: seed, fold: fold, device: device)
    if let initialWeights { try model.load(initialWeights, keeping: replacedHead) }
    model.autocast = precision.autocast(besides: frozenPrefix)
    return model
  }

  /// The model's parameters by the rules of their training; those that are never trained are in none.
  func parameterGroups(of model: Model) -> [Optimizer.Group] {
    var rules: [Trainability.Rule] = []
    var groups: [Optimizer.Group] = []
    for (name, tensor) in model.parameters {
      let rule = trainability.rule(for: name)
      guard let firstEpoch = rule.firstEpoch else { continue }
      if let index = rules.firstIndex(of: rule) {
        groups[index].parameters.append(tensor)
      } else {
        rules.append(rule)
        groups.append(
          Optimizer.Group(
            [tensor], firstEpoch: firstEpoch, multiplier: rule.multiplier,
            learningRate: rule.learningRate))
      }
    }
    return groups
  }

  /// Parameters and buffers that no step changes: they are what the training began with.
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

  /// Of the weights that the training starts from, those that no step changes: what a checkpoint needs
  /// besides its own tensors.
  package var frozenWeights: [SafeTensors.Entry] {
    let names = unchangedNames.subtracting(replacedHead)
    return (initialWeights ?? []).filter { names.contains($0.name) }
  }

  /// Steps of the whole training.
  package var totalSteps: Int { min(maxSteps ?? .max, epochs * stepsPerEpoch) }
}

extension Precision {
  /// How a model computes.
  package func autocast(besides prefix: FrozenPrefix?) -> Model.Autocast? {
    self == .bfloat16 ? Model.Autocast(dtype: .bfloat16, exact: prefix?.nodes ?? []) : nil
  }

  /// Whether LibTorch may round the factors of float32 products on `device`.
  package func allowsTF32(on device: Device) -> Bool {
    if case .cuda = device { self == .tf32 } else { false }
  }
}

/// Which examples the choices of a training look at: the best epoch, when to stop, how the learning rate
/// changes.
package enum Selection: Sendable {
  case validation
  /// A part of a fold's training examples that is not trained on; what the fold holds out is then only
  /// measured.
  case inner([Int])
  /// Nothing is chosen: the last epoch counts.
  case lastEpoch

  /// Whether there are examples by which an epoch may be chosen.
  package var choosesEpoch: Bool { if case .lastEpoch = self { false } else { true } }

  /// What the examples are called.
  var examplesText: String {
    if case .inner = self { "inner validation examples" } else { "validation examples" }
  }
}

/// Why a training cannot continue although nothing is wrong with the program.
package struct TrainingFailure: Error, Sendable, CustomStringConvertible {
  package let description: String
}

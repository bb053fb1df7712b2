import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import RunRecord
import Schedules
import TaskRegistry
import Tasks
import Transforms
import Weights

/// An experiment that has passed every check possible before data is read: what `runner check`
/// prints and a worker executes.
package struct Plan: Sendable {
  package let loaded: LoadedExperiment
  package let dataset: any DatasetDefinition
  package let fallback: (any DatasetDefinition)?
  /// The task.
  package let task: any Task
  /// The loss that training minimises.
  package let loss: TrainingLoss
  /// The metrics besides the loss.
  package let metrics: MetricSet
  package let schedule: (any ScheduleDefinition)?
  package let earlyStopping: EarlyStoppingRule?
  /// What is done to images; `nil` if the inputs are vectors.
  package let transforms: TransformPipeline?
  /// The transforms as the experiment names them, for images of another size.
  let namedTransforms: [NamedTransform]
  package let graph: Graph
  /// What training minimises of the model's outputs.
  package let outputLosses: OutputLosses
  package let trainability: Trainability
  /// The initial weights, if they are not the default initialisation.
  package let weights: WeightsPlan?
  /// The model that is imitated; `nil` if there is none, or if initial weights are not needed.
  package let teacher: TeacherPlan?
  /// The frozen first layers, computed only once; `nil` if there are none.
  package let frozenPrefix: FrozenPrefix?
  /// What ends those layers, or why there are none.
  package let prefixBoundary: FrozenPrefix.Boundary

  package var experiment: Experiment { loaded.experiment }

  /// The parameters that the optimizer updates, in groups that it treats alike.
  package var parameterGroups: [OptimizedGroup] {
    trainability.groups(of: graph, by: experiment.optimizer)
  }

  /// The number of values that the optimizer updates in any epoch.
  package var trainableCount: Int { trainability.trainableCount(in: graph) }

  /// Reads and checks an experiment file.
  ///
  /// - Parameters:
  ///   - data: where data sets are described by their files; from `environment` if left out.
  ///   - runsDirectory: where to look for a run whose weights are used.
  ///   - needsWeights: `false` if the initial weights may be missing because a checkpoint or a
  ///     finished run contains them.
  ///   - modules: tells what is in TorchScript files.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package static func make(
    _ path: String, overrides: [String] = [], environment: [String: String],
    data: DataEnvironment? = nil, processors: Int,
    runsDirectory: String = "runs", frozen: [String: String] = [:], needsWeights: Bool = true,
    modules: any ModuleInspector = ModuleInspection(), diagnostics: DiagnosticCollector
  ) -> Plan? {
    let data =
      data
      ?? DataEnvironment(
        variables: environment, workingDirectory: PathResolution.workingDirectory)
    var loader = ExperimentLoader(
      catalog: .standard(in: data), environment: environment, processors: processors,
      frozen: frozen)
    loader.needsWeights = needsWeights
    let loaded = loader.load(path, overrides: overrides, into: diagnostics) {
      prove($0, data, modules, diagnostics)
    }
    return loaded.flatMap {
      Plan(
        $0, data: data, runsDirectory: runsDirectory, needsWeights: needsWeights, modules: modules,
        diagnostics: diagnostics)
    }
  }

  /// Checks the valid parts of an invalid experiment.
  package static func prove(
    _ partial: PartialExperiment, _ data: DataEnvironment,
    _ modules: any ModuleInspector = NoModules(), _ diagnostics: DiagnosticCollector
  ) {
    do {
      guard let dataset = try DatasetRegistry.make(partial.dataset, in: data) else { return }
      if partial.model.isEmpty { return }
      let schema = dataset.dataSchema
      guard let task = TaskRegistry.task(for: schema.target) else { return }
      let transforms = try NamedTransform.all(partial.transforms ?? [])
      let inputs = PlannedInputs(
        transforms, listedAt: nil, for: schema, isPartial: partial.transforms == nil, diagnostics)
      guard let shape = inputs.shape, let outputs = partial.outputs else { return }
      _ = GraphBuilder.build(
        partial.model, inputs: [Graph.Input(schema.input.name, shape)],
        output: schema.target.name, outputs: outputs,
        requirement: try requirement(partial.losses, task, input: shape),
        registry: .standard, modules: modules, diagnostics: diagnostics)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: nil)
    }
  }

  package init?(
    _ loaded: LoadedExperiment, data: DataEnvironment = .empty, runsDirectory: String = "runs",
    needsWeights: Bool = true, modules: any ModuleInspector = NoModules(),
    diagnostics: DiagnosticCollector
  ) {
    let experiment = loaded.experiment
    let before = diagnostics.errorCount
    do {
      guard let dataset = try DatasetRegistry.make(experiment.data.dataset, in: data) else {
        throw ProgramFault("no data set '\(experiment.data.dataset.name)'")
      }
      let loss = try TrainingLoss(experiment.losses, for: dataset.dataSchema.target)
      guard let task = Self.task(experiment, loss, dataset.dataSchema, diagnostics) else {
        return nil
      }
      let fallback = try experiment.data.fallback.flatMap {
        try DatasetRegistry.make($0, in: data)
      }
      Self.check(fallback, against: dataset, experiment, diagnostics)
      Self.check(experiment.data, against: dataset.dataSchema, task, diagnostics)
      let namedTransforms = try NamedTransform.all(experiment.data.transforms)
      let inputs = PlannedInputs(
        namedTransforms, listedAt: experiment.data.transformsRange, for: dataset.dataSchema,
        diagnostics)
      guard let shape = inputs.shape else { return nil }
      guard
        let graph = GraphBuilder.build(
          experiment.model, inputs: [Graph.Input(dataset.dataSchema.input.name, shape)],
          output: dataset.dataSchema.target.name, outputs: experiment.outputs,
          requirement: Self.requirement(loss, task, input: shape), head: experiment.head,
          registry: .standard, modules: modules, diagnostics: diagnostics)
      else { return nil }
      outputLosses = OutputLosses(experiment.outputWeights, graph, task, diagnostics)
      Self.warn(loss, graph, diagnostics)
      Self.check(experiment.report, dataset, diagnostics)
      weights = (needsWeights ? experiment.weights : nil).flatMap {
        WeightsPlan($0, experiment, graph, runsDirectory: runsDirectory, diagnostics)
      }
      trainability = Trainability(
        graph, freezing: experiment.freezing, unfreezing: experiment.unfreezing,
        settings: experiment.parameterSettings,
        excluded: experiment.optimizer.excludedParameters, diagnostics: diagnostics)
      Self.check(experiment.swa, graph, trainability, diagnostics)
      Self.warn(graph, trainability, diagnostics)
      (frozenPrefix, prefixBoundary) = Self.frozenPrefix(
        graph, trainability, zip(namedTransforms, inputs.pipeline?.steps ?? []),
        mixing: experiment.mixing, teacher: experiment.teacher)
      Self.check(experiment.mixing, experiment.data, shape, task, diagnostics)
      let trainCount = SplitSizes(experiment.data, dataset.dataSchema)?.train
      Self.checkBatches(
        experiment.data, trainCount: trainCount, graph, trainability, diagnostics)
      metrics = try MetricSet(experiment.metrics, task: task).recorded()
      let training = Self.facts(experiment, trainCount: trainCount, metrics)
      schedule = try Self.schedule(experiment, training, diagnostics)
      earlyStopping = try Self.earlyStopping(experiment, training, diagnostics)
      Self.check(experiment.swa, over: training, of: experiment.epochs, diagnostics)
      teacher =
        needsWeights
        ? TeacherPlan.make(
          experiment, dataset.dataSchema, loss, graph, inputs.pipeline,
          runsDirectory: runsDirectory, diagnostics: diagnostics) : nil
      if diagnostics.errorCount > before { return nil }
      var decided = Self.decideThreads(loaded, graph)
      if case .run? = experiment.weights?.kind, let path = weights?.path {
        decided.decide(weightsOfRun: String(path.dropLast("/weights/best.safetensors".count)))
      }
      if let teacher { decided.decide(teacherRun: teacher.run.path) }
      self.loaded = decided
      self.dataset = dataset
      self.fallback = fallback
      self.task = metrics.task
      self.loss = loss
      self.namedTransforms = namedTransforms
      transforms = Self.decoding(
        experiment.data, dataset, namedTransforms, inputs.pipeline, diagnostics)
      self.graph = graph
      warnOfMemory(MachineMemory.bytes, diagnostics)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
      return nil
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  /// A random transform changes the model's input in every epoch, so no layer's output can be kept.
  private static func frozenPrefix(
    _ graph: Graph, _ trainability: Trainability,
    _ transforms: some Sequence<(NamedTransform, TransformStep)>, mixing: MixingSettings?,
    teacher: TeacherSettings?
  ) -> (FrozenPrefix?, FrozenPrefix.Boundary) {
    let (prefix, boundary) = graph.frozenPrefix(trainability)
    if prefix != nil, let method = mixing?.name {
      return (
        nil,
        FrozenPrefix.Boundary(
          node: nil, reason: "'\(method)' mixes the model's inputs while training")
      )
    }
    if prefix != nil, teacher != nil {
      return (
        nil, FrozenPrefix.Boundary(node: nil, reason: "the teacher needs the model's inputs")
      )
    }
    guard prefix != nil, let (random, _) = transforms.first(where: { $0.1.isRandom }) else {
      return (prefix, boundary)
    }
    return (
      nil,
      FrozenPrefix.Boundary(
        node: nil, reason: "'\(random.component.name)' is random during training")
    )
  }

  /// Below this many operations in a batch's forward pass, a second thread gains next to nothing.
  private static let smallBatchFLOPs = 32_000_000
  /// The same for chains of linear layers, whose threads wait for each other only twice in a step.
  private static let smallChainFLOPs = 4_000_000

  /// Decides `threads: auto` for small models.
  private static func decideThreads(
    _ loaded: LoadedExperiment, _ graph: Graph
  ) -> LoadedExperiment {
    var loaded = loaded
    let work = batchFLOPs(loaded.experiment, graph)
    guard loaded.decidesThreads, let work, work < smallBatchFLOPs else { return loaded }
    if loaded.experiment.threads > 1, graph.hasOnlyLinearLayers, work >= smallChainFLOPs {
      loaded.decide(threads: 2, because: "auto: two, the model is small")
    } else {
      loaded.decide(threads: 1, because: "auto: one, the model is small")
    }
    return loaded
  }

  /// Operations in a batch's forward pass; `nil` if they are not known.
  private static func batchFLOPs(_ experiment: Experiment, _ graph: Graph) -> Int? {
    graph.hasUnknownFLOPs ? nil : Saturating.multiply(graph.flops, experiment.data.batchSize)
  }

  /// The processors that a training keeps busy when several run at the same time. The second thread of a small chain
  /// of linear layers computes only while it has a processor, so that such trainings share processors with little loss.
  package var busyThreads: Int {
    guard experiment.threads == 2, graph.hasOnlyLinearLayers,
      let work = Self.batchFLOPs(experiment, graph), work < Self.smallBatchFLOPs
    else { return experiment.threads }
    return 1
  }

  static func requirement(
    _ loss: TrainingLoss, _ task: any Task, input: Shape
  ) -> OutputRequirement {
    OutputRequirement(
      shape: Shape(task.outputShape(loss.outputCount, input: input.dims)),
      reason: "\(loss.name) on \(task.target.kind)")
  }

  /// What the valid parts of an invalid experiment require; `nil` if its losses are invalid.
  private static func requirement(
    _ losses: [ResolvedComponent], _ task: any Task, input: Shape
  ) throws -> OutputRequirement? {
    losses.isEmpty
      ? nil : requirement(try TrainingLoss(losses, for: task.target), task, input: input)
  }
}

extension ImageType {
  var shape: Shape { [channels, height, width] }
}

extension Graph {
  /// The contents of a state dict of this graph.
  package var expectedTensors: [ExpectedTensor] {
    parameters.map {
      ExpectedTensor(
        name: $0.name, shape: $0.spec.shape, type: $0.spec.role == .counter ? .int64 : .float32)
    }
  }
}

import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
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
  package let loss: any Loss
  /// The metrics besides the loss.
  package let metrics: MetricSet
  package let schedule: (any ScheduleDefinition)?
  package let earlyStopping: EarlyStoppingRule?
  package let transforms: TransformPipeline
  /// The transforms as the experiment names them, for images of another size.
  let namedTransforms: [NamedTransform]
  package let graph: Graph
  package let trainability: Trainability
  /// The initial weights, if they are not the default initialisation.
  package let weights: WeightsPlan?
  /// The frozen first layers, computed only once; `nil` if there are none.
  package let frozenPrefix: FrozenPrefix?
  /// What ends those layers, or why there are none.
  package let prefixBoundary: FrozenPrefix.Boundary

  package var experiment: Experiment { loaded.experiment }

  /// The number of values that the optimizer updates in any epoch.
  package var trainableCount: Int { trainability.trainableCount(in: graph) }

  /// Reads and checks an experiment file.
  ///
  /// - Parameters:
  ///   - runsDirectory: where to look for a run whose weights are used.
  ///   - needsWeights: `false` if the initial weights may be missing because a checkpoint or a
  ///     finished run contains them.
  /// - Returns: `nil` if there were errors; all of them are in `diagnostics`.
  package static func make(
    _ path: String, overrides: [String] = [], environment: [String: String], processors: Int,
    runsDirectory: String = "runs", frozen: [String: String] = [:], needsWeights: Bool = true,
    diagnostics: DiagnosticCollector
  ) -> Plan? {
    var loader = ExperimentLoader(
      catalog: .standard, environment: environment, processors: processors, frozen: frozen)
    loader.needsWeights = needsWeights
    let loaded = loader.load(path, overrides: overrides, into: diagnostics) {
      prove($0, diagnostics)
    }
    return loaded.flatMap {
      Plan(
        $0, runsDirectory: runsDirectory, needsWeights: needsWeights, diagnostics: diagnostics)
    }
  }

  /// Checks the valid parts of an invalid experiment.
  package static func prove(_ partial: PartialExperiment, _ diagnostics: DiagnosticCollector) {
    do {
      guard let dataset = try DatasetRegistry.make(partial.dataset) else { return }
      let schema = dataset.dataSchema
      guard let task = TaskRegistry.task(for: schema.target), let size = schema.image else {
        return
      }
      let image = try partial.transforms.map {
        plan(
          try NamedTransform.all($0), listedAt: nil, from: ImageType(size), diagnostics
        ).image
      }
      _ = GraphBuilder.build(
        partial.model, inputs: schema.graphInputs(image ?? ImageType(size)),
        output: schema.target.name, requirement: partial.loss.map { requirement($0.name, task) },
        registry: .standard, diagnostics: diagnostics)
    } catch let error as InputError {
      error.diagnostics.forEach(diagnostics.report)
    } catch {
      diagnostics.error("\(error)", at: nil)
    }
  }

  package init?(
    _ loaded: LoadedExperiment, runsDirectory: String = "runs", needsWeights: Bool = true,
    diagnostics: DiagnosticCollector
  ) {
    let experiment = loaded.experiment
    let before = diagnostics.errorCount
    do {
      guard let dataset = try DatasetRegistry.make(experiment.data.dataset) else {
        throw ProgramFault("no data set '\(experiment.data.dataset.name)'")
      }
      let loss = try LossRegistry.make(experiment.loss)
      guard let task = Self.task(experiment, loss, dataset.dataSchema, diagnostics) else {
        return nil
      }
      guard let imageSize = dataset.dataSchema.image else {
        throw ProgramFault("'\(experiment.data.dataset.name)' has no images")
      }
      let fallback = try experiment.data.fallback.flatMap(DatasetRegistry.make)
      Self.check(fallback, against: dataset, experiment, diagnostics)
      Self.check(experiment.data, against: dataset.dataSchema, task, diagnostics)
      let namedTransforms = try NamedTransform.all(experiment.data.transforms)
      let (image, steps) = Self.plan(
        namedTransforms, listedAt: experiment.data.transformsRange,
        from: ImageType(imageSize), diagnostics)
      guard
        let graph = GraphBuilder.build(
          experiment.model, inputs: dataset.dataSchema.graphInputs(image),
          output: dataset.dataSchema.target.name,
          requirement: Self.requirement(loss.name, task), head: experiment.head,
          registry: .standard, diagnostics: diagnostics)
      else { return nil }
      Self.warn(loss, graph, diagnostics)
      weights = (needsWeights ? experiment.weights : nil).flatMap {
        WeightsPlan($0, experiment, graph, runsDirectory: runsDirectory, diagnostics)
      }
      trainability = Trainability(
        graph, freezing: experiment.freezing, unfreezing: experiment.unfreezing,
        groups: experiment.parameterGroups, diagnostics: diagnostics)
      (frozenPrefix, prefixBoundary) = Self.frozenPrefix(
        graph, trainability, zip(namedTransforms, steps))
      let trainCount = SplitSizes(experiment.data, dataset.dataSchema)?.train
      Self.checkBatches(
        experiment.data, trainCount: trainCount, graph, trainability, diagnostics)
      metrics = try MetricSet(experiment.metrics, task: task)
      let training = Self.facts(experiment, trainCount: trainCount, metrics)
      schedule = try Self.schedule(experiment, training, diagnostics)
      earlyStopping = try Self.earlyStopping(experiment, training, diagnostics)
      if diagnostics.errorCount > before { return nil }
      var decided = Self.decideThreads(loaded, graph)
      if case .run? = experiment.weights?.kind, let path = weights?.path {
        decided.decide(weightsOfRun: String(path.dropLast("/weights/best.safetensors".count)))
      }
      self.loaded = decided
      self.dataset = dataset
      self.fallback = fallback
      self.task = task
      self.loss = loss
      self.namedTransforms = namedTransforms
      self.transforms = TransformPipeline(input: ImageType(imageSize), steps: steps)
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
    _ transforms: some Sequence<(NamedTransform, TransformStep)>
  ) -> (FrozenPrefix?, FrozenPrefix.Boundary) {
    let (prefix, boundary) = graph.frozenPrefix(trainability)
    guard prefix != nil, let (random, _) = transforms.first(where: { $0.1.isRandom }) else {
      return (prefix, boundary)
    }
    return (
      nil,
      FrozenPrefix.Boundary(
        node: nil, reason: "'\(random.component.name)' is random while training")
    )
  }

  /// Below this many operations in a batch's forward pass, a second thread gains next to nothing
  /// (13 % on the sequential example) and stalls the first whenever the machine is busy.
  private static let smallBatchFLOPs = 32_000_000

  private static func decideThreads(
    _ loaded: LoadedExperiment, _ graph: Graph
  ) -> LoadedExperiment {
    var loaded = loaded
    let work = Saturating.multiply(graph.flops, loaded.experiment.data.batchSize)
    if loaded.decidesThreads, work < smallBatchFLOPs {
      loaded.decide(threads: 1, because: "auto: one, the model is small")
    }
    return loaded
  }

  private static func requirement(_ loss: String, _ task: any Task) -> OutputRequirement {
    OutputRequirement(shape: [task.outputCount], reason: "\(loss) on \(task.target.kind)")
  }

  /// The output of the transforms for an image. If a transform does not fit, the image size so far
  /// is returned so that the model can still be checked.
  private static func plan(
    _ transforms: [NamedTransform], listedAt list: SourceRange?, from input: ImageType,
    _ diagnostics: DiagnosticCollector
  ) -> (image: ImageType, steps: [TransformStep]) {
    let planned = steps(transforms, from: input)
    if let (component, error) = planned.mismatch {
      let place = error.argument.flatMap { component.arguments.range($0) }
      diagnostics.error(error.message, at: place ?? component.origin.range, hint: error.hint)
      return (planned.image, planned.steps)
    }
    if !planned.image.isFloat {
      diagnostics.error(
        "the transforms give bytes, a model needs floats",
        at: transforms.last?.component.origin.range ?? list, hint: "add to_tensor")
    }
    return (planned.image, planned.steps)
  }

  /// The output of the transforms for an image, up to the first one that does not fit its input.
  static func steps(
    _ transforms: [NamedTransform], from input: ImageType
  ) -> (
    image: ImageType, steps: [TransformStep], mismatch: (ResolvedComponent, TransformMismatch)?
  ) {
    var type = input
    var steps: [TransformStep] = []
    for item in transforms {
      do throws(TransformMismatch) {
        let (output, step) = try item.transform.plan(type)
        type = output
        steps.append(step)
      } catch {
        return (type, steps, (item.component, error))
      }
    }
    return (type, steps, nil)
  }
}

extension ImageType {
  var shape: Shape { [channels, height, width] }
}

extension DataSchema {
  /// The inputs of a model for this data set.
  ///
  /// - Parameter image: an image after the transforms.
  fileprivate func graphInputs(_ image: ImageType) -> [Graph.Input] {
    [Graph.Input(input.name, image.shape)]
  }
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

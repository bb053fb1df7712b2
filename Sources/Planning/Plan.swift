import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Graph
import Metrics
import Weights

extension Catalog {
  /// Every component this program has.
  package static let standard = Catalog([
    .layer: LayerRegistry.standard.schemas,
    .dataset: DatasetRegistry.schemas,
    .transform: TransformRegistry.schemas,
    .loss: Losses.all,
    .optimizer: Optimizers.all,
    .metric: MetricRegistry.schemas,
  ])
}

/// An experiment with everything proven that can be proven before data is read: what `runner check`
/// prints and a worker carries out.
package struct Plan: Sendable {
  package let loaded: LoadedExperiment
  package let dataset: any DatasetDefinition
  package let fallback: (any DatasetDefinition)?
  package let transforms: [TransformStep]
  package let graph: Graph

  package var experiment: Experiment { loaded.experiment }

  /// Reads an experiment file and proves it.
  ///
  /// - Returns: nothing where there were errors; all of them are in `diagnostics`.
  package static func make(
    _ path: String, overrides: [String] = [], environment: [String: String], processors: Int,
    diagnostics: DiagnosticCollector
  ) -> Plan? {
    let loader = ExperimentLoader(
      catalog: .standard, environment: environment, processors: processors)
    guard let loaded = loader.load(path, overrides: overrides, into: diagnostics) else {
      return nil
    }
    return Plan(loaded, diagnostics: diagnostics)
  }

  package init?(_ loaded: LoadedExperiment, diagnostics: DiagnosticCollector) {
    let experiment = loaded.experiment
    let before = diagnostics.errorCount
    do {
      guard let dataset = try DatasetRegistry.make(experiment.data.dataset) else {
        throw ProgramFault("no data set '\(experiment.data.dataset.name)'")
      }
      let fallback = try experiment.data.fallback.flatMap(DatasetRegistry.make)
      Self.check(fallback, against: dataset, experiment, diagnostics)
      Self.check(experiment.data, against: dataset.facts, diagnostics)
      guard
        let (type, steps) = try Self.plan(
          experiment.data.transforms, from: dataset.facts, diagnostics),
        let graph = GraphBuilder.build(
          experiment.model, input: [type.channels, type.height, type.width],
          outputs: Self.requirement(experiment.loss, dataset.facts),
          registry: .standard, diagnostics: diagnostics)
      else { return nil }
      if let weights = experiment.weights { Self.check(weights, against: graph, diagnostics) }
      if diagnostics.errorCount > before { return nil }
      self.loaded = loaded
      self.dataset = dataset
      self.fallback = fallback
      self.transforms = steps
      self.graph = graph
    } catch {
      diagnostics.error("\(error)", at: nil)
      return nil
    }
  }

  private static func requirement(
    _ loss: ResolvedComponent, _ facts: DatasetFacts
  ) -> OutputRequirement {
    OutputRequirement(shape: [facts.classes], reason: "\(loss.name) on \(facts.classes) classes")
  }

  private static func check(
    _ fallback: (any DatasetDefinition)?, against dataset: any DatasetDefinition,
    _ experiment: Experiment, _ diagnostics: DiagnosticCollector
  ) {
    guard let fallback, let component = experiment.data.fallback else { return }
    let wanted = dataset.facts
    let facts = fallback.facts
    if (facts.channels, facts.height, facts.width, facts.classes)
      != (wanted.channels, wanted.height, wanted.width, wanted.classes)
    {
      diagnostics.error(
        "'\(component.name)' cannot stand in for '\(experiment.data.dataset.name)': its images or "
          + "classes are others", at: component.origin.range)
    }
  }

  private static func check(
    _ data: Experiment.Data, against facts: DatasetFacts, _ diagnostics: DiagnosticCollector
  ) {
    guard let count = facts.trainCount.map({ min($0, data.trainLimit ?? $0) }) else { return }
    let held = Int((Double(count) * data.split.validation).rounded(.up))
    if held >= count || held < 1 {
      diagnostics.error(
        "the split leaves \(count - held) examples for training and \(held) for validation",
        at: data.split.range)
    }
  }

  private static func plan(
    _ transforms: [ResolvedComponent], from facts: DatasetFacts,
    _ diagnostics: DiagnosticCollector
  ) throws -> (ImageType, [TransformStep])? {
    var type = ImageType(
      channels: facts.channels, height: facts.height, width: facts.width, isFloat: false)
    var steps: [TransformStep] = []
    for component in transforms {
      guard let transform = try TransformRegistry.make(component) else {
        throw ProgramFault("no transform '\(component.name)'")
      }
      do throws(TransformMismatch) {
        let (output, step) = try transform.plan(type)
        type = output
        steps.append(step)
      } catch {
        let place = error.argument.flatMap { component.arguments.range($0) }
        diagnostics.error(error.message, at: place ?? component.origin.range, hint: error.hint)
        return nil
      }
    }
    if !type.isFloat {
      diagnostics.error(
        "the transforms give bytes, a model needs floats",
        at: transforms.last?.origin.range, hint: "add to_tensor")
      return nil
    }
    return (type, steps)
  }

  private static func check(
    _ weights: Experiment.FileReference, against graph: Graph, _ diagnostics: DiagnosticCollector
  ) {
    do throws(FileError) {
      let file = try SafeTensors.File(reading: weights.path)
      for difference in file.differences(from: graph.expectedTensors) {
        diagnostics.error("the weights do not fit the model: \(difference)", at: weights.range)
      }
    } catch {
      diagnostics.error("\(error)", at: weights.range)
    }
  }
}

extension Graph {
  /// What a state dict of this graph holds.
  package var expectedTensors: [ExpectedTensor] {
    parameters.map {
      ExpectedTensor(
        name: $0.name, shape: $0.spec.shape, type: $0.spec.role == .counter ? .int64 : .float32)
    }
  }
}

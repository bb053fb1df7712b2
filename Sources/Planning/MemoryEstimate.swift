import Datasets
import ExperimentConfig
import Graph
import Transforms

/// A rough estimate of a run's peak memory, in bytes, excluding LibTorch itself.
package struct MemoryEstimate: Sendable {
  /// The data set's inputs, and of images their transformed copies if those are kept.
  package let data: Int
  /// Parameters and buffers.
  package let model: Int
  /// For parameters trained in any epoch: gradients, optimizer state, averaged weights, and the
  /// copy of the best epoch.
  package let training: Int
  /// The outputs of the frozen first layers for all examples.
  package let features: Int
  /// The activations of a batch in a training step, or in evaluation or the pass through the frozen
  /// first layers if that takes more.
  package let values: Int
  /// The weights of the model that is imitated, and the outputs of a batch that it computes at once.
  package let teacher: Int

  package var total: Int {
    [data, model, training, features, values, teacher].reduce(0, Saturating.add)
  }
}

extension Plan {
  /// The batch size of a forward pass through the frozen first layers.
  private static let featureBatch = 32

  package var memory: MemoryEstimate {
    let sizes = SplitSizes(experiment.data, dataset.dataSchema)
    let training = (sizes?.train ?? 0) + (sizes?.validation ?? 0)
    let sets = [training, sizes?.test ?? 0]
    let inputs = sets.map { count in
      guard let transforms else {
        return Saturating.product(count, graph.inputs.reduce(0) { $0 + $1.shape.count }, 4)
      }
      let kept = transforms.keptCount(images: count)
      let made = kept == 0 ? 0 : transforms.prefix(kept).output.shape.count
      return Saturating.multiply(count, Saturating.add(transforms.input.shape.count, made))
    }
    let keptPrefix = experiment.usesFeatureCache ? frozenPrefix : nil
    let width = keptPrefix.map { graph.nodes[$0.end].output.count } ?? 0
    let precision = experiment.precision
    let parameters = graph.parameters.reduce(0) { Saturating.add($0, $1.spec.count) }
    return MemoryEstimate(
      data: inputs.reduce(0, Saturating.add),
      model: Saturating.multiply(parameters, precision == .bfloat16 ? 6 : 4),
      training: parameterGroups.reduce(0) { sum, group in
        let values = 2 + group.optimizer.stateValuesPerParameter + averages
        return Saturating.add(sum, Saturating.product(group.count, 4, values))
      },
      features: Saturating.product(sets.reduce(0, Saturating.add), width, 4),
      values: [
        Saturating.multiply(stepValues(without: keptPrefix), experiment.data.batchSize),
        Saturating.multiply(
          passValues(graph.nodes.indices.filter { keptPrefix?.nodes.contains($0) != true }),
          min(graph.evaluationBatch(behind: keptPrefix), sets.max() ?? 0)),
        Saturating.product(
          passValues(keptPrefix.map { Array($0.nodes) } ?? []), Self.featureBatch),
      ].max() ?? 0,
      teacher: teacher.map { teacherMemory($0.graph) } ?? 0)
  }

  /// The teacher computes in float32, without gradients, while the outputs of the trained model are kept.
  private func teacherMemory(_ teacher: Graph) -> Int {
    let weights = teacher.parameters.reduce(0) { Saturating.add($0, $1.spec.count) }
    let widest =
      teacher.nodes.map { node in
        Set(node.inputs).reduce(node.output.count) {
          Saturating.add($0, teacher.shape(of: $1).count)
        }
      }.max() ?? 0
    return Saturating.multiply(
      Saturating.add(weights, Saturating.multiply(widest, experiment.data.batchSize)), 4)
  }

  private var averages: Int { experiment.averageDecay == nil && experiment.swa == nil ? 0 : 1 }

  /// The size in bytes of a node's output for one example.
  private func bytes(_ source: Graph.Source) -> Int {
    switch source {
    case .input(let index): return Saturating.multiply(graph.inputs[index].shape.count, 4)
    case .node(let index):
      let isExact =
        experiment.precision != .bfloat16 || frozenPrefix?.nodes.contains(index) == true
      return Saturating.multiply(graph.nodes[index].output.count, isExact ? 4 : 2)
    }
  }

  /// The bytes per example in a training step: every output through which a gradient flows, that
  /// gradient, and the inputs of such layers; for the other layers, the peak.
  private func stepValues(without prefix: FrozenPrefix?) -> Int {
    var hasGradient: [Bool] = []
    var kept = 0
    var read: Set<Graph.Source> = []
    var passing: [Int] = []
    for (index, node) in graph.nodes.enumerated() {
      let isTrained = node.parameters.contains {
        $0.role == .parameter
          && trainability.rule(for: node.name(of: $0)).firstEpoch != nil
      }
      let follows = node.inputs.contains {
        if case .node(let source) = $0 { hasGradient[source] } else { false }
      }
      hasGradient.append(isTrained || follows)
      if isTrained || follows {
        kept = Saturating.add(kept, Saturating.multiply(bytes(.node(index)), 2))
        read.formUnion(node.inputs)
      } else if prefix?.nodes.contains(index) != true {
        passing.append(index)
      }
    }
    for source in read {
      if case .node(let index) = source, hasGradient[index] { continue }
      kept = Saturating.add(kept, bytes(source))
    }
    return Saturating.add(kept, passValues(passing))
  }

  /// The peak bytes per example if nothing is kept for gradients.
  private func passValues(_ nodes: [Int]) -> Int {
    nodes.map { index in
      Set(graph.nodes[index].inputs).reduce(bytes(.node(index))) {
        Saturating.add($0, bytes($1))
      }
    }.max() ?? 0
  }
}

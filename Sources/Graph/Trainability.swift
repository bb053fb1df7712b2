import Diagnostics
import ExperimentConfig

/// Which parameters are trained, from which epoch on, and how the optimizer treats them.
package struct Trainability: Sendable {
  package struct Rule: Sendable, Hashable {
    /// The first epoch in which the optimizer changes it; `nil` if it never does.
    package var firstEpoch: Int? = 1
    /// A factor on the optimizer's learning rate.
    package var multiplier = 1.0
    /// Replaces the optimizer's learning rate; `nil` to use it.
    package var learningRate: Double?
    /// The index of its group in the optimizer's `groups`; `nil` if it is in none.
    package var group: Int?
    /// Whether it has the optimizer's weight decay; otherwise it has none.
    package var decays = true
    /// Whether the optimizer leaves it to another one whatever its shape.
    package var isExcluded = false
  }

  /// Rules by parameter name; parameters without a rule are trained from the start.
  private var rules: [String: Rule] = [:]
  /// The first epoch that trains a batch normalisation without parameters, by node index; `nil` for never.
  private var frozenNodes: [Int: Int?] = [:]
  /// Whether frozen batch normalisation keeps using and updating the statistics of each batch.
  package let updatesBatchNorm: Bool

  /// How the optimizer treats some parameters differently.
  let settings: ParameterSettings

  /// Trains everything.
  package static let all = Trainability()

  private init() {
    updatesBatchNorm = false
    settings = .none
  }

  package func rule(for name: String) -> Rule { rules[name] ?? Rule() }

  /// The first epoch that trains a node: any of its parameters, or the node itself if it has none; `nil` if
  /// none does.
  package func firstEpoch(of index: Int, in graph: Graph) -> Int? {
    let node = graph.nodes[index]
    let names = node.parameters.filter { $0.role == .parameter }.map(node.name(of:))
    if names.isEmpty { return frozenNodes[index] ?? 1 }
    return names.compactMap { rule(for: $0).firstEpoch }.min()
  }

  /// The normalisations that use their stored statistics in `epoch`.
  package func storedStatistics(in graph: Graph, epoch: Int) -> Set<Int> {
    if updatesBatchNorm { return [] }
    return Set(
      graph.nodes.indices.filter { index in
        guard graph.nodes[index].hasFreezableStatistics else { return false }
        guard let first = firstEpoch(of: index, in: graph) else { return true }
        return first > epoch
      })
  }

  /// The normalisations that always use their stored statistics.
  package func alwaysStored(in graph: Graph) -> Set<Int> {
    storedStatistics(in: graph, epoch: .max)
  }

  /// The modules within TorchScript files that stay in evaluation mode in `epoch` although others of the same
  /// file are trained, by node: those whose own parameters are all frozen.
  package func fixedModules(in graph: Graph, epoch: Int) -> [Int: [String]] {
    if updatesBatchNorm { return [:] }
    var fixed: [Int: [String]] = [:]
    for (index, node) in graph.nodes.enumerated() where node.moduleFile != nil {
      let parameters = node.parameters.filter { $0.role == .parameter }
      let trained = parameters.filter { spec in
        rule(for: node.name(of: spec)).firstEpoch.map { $0 <= epoch } ?? false
      }
      let frozen = Set(parameters.map(\.module)).subtracting(trained.map(\.module))
      if !frozen.isEmpty { fixed[index] = frozen.sorted() }
    }
    return fixed
  }

  /// The number of values that the optimizer changes in some epoch.
  package func trainableCount(in graph: Graph) -> Int {
    graph.parameters.filter { $0.spec.role == .parameter && rule(for: $0.name).firstEpoch != nil }
      .reduce(0) { Saturating.add($0, $1.spec.count) }
  }
}

extension Trainability {
  /// Resolves the experiment's `freeze`, `unfreeze` and the optimizer's settings for a graph; reports problems
  /// to `diagnostics`.
  ///
  /// - Parameter excluded: the parameters that the optimizer leaves to another one.
  package init(
    _ graph: Graph, freezing: Freezing?, unfreezing: [Unfreezing], settings: ParameterSettings,
    excluded: [ParameterPattern] = [], diagnostics: DiagnosticCollector
  ) {
    updatesBatchNorm = freezing?.updatesBatchNorm ?? false
    self.settings = settings
    let matcher = ParameterMatcher(graph, diagnostics: diagnostics)
    for pattern in freezing?.patterns ?? [] {
      for name in matcher.parameters(pattern) { rules[name, default: Rule()].firstEpoch = nil }
      for index in matcher.bareNorms(pattern) { frozenNodes.updateValue(nil, forKey: index) }
    }
    for later in unfreezing {
      for pattern in later.patterns { unfreeze(pattern, later, matcher, diagnostics) }
    }
    apply(settings, graph, matcher)
    for name in excluded.flatMap(matcher.parameters) {
      rules[name, default: Rule()].isExcluded = true
    }
    let names = graph.parameters.filter { $0.spec.role == .parameter }.map(\.name)
    if let freezing, !names.isEmpty, !names.contains(where: { rule(for: $0).firstEpoch == 1 }) {
      diagnostics.error(
        "everything is frozen, so there is nothing to train", at: freezing.patterns.first?.range,
        hint: "freeze: backbone leaves the head trainable")
    }
  }

  private mutating func apply(
    _ settings: ParameterSettings, _ graph: Graph, _ matcher: ParameterMatcher
  ) {
    if let decay = settings.layerDecay {
      let blocks = ModelBlocks(graph)
      for (name, index) in blocks.indices where index < blocks.count - 1 {
        // By multiplication, so that the result is the same everywhere.
        rules[name, default: Rule()].multiplier = (index..<(blocks.count - 1))
          .reduce(1) { factor, _ in factor * decay }
      }
    }
    var grouped: Set<String> = []
    for (index, group) in settings.groups.enumerated() {
      for name in group.patterns.flatMap(matcher.parameters) where grouped.insert(name).inserted {
        if group.hasLearningRate { rules[name, default: Rule()].multiplier = 1 }
        rules[name, default: Rule()].multiplier *= group.multiplier
        rules[name, default: Rule()].group = index
      }
    }
    for name in settings.noDecay.flatMap(matcher.withoutDecay) {
      let group = rules[name]?.group.map { settings.groups[$0] }
      if group?.hasWeightDecay != true { rules[name, default: Rule()].decays = false }
    }
  }

  private mutating func unfreeze(
    _ pattern: ParameterPattern, _ later: Unfreezing, _ matcher: ParameterMatcher,
    _ diagnostics: DiagnosticCollector
  ) {
    let names = matcher.parameters(pattern)
    let norms = matcher.bareNorms(pattern)
    let frozen = names.filter { rules[$0].map { $0.firstEpoch == nil } ?? false }
    let frozenNorms = norms.filter { frozenNodes[$0] == .some(nil) }
    if frozen.isEmpty, frozenNorms.isEmpty, !(names.isEmpty && norms.isEmpty) {
      // A node that was not frozen can only have a later first epoch because of an earlier `unfreeze`.
      let earlier =
        names.compactMap { rules[$0]?.firstEpoch }.filter { $0 > 1 }
        + norms.compactMap { frozenNodes[$0] ?? nil }
      diagnostics.error(
        earlier.min().map { "'\(pattern.text)' is already unfrozen from epoch \($0) on" }
          ?? "'\(pattern.text)' is not frozen", at: pattern.range)
    }
    for name in frozen {
      rules[name, default: Rule()].firstEpoch = later.epoch
      rules[name, default: Rule()].learningRate = later.learningRate
    }
    for index in frozenNorms { frozenNodes.updateValue(later.epoch, forKey: index) }
  }
}

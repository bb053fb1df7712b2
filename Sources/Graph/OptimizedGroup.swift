import ExperimentConfig

/// Parameters that an optimizer updates alike.
package struct OptimizedGroup: Sendable {
  /// The optimizer, with the arguments for these parameters.
  package let optimizer: any OptimizerDefinition
  /// The first epoch that changes them.
  package let firstEpoch: Int
  /// Their learning rate before the schedule's factor.
  package let learningRate: Double
  /// Their names, in the model's order.
  package fileprivate(set) var parameters: [String]
  /// The number of their values.
  package fileprivate(set) var count: Int
}

extension Trainability {
  /// The parameters of a graph in groups, in order of their first parameters. Parameters that are never trained
  /// are in none of them.
  package func groups(
    of graph: Graph, by optimizer: any OptimizerDefinition
  ) -> [OptimizedGroup] {
    struct Key: Hashable {
      let rule: Rule
      let optimizer: String
    }
    var places: [Key: Int] = [:]
    var groups: [OptimizedGroup] = []
    for parameter in graph.parameters where parameter.spec.role == .parameter {
      let rule = rule(for: parameter.name)
      guard let firstEpoch = rule.firstEpoch else { continue }
      let whole = rule.group.flatMap { settings.groups[$0].definition } ?? optimizer
      let part = whole.part(forShape: parameter.spec.shape, isExcluded: rule.isExcluded)
      let key = Key(rule: rule, optimizer: part.name)
      if let place = places[key] {
        groups[place].parameters.append(parameter.name)
        groups[place].count = Saturating.add(groups[place].count, parameter.spec.count)
        continue
      }
      places[key] = groups.count
      // A learning rate given to frozen layers is that of the optimizer as a whole.
      let base =
        part.name == whole.name
        ? rule.learningRate ?? part.learningRate
        : part.learningRate * (rule.learningRate.map { $0 / whole.learningRate } ?? 1)
      groups.append(
        OptimizedGroup(
          optimizer: rule.decays ? part : part.withoutWeightDecay, firstEpoch: firstEpoch,
          learningRate: base * rule.multiplier, parameters: [parameter.name],
          count: parameter.spec.count))
    }
    return groups
  }
}

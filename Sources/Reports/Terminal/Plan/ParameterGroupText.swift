import ExperimentConfig
import Graph
import Planning

/// Which parameter is trained by which optimizer with which learning rate and weight decay, as `runner check`
/// shows it.
enum ParameterGroupText {
  /// A row is shown with at most this many parameters.
  private static let longList = 2

  /// A table of the groups, empty if all parameters are treated alike.
  ///
  /// - Parameter allNames: whether to show all parameters of a group.
  static func render(_ plan: Plan, allNames: Bool) -> String {
    let groups = plan.parameterGroups
    guard groups.count > 1 else { return "" }
    var table = TextTable([.left, .right, .right, .right, .left])
    table.add(["optimizer", "lr", "weight decay", "values", "parameters"])
    table.addRule()
    for group in groups {
      let shown = allNames ? group.parameters[...] : group.parameters.prefix(longList)
      let rest = group.parameters.count - shown.count
      let epoch = group.firstEpoch > 1 ? " (from epoch \(group.firstEpoch) on)" : ""
      table.add([
        group.optimizer.name, NumberText.significant(group.learningRate, 6),
        NumberText.short(group.optimizer.weightDecay), NumberText.grouped(group.count),
        shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "") + epoch,
      ])
    }
    return table.render()
  }

  /// The groups as JSON; learning rates are those before the schedule's factor.
  static func json(_ plan: Plan) -> JSONValue {
    .array(
      plan.parameterGroups.map { group in
        [
          "optimizer": .string(group.optimizer.name), "lr": .number(group.learningRate),
          "weight_decay": .number(group.optimizer.weightDecay),
          "first_epoch": .integer(group.firstEpoch), "values": .integer(group.count),
          "parameters": .array(group.parameters.map(JSONValue.string)),
        ]
      })
  }
}

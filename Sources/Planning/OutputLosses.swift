import Diagnostics
import ExperimentConfig
import Graph
import Tasks

/// What training minimises of a model with several outputs: a weighted sum of the losses of its outputs.
package struct OutputLosses: Sendable, Hashable {
  /// The weight of an auxiliary output that the experiment gives none: torchvision's references train the auxiliary
  /// heads of segmentation models so.
  package static let standardWeight = 0.5

  /// The weight of the prediction's loss, which is positive.
  package private(set) var main = 1.0
  /// The auxiliary outputs with positive weights, in the model's order.
  package private(set) var auxiliary: [Auxiliary] = []

  /// An auxiliary output.
  package struct Auxiliary: Sendable, Hashable {
    package let name: String
    package let weight: Double
  }

  /// The loss of the prediction alone.
  package init() {}

  /// By default, every auxiliary output of the same shape as the prediction has ``standardWeight``. Boxes are an
  /// exception: a detector's loss is computed from its outputs together.
  init(
    _ weights: [OutputWeight], _ graph: Graph, _ task: any Task, _ diagnostics: DiagnosticCollector
  ) {
    let shape = graph.shape(of: graph.mainOutput.source)
    if let first = weights.first {
      main = first.weight
      if main == 0 {
        diagnostics.error(
          "'\(first.node.name)' is what the model predicts, so its weight has to be positive",
          at: first.node.range, hint: "write \(first.node.name): 1")
      }
    }
    for output in graph.outputs.dropFirst() {
      let own = graph.shape(of: output.source)
      let given = weights.first { $0.node.name == output.name }
      guard own == shape else {
        if let given, given.weight > 0 {
          diagnostics.error(
            "the loss cannot be computed from '\(output.name)', which is \(own): the prediction is "
              + "\(shape)", at: given.node.range, hint: "write \(output.name): 0")
        }
        continue
      }
      let weight = given?.weight ?? (task.boxDecoding == nil ? Self.standardWeight : 0)
      if weight > 0 { auxiliary.append(Auxiliary(name: output.name, weight: weight)) }
    }
  }

  /// Such as `the loss + 0.5 × that of 'aux'`; `nil` if only the prediction has a loss.
  package var description: String? {
    if auxiliary.isEmpty { return nil }
    let first = main == 1 ? "the loss" : "\(NumberText.short(main)) × the loss"
    return
      ([first]
      + auxiliary.map { "\(NumberText.short($0.weight)) × that of '\($0.name)'" })
      .joined(separator: " + ")
  }
}

import Diagnostics
import Glibc
import Graph
import Tasks

/// The `forward` of a TorchScript module that computes a model's main output, or the mean of several models.
///
/// It is a list of calls of LibTorch's operators. Parameters lie in the module under the names of the model's weights,
/// those of several models below the model's name.
package struct ScriptSource: Sendable {
  /// The definition of `forward`, from one batch to the scores or numbers.
  package let text: String
  /// The parameters and buffers of one model, by their names in the state dict.
  package let parameters: Set<String>
  /// The shape of the answer to one example.
  package let output: [Int]

  /// - Parameters:
  ///   - members: what the names of each model's weights begin with; one empty text for a single model.
  ///   - prediction: how outputs are read, as the loss defines it.
  /// - Throws: `InputError` at a layer without a counterpart, ``PyTorchPredictor/Problem`` for such a loss.
  package init(
    _ graph: Graph, members: [String], link: ScoreLink, prediction: Objective.Operation
  ) throws {
    let needed = graph.needed(for: [graph.mainOutput.source])
    var lines: [String] = []
    var outputs: [String] = []
    for (number, prefix) in members.enumerated() {
      var values: [Graph.Source: String] = [:]
      for place in graph.inputs.indices { values[.input(place)] = "x\(place)" }
      for index in needed {
        let node = graph.nodes[index]
        let call = ScriptCall(
          node: node, inputs: node.inputs.compactMap { values[$0] },
          shapes: node.inputs.map { graph.shape(of: $0).dims }, prefix: prefix,
          name: members.count > 1 ? "m\(number)v\(index)" : "v\(index)")
        let written = try call.written()
        lines += written.lines
        values[.node(index)] = written.value
      }
      let output = values[graph.mainOutput.source] ?? "x0"
      outputs.append(try Self.reading(prediction, output))
    }
    var shape = graph.shape(of: graph.mainOutput.source).dims
    if case .columns(_, _, let count) = prediction { shape[0] = count }
    output = shape
    let result = outputs.count == 1 ? outputs[0] : Self.mean(outputs, link)
    let inputs = graph.inputs.indices.map { "x\($0)" }.joined(separator: ", ")
    let body = (lines + ["return \(result)"]).map { "    \($0)\n" }.joined()
    text = "def forward(self, \(inputs)):\n\(body)"
    parameters = Set(
      needed.flatMap { index in
        graph.nodes[index].parameters.map { graph.nodes[index].name(of: $0) }
      })
  }

  /// The path in the file of a parameter of the state dict: its name, but for what TorchScript reserves.
  package static func path(_ name: String) -> String {
    name.split(separator: ".").map { word in
      let word = String(word)
      return Python.keywords.union(["forward", "training"]).contains(word) ? "\(word)_" : word
    }.joined(separator: ".")
  }

  private static func reading(
    _ operation: Objective.Operation, _ output: String
  ) throws(PyTorchPredictor.Problem) -> String {
    switch operation {
    case .outputs: return output
    case .exponential(let inner): return "torch.exp(\(try reading(inner, output)))"
    case .logSoftmax(let inner): return "torch.log_softmax(\(try reading(inner, output)), 1)"
    case .columns(let inner, let first, let count):
      return "torch.slice(\(try reading(inner, output)), 1, \(first), \(first + count), 1)"
    // Counts are of the scores of a mask's pixels, which the module answers with.
    case .pixelCounts(let scores, _): return try reading(scores, output)
    default:
      throw PyTorchPredictor.Problem(
        reason: "the loss reads the outputs in a way that is not supported")
    }
  }

  /// Scores whose probabilities are the means of the models' probabilities.
  private static func mean(_ outputs: [String], _ link: ScoreLink) -> String {
    func logSum(_ values: [String]) -> String {
      "torch.logsumexp(torch.stack([\(values.joined(separator: ", "))], 0), [0])"
    }
    switch link {
    case .identity:
      return "torch.mean(torch.stack([\(outputs.joined(separator: ", "))], 0), [0])"
    case .softmax:
      let count = Python.number(log(Double(outputs.count)))
      return "\(logSum(outputs.map { "torch.log_softmax(\($0), 1)" })) - \(count)"
    case .sigmoid:
      return "\(logSum(outputs.map { "torch.log_sigmoid(\($0))" })) - "
        + logSum(outputs.map { "torch.log_sigmoid(-(\($0)))" })
    }
  }
}

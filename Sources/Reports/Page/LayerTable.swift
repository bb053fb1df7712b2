import Diagnostics
import ExperimentConfig
import Files
import Graph
import Planning
import RunRecord
import SafeTensorsFormat
import Weights

/// The layers of a run's model, from the graph that `resolved.yaml` declares, or else the tensors
/// in the weights.
package struct LayerTable {
  struct Row {
    var path: String
    var layer: String
    /// The names of its inputs; empty if its only input is the row above.
    var from: String
    var output: String
    var parameters: Int
  }

  private(set) var rows: [Row] = []
  package private(set) var total = 0
  private(set) var inputs: [Graph.Input] = []
  /// FLOPs of the forward pass of one example; `nil` if they are not known.
  package private(set) var flops: Int?
  /// Why there are tensors instead of layers.
  package private(set) var problem: String?

  package init(_ run: RunDirectory) {
    let diagnostics = DiagnosticCollector()
    let plan = Plan.make(
      of: run, processors: 1, needsWeights: false, diagnostics: diagnostics)
    guard let plan else {
      let reason = diagnostics.sorted.first { $0.severity == .error }?.message
      problem = "The graph cannot be reconstructed: " + (reason ?? "resolved.yaml cannot be read")
      readWeights(run)
      return
    }
    let graph = plan.graph
    inputs = graph.inputs
    total = graph.parameterCount
    flops = graph.hasUnknownFLOPs ? nil : graph.flops
    for (index, node) in graph.nodes.enumerated() {
      let names = node.inputs.map(graph.name(of:))
      let isChain = node.inputs == [index == 0 ? .input(0) : .node(index - 1)]
      rows.append(
        Row(
          path: node.path, layer: node.layer, from: isChain ? "" : names.joined(separator: ", "),
          output: node.output.description,
          parameters: node.ownParameterCount))
    }
  }

  private mutating func readWeights(_ run: RunDirectory) {
    do throws(FileError) {
      let weights = try SafeTensors.Stream("weights/best.safetensors", in: run.folder)
      for tensor in weights.tensors {
        let count = tensor.shape.reduce(1, Saturating.multiply)
        total = Saturating.add(total, count)
        rows.append(
          Row(
            path: tensor.name, layer: tensor.type, from: "", output: "\(tensor.shape)",
            parameters: count))
      }
    } catch {
      problem = (problem ?? "") + ". The weights cannot be read either: \(error.reason)"
    }
  }
}

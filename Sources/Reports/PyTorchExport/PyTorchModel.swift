import Diagnostics
import ExperimentConfig
import Graph

/// A model of the graph as a Python file with one class for each kind of block, which needs nothing but PyTorch.
///
/// The names of its parameters are those of the model's weights. Only what the main output depends on is written.
package struct PyTorchModel: Sendable {
  /// The file.
  package let text: String
  /// The parameters and buffers of the model, by their names in the state dict.
  package let parameters: Set<String>

  /// - Parameters:
  ///   - blocks: the names of blocks, by their paths; see ``blockNames(_:)``.
  ///   - title: what the file says about itself, in lines.
  /// - Throws: `InputError` at a layer without a counterpart.
  package init(_ graph: Graph, blocks: [String: String] = [:], title: [String]) throws {
    var builder = ModuleUnitBuilder(graph, blocks: blocks)
    let model = try builder.model()
    let helpers = PythonHelper.allCases.filter { builder.helpers.contains($0) }
    let table = ClassTable(model, reserved: helpers.map(\.rawValue))
    let classes =
      helpers.map(\.text) + table.classes.map { ModuleWriter.text(of: $0, in: table) }
    let code = classes.joined(separator: "\n\n")
    var imports: [String] = []
    if code.contains("math.") { imports.append("import math\n") }
    if code.contains("torch.") { imports.append("import torch") }
    if code.contains("F.") { imports.append("import torch.nn.functional as F") }
    imports.append("from torch import nn")
    let doc = "\"\"\"" + title.map(Self.documentation).joined(separator: "\n") + "\n\"\"\"\n"
    text = doc + imports.joined(separator: "\n") + "\n\n\n" + code
    let needed = Set(graph.needed(for: [graph.mainOutput.source]))
    parameters = Set(
      needed.flatMap { index in
        graph.nodes[index].parameters.map { graph.nodes[index].name(of: $0) }
      })
  }

  /// A line that cannot end the text it is in.
  private static func documentation(_ line: String) -> String {
    line.replacing("\\", with: "\\\\").replacing("\"\"\"", with: "'''")
  }

  /// The names of the blocks in a model, by the paths of their layers.
  package static func blockNames(_ model: [ModelNode], path: String = "") -> [String: String] {
    var names: [String: String] = [:]
    for (index, item) in model.enumerated() {
      let place = (path.isEmpty ? "" : path + ".") + (item.name?.name ?? String(index))
      switch item.kind {
      case .layer: break
      case .block(let name, let body):
        names[place] = name
        names.merge(blockNames(body, path: place)) { first, _ in first }
      case .model(_, let body): names.merge(blockNames(body, path: path)) { first, _ in first }
      }
    }
    return names
  }
}

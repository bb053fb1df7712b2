import ExperimentConfig
import Graph

/// What `runner check` says about TorchScript files.
enum ModuleText {
  /// - Parameter isPartial: whether a TorchScript file computes an unknown part.
  static func flops(_ count: Int, isPartial: Bool) -> String {
    if !isPartial { return NumberText.grouped(count) }
    return count == 0 ? "unknown" : "\(NumberText.grouped(count)) + unknown"
  }

  /// The file of each node, and what holds for all of them.
  static func lines(_ graph: Graph) -> [String] {
    let files = graph.nodes.compactMap { node in
      node.moduleFile.map { file in
        "'\(node.path)' runs \(name(file)), SHA-256 \(file.sha256.prefix(12))…"
      }
    }
    if files.isEmpty { return [] }
    return files + [
      "run once for its shapes; its parameters start from the file's values"
    ]
  }

  private static func name(_ file: ModuleFile) -> String {
    file.path.split(separator: "/").last.map(String.init) ?? file.path
  }

  static func json(_ graph: Graph) -> JSONValue {
    .array(
      graph.nodes.compactMap { node in
        node.moduleFile.map { file in
          ["node": .string(node.path), "path": .string(file.path), "sha256": .string(file.sha256)]
        }
      })
  }
}

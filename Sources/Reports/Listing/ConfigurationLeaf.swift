import Diagnostics
import RunRecord
import YAMLSyntax

/// One value of `resolved.yaml` with its dotted path, such as `optimizer.adam.lr`.
package struct ConfigurationLeaf: Hashable, Sendable {
  /// Named layers appear under their name, other items of lists under their index.
  package var path: String
  /// A list of plain values is one text, such as `[0.9, 0.999]`.
  package var text: String

  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

extension ConfigurationLeaf {
  /// The values of a run's configuration, in the order of the file; empty if it cannot be read.
  ///
  /// It is read as a tree rather than as an experiment, so that runs of other versions can be listed.
  static func all(of run: RunDirectory) -> [ConfigurationLeaf] {
    let name = "resolved.yaml"
    guard let bytes = try? run.bytes(of: name, limit: 8 << 20),
      let file = try? SourceFile.decode(bytes, name: name)
    else { return [] }
    return YAMLParser.parse(file, into: DiagnosticCollector()).map { all(in: $0, "") } ?? []
  }

  /// The values below a node. A component, such as `adam: {lr: 0.001}`, has its name as a value of its own,
  /// so that `optimizer` is `adam`.
  static func all(in node: YAMLNode, _ path: String) -> [ConfigurationLeaf] {
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    switch node.content {
    case .scalar(let scalar):
      return [ConfigurationLeaf(path: path, text: node.isNull ? "null" : scalar.text)]
    case .sequence(let items):
      let texts = items.compactMap(\.scalar?.text)
      if texts.count == items.count {
        return [ConfigurationLeaf(path: path, text: "[\(texts.joined(separator: ", "))]")]
      }
      return items.enumerated().flatMap { index, item in
        all(in: item, below(item["name"]?.scalar?.text ?? String(index)))
      }
    case .mapping(let entries):
      var leaves = entries.flatMap { all(in: $0.value, below($0.key)) }
      if entries.count == 1, entries[0].value.mapping != nil, !path.isEmpty {
        leaves.insert(ConfigurationLeaf(path: path, text: entries[0].key), at: 0)
      }
      return leaves
    }
  }
}

import Diagnostics
import ExperimentConfig

/// The names of one list of nodes; a block has a list of its own.
struct NodeNames {
  private var indices: [String: Int] = [:]
  private let items: [ModelNode]

  init(_ items: [ModelNode], diagnostics: DiagnosticCollector) {
    self.items = items
    for (index, item) in items.enumerated() {
      guard let name = item.name else { continue }
      if name.name == "input" {
        diagnostics.error("'input' is what the model is given, no node's name", at: name.range)
      } else if let first = indices[name.name] {
        let note = items[first].name.map {
          Diagnostic.note("first given here", at: $0.range)
        }
        diagnostics.error(
          "two nodes are named '\(name.name)'", at: name.range, notes: note.map { [$0] } ?? [])
      } else {
        indices[name.name] = index
      }
    }
  }

  /// The index that a reference means, -1 for the input; nothing once the reason has been reported.
  func resolve(
    _ reference: ModelNode.Reference, from user: Int, diagnostics: DiagnosticCollector
  ) -> Int? {
    if reference.name == "input" { return -1 }
    guard let index = indices[reference.name] else {
      diagnostics.error(
        "no node is named '\(reference.name)'", at: reference.range,
        hint: Suggestion.hint(for: reference.name, among: indices.keys.sorted() + ["input"])
          ?? SchemaText.known(indices.keys.sorted()))
      return nil
    }
    if index < user { return index }
    if let cycle = cycle(from: user, through: index) {
      diagnostics.error("the nodes go in a circle: \(cycle)", at: reference.range)
    } else {
      diagnostics.error(
        "'\(reference.name)' comes later in the list; a node takes earlier ones",
        at: reference.range)
    }
    return nil
  }

  /// `a → b → a`, where following inputs from `index` leads back to `user`.
  private func cycle(from user: Int, through index: Int) -> String? {
    func label(_ index: Int) -> String { items[index].name?.name ?? items[index].label }
    var stack = [(index, [index])]
    var seen: Set<Int> = []
    while let (node, path) = stack.popLast() {
      if node == user {
        // Each node takes the one after the arrow.
        return ([user] + path).map(label).joined(separator: " → ")
      }
      guard seen.insert(node).inserted else { continue }
      let sources = items[node].from?.compactMap { indices[$0.name] } ?? (node > 0 ? [node - 1] : [])
      for source in sources { stack.append((source, path + [source])) }
    }
    return nil
  }
}

enum SchemaText {
  static func known(_ names: [String]) -> String? {
    names.isEmpty ? "name a node with name: …" : "known: " + names.prefix(8).joined(separator: ", ")
  }
}

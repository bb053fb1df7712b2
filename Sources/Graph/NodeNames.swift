import Diagnostics
import ExperimentConfig

/// The names of one list of nodes; a block has a list of its own.
struct NodeNames {
  private var indices: [String: Int] = [:]
  private let items: [ModelNode]
  private(set) var hasErrors = false
  /// Looking for a circle walks the whole list; where many arrows point forward, one look will do.
  private var cycleSearches = 0

  init(_ items: [ModelNode], diagnostics: DiagnosticCollector) {
    self.items = items
    for (index, item) in items.enumerated() {
      guard let name = item.name else { continue }
      if name.name == "input" {
        hasErrors = true
        diagnostics.error("'input' is what the model is given, no node's name", at: name.range)
      } else if let first = indices[name.name] {
        hasErrors = true
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
  mutating func resolve(
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
    cycleSearches += 1
    if cycleSearches <= 10, let cycle = cycle(from: user, through: index) {
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
    var cameFrom = [index: user]
    var open = [index]
    while let node = open.popLast(), node != user {
      let sources =
        items[node].from?.compactMap { indices[$0.name] } ?? (node > 0 ? [node - 1] : [])
      for source in sources where cameFrom[source] == nil {
        cameFrom[source] = node
        open.append(source)
      }
      if sources.contains(user) { open.append(user) }
    }
    guard var node = cameFrom[user] else { return nil }
    var path = [user]
    while node != user {
      path.append(node)
      node = cameFrom[node] ?? user
    }
    path.append(user)
    // Each node takes the one behind the arrow.
    let names = path.reversed().map { items[$0].name?.name ?? items[$0].label }
    return names.count > 12
      ? (names.prefix(5) + ["…"] + names.suffix(5)).joined(separator: " → ")
      : names.joined(separator: " → ")
  }
}

enum SchemaText {
  static func known(_ names: [String]) -> String? {
    names.isEmpty ? "name a node with name: …" : "known: " + names.prefix(8).joined(separator: ", ")
  }
}

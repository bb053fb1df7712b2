import Diagnostics
import ExperimentConfig

/// The values from outside that nodes of a list can refer to.
struct NodeScope {
  /// The inputs that have names: those of a model, and those that a block declares.
  let inputs: [(name: String, source: Graph.Source)]
  /// The value that `input` refers to and the first node's default input; `nil` if there are several inputs.
  let defaultInput: Graph.Source?
  /// What has the inputs, as in `the model's`.
  let owner: String

  /// The scope of a whole model.
  init(_ inputs: [String]) {
    self.inputs = inputs.enumerated().map { ($0.element, .input($0.offset)) }
    defaultInput = inputs.count == 1 ? .input(0) : nil
    owner = "the model's"
  }

  /// The scope of a block.
  ///
  /// - Parameter names: of its inputs; empty if it has a single unnamed one.
  init(block names: [String], _ sources: [Graph.Source]) {
    inputs = Array(zip(names, sources))
    defaultInput = sources.count == 1 ? sources[0] : nil
    owner = "the block's"
  }
}

/// The node names in one list; each block has its own list.
struct NodeNames {
  /// The target of a reference.
  enum Target {
    case input(Graph.Source)
    /// An earlier node in the list.
    case node(Int)
    /// A node inside an earlier block or model, by its path there.
    case inside(Int, String)
  }

  private var indices: [String: Int] = [:]
  private let items: [ModelNode]
  private let scope: NodeScope
  private(set) var hasErrors = false
  /// The inputs that references named.
  private(set) var namedInputs: Set<String> = []
  /// The number of cycle searches. Each walks the whole list, so only a few are made.
  private var cycleSearches = 0

  init(_ items: [ModelNode], _ scope: NodeScope, diagnostics: DiagnosticCollector) {
    self.items = items
    self.scope = scope
    for (index, item) in items.enumerated() {
      guard let name = item.name else { continue }
      if name.name == "input" {
        hasErrors = true
        diagnostics.error("'input' is reserved for the input of the model", at: name.range)
      } else if scope.inputs.contains(where: { $0.name == name.name }) {
        hasErrors = true
        diagnostics.error(
          scope.owner == "the model's"
            ? NodeNameClash.message(name.name)
            : "'\(name.name)' is the name of an input of the block", at: name.range,
          hint: "give this node another name")
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

  /// The default input for `input`, or for a node that names no input; `nil` after an error, which has been
  /// reported.
  func defaultInput(
    for name: String, at range: SourceRange, diagnostics: DiagnosticCollector
  ) -> Graph.Source? {
    if let input = scope.defaultInput { return input }
    let names = scope.inputs.map(\.name)
    diagnostics.error(
      "'\(name)' could take any of \(scope.owner) \(names.count) inputs", at: range,
      hint: names.first.map { "choose with from: \($0)" })
    return nil
  }

  /// Resolves a reference; `nil` after an error, which has been reported.
  mutating func resolve(
    _ reference: ModelNode.Reference, from user: Int, diagnostics: DiagnosticCollector
  ) -> Target? {
    let parts = reference.name.split(separator: ".", maxSplits: 1).map(String.init)
    let target = resolve(parts[0], at: reference.range, from: user, diagnostics: diagnostics)
    guard let target, parts.count == 2 else { return target }
    if case .node(let index) = target { return .inside(index, parts[1]) }
    diagnostics.error(
      "'\(parts[0])' is an input and has no '\(parts[1])'", at: reference.range)
    return nil
  }

  private mutating func resolve(
    _ name: String, at range: SourceRange, from user: Int, diagnostics: DiagnosticCollector
  ) -> Target? {
    if name == "input" {
      return defaultInput(for: "input", at: range, diagnostics: diagnostics).map(Target.input)
    }
    // An unnamed layer is called by its place, as in the names of its parameters.
    let numbered = Int(name).flatMap {
      items.indices.contains($0) && items[$0].name == nil ? $0 : nil
    }
    guard let index = indices[name] ?? numbered else {
      if let input = scope.inputs.first(where: { $0.name == name }) {
        namedInputs.insert(name)
        return .input(input.source)
      }
      let known = indices.keys.sorted()
      diagnostics.error(
        "no node is named '\(name)'", at: range,
        hint: Suggestion.hint(for: name, among: known + scope.inputs.map(\.name) + ["input"])
          ?? SchemaText.known(known))
      return nil
    }
    if index < user { return .node(index) }
    cycleSearches += 1
    if cycleSearches <= 10, let cycle = cycle(from: user, through: index) {
      diagnostics.error("the nodes form a cycle: \(cycle)", at: range)
    } else {
      diagnostics.error(
        "'\(name)' comes later in the list; a node can only take earlier ones", at: range)
    }
    return nil
  }

  /// Formats a cycle as `a → b → a`; `nil` if no inputs lead from `index` back to `user`.
  private func cycle(from user: Int, through index: Int) -> String? {
    var cameFrom = [index: user]
    var open = [index]
    while let node = open.popLast(), node != user {
      let sources =
        items[node].from?.compactMap { indices[String($0.name.prefix { $0 != "." })] }
        ?? (node > 0 ? [node - 1] : [])
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
    // An arrow points from a node to the node whose output it takes.
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

import Diagnostics
import Graph

/// The nodes of a graph in the blocks that their paths name: `layer1.0.conv1` is in `0`, which is in `layer1`.
final class ModuleTree {
  /// Empty for the whole model.
  let path: String
  /// The last part of the path.
  let name: String
  /// The node, if it is a layer.
  fileprivate(set) var node: Int?
  fileprivate(set) var children: [ModuleTree] = []
  /// The places of its nodes in order of computation.
  fileprivate(set) var places: Range<Int> = 0..<0
  /// The values from outside that it reads, in the order in which they are first read.
  fileprivate(set) var inputs: [Graph.Source] = []
  /// Its values that are read outside, in order of computation.
  fileprivate(set) var results: [Graph.Source] = []
  /// The path of the layer or block whose parameters it uses; `nil` if it has its own.
  fileprivate(set) var owner: String?

  fileprivate init(path: String, name: String) {
    self.path = path
    self.name = name
  }

  /// The layers in it, in order of computation.
  var leaves: [ModuleTree] { node == nil ? children.flatMap(\.leaves) : [self] }

  /// The layer or block at a path.
  func find(_ path: String) -> ModuleTree? {
    if self.path == path { return self }
    return children.first { path == $0.path || path.hasPrefix($0.path + ".") }?.find(path)
  }
}

/// Puts the nodes that a model's main output depends on into a tree.
struct ModuleTreeBuilder {
  private let graph: Graph
  private let needed: [Int]
  private var places: [Int: Int] = [:]
  /// The places at which each value is read; after the last node for the model's output.
  private var readers: [Graph.Source: [Int]] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    needed = graph.needed(for: [graph.mainOutput.source])
    for (place, index) in needed.enumerated() {
      places[index] = place
      for source in graph.nodes[index].inputs { readers[source, default: []].append(place) }
    }
    readers[graph.mainOutput.source, default: []].append(needed.count)
  }

  func tree() -> ModuleTree {
    let root = ModuleTree(path: "", name: "")
    for index in needed {
      var tree = root
      let words = graph.nodes[index].path.split(separator: ".").map(String.init)
      for (depth, word) in words.enumerated() {
        if let last = tree.children.last(where: { $0.name == word }) {
          tree = last
        } else {
          let child = ModuleTree(path: words[...depth].joined(separator: "."), name: word)
          tree.children.append(child)
          tree = child
        }
      }
      tree.node = index
    }
    connect(root)
    return root
  }

  private func connect(_ tree: ModuleTree) {
    for child in tree.children { connect(child) }
    let leaves = tree.leaves.compactMap(\.node)
    let own = leaves.compactMap { places[$0] }
    tree.places = (own.first ?? 0)..<((own.last ?? -1) + 1)
    var seen: Set<Graph.Source> = []
    for index in leaves {
      for source in graph.nodes[index].inputs where !contains(tree, source) {
        if seen.insert(source).inserted { tree.inputs.append(source) }
      }
    }
    tree.results = leaves.map { Graph.Source.node($0) }.filter { source in
      (readers[source] ?? []).contains { !tree.places.contains($0) }
    }
    tree.owner = owner(of: tree, leaves)
  }

  private func contains(_ tree: ModuleTree, _ source: Graph.Source) -> Bool {
    if case .node(let index) = source { return tree.places.contains(places[index] ?? -1) }
    return false
  }

  /// The path whose parameters all layers of a tree use instead of their own.
  private func owner(of tree: ModuleTree, _ leaves: [Int]) -> String? {
    var owner: String?
    for node in leaves.map({ graph.nodes[$0] }) where !node.parameters.isEmpty {
      let suffix = node.path.dropFirst(tree.path.count)
      guard node.borrowsParameters, node.parameterPath.hasSuffix(suffix) else { return nil }
      let found = String(node.parameterPath.dropLast(suffix.count))
      if let owner, owner != found { return nil }
      owner = found
    }
    return owner
  }

  // MARK: Sharing

  /// Whether two trees compute the same, but for their parameters and inputs.
  func areAlike(_ one: ModuleTree, _ other: ModuleTree) -> Bool {
    one.inputs.count == other.inputs.count && one.results.count == other.results.count
      && description(of: one) == description(of: other)
  }

  private func description(of tree: ModuleTree) -> [String] {
    tree.leaves.compactMap(\.node).map { index in
      let node = graph.nodes[index]
      let inputs = node.inputs.map { source -> String in
        if case .node(let index) = source, let place = places[index], tree.places.contains(place) {
          return "\(place - tree.places.lowerBound)"
        }
        return "input \(tree.inputs.firstIndex(of: source) ?? 0)"
      }
      let shapes = node.parameters.map { "\($0.name) \($0.shape)" }
      let results = tree.results.contains(.node(index)) ? "result" : ""
      return
        "\(node.path.dropFirst(tree.path.count)) \(node.operation) \(inputs) \(shapes) \(results)"
    }
  }
}

import Diagnostics
import ExperimentConfig

/// Finds the parameters that a pattern matches.
struct ParameterMatcher {
  private let graph: Graph
  private let diagnostics: DiagnosticCollector
  private let names: [String]
  private let head: Set<String>
  /// The parameters of each kind that patterns can name, by that name.
  private let kinds: [String: [String]]

  init(_ graph: Graph, diagnostics: DiagnosticCollector) {
    self.graph = graph
    self.diagnostics = diagnostics
    let parameters = graph.parameters.filter { $0.spec.role == .parameter }
    names = parameters.map(\.name)
    head = graph.headParameters
    kinds = [
      "head": names.filter(graph.headParameters.contains),
      "bias": parameters.filter(Graph.isBias).map(\.name),
      "norm": parameters.filter(graph.isOfNormalisation).map(\.name),
    ]
  }

  /// The graph with the matched layers as its head; reports patterns that match nothing.
  func graph(withHead patterns: [ParameterPattern]) -> Graph {
    var found: Set<String> = []
    for pattern in patterns {
      if isBackbone(pattern) {
        diagnostics.error("the backbone is everything but the head", at: pattern.range)
        continue
      }
      found.formUnion(parameters(pattern))
    }
    if !names.isEmpty, found.count == names.count {
      diagnostics.error(
        "the head is the whole model, so there is no backbone",
        at: patterns.first?.range)
    }
    return Graph(
      inputs: graph.inputs, nodes: graph.nodes, outputs: graph.outputs, headParameters: found,
      parts: graph.parts)
  }

  /// Whether the pattern is `backbone`, which means everything but the head unless a part of the model has
  /// that name.
  private func isBackbone(_ pattern: ParameterPattern) -> Bool {
    pattern.text == "backbone" && !isPart(pattern)
  }

  private func isPart(_ pattern: ParameterPattern) -> Bool {
    graph.nodes.contains { pattern.matches($0.path) }
  }

  /// The parameters that `no_decay` names. Here `bias` and `norm` are always the kinds, also if a part of the
  /// model has that name or there are none.
  func withoutDecay(_ pattern: ParameterPattern) -> [String] {
    switch pattern.text {
    case "bias", "norm": kinds[pattern.text] ?? []
    default: parameters(pattern)
    }
  }

  func parameters(_ pattern: ParameterPattern) -> [String] {
    if isBackbone(pattern) {
      let backbone = names.filter { !head.contains($0) }
      if backbone.isEmpty, bareNorms(pattern).isEmpty {
        diagnostics.error(
          names.isEmpty
            ? "there is no backbone: the model has no layer with weights"
            : "there is no backbone: all layers with weights are the head",
          at: pattern.range)
      }
      return backbone
    }
    if let kind = kinds[pattern.text], !isPart(pattern), !kind.isEmpty { return kind }
    let found = names.filter(pattern.matches)
    if found.isEmpty, bareNorms(pattern).isEmpty {
      var known: [String] = []
      for name in names {
        let parts = name.split(separator: ".").map(String.init)
        for count in 1...parts.count { known.append(parts.prefix(count).joined(separator: ".")) }
      }
      diagnostics.error(
        "no parameter of the model matches '\(pattern.text)'", at: pattern.range,
        hint: Suggestion.hint(
          for: pattern.text, among: ["backbone", "head", "bias", "norm"] + known)
          ?? "'runner check' lists the nodes")
    }
    return found
  }

  /// The indices of matching normalisations with statistics but without scale and shift.
  func bareNorms(_ pattern: ParameterPattern) -> [Int] {
    graph.nodes.indices.filter { index in
      let node = graph.nodes[index]
      guard node.hasFreezableStatistics,
        !node.parameters.contains(where: { $0.role == .parameter })
      else { return false }
      if pattern.text == "norm", !isPart(pattern) { return node.isNormalisation }
      return isBackbone(pattern) || pattern.matches(node.parameterPath)
    }
  }
}

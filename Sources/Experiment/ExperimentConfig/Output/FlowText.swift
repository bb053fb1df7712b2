import YAMLSyntax

/// A piece of YAML on one line, as an override takes it.
package enum FlowText {
  /// A text that reads back as the same node.
  package static func render(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar):
      node.isNull
        ? "null" : ResolvedYAML.quoted(scalar.text, isForced: scalar.style != .plain)
    case .sequence(let items): "[" + items.map(render).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{"
        + entries.map { "\(ResolvedYAML.quoted($0.key)): \(render($0.value))" }
        .joined(separator: ", ") + "}"
    }
  }
}

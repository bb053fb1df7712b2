import YAMLSyntax

/// Renders YAML on one line, for use in overrides.
package enum FlowText {
  /// A text that parses as the same node.
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

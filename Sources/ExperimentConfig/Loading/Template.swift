import YAMLSyntax

/// The pieces of a text with `${…}` in it; `$${` stands for `${` itself.
struct Template {
  enum Segment {
    case literal(String)
    /// What stands between `${` and `}`.
    case reference(String)
  }

  let segments: [Segment]
  /// A `${` without its `}`.
  let isUnclosed: Bool

  init?(_ text: String) {
    guard text.contains("${") else { return nil }
    var segments: [Segment] = []
    var literal = ""
    var rest = text[...]
    var isUnclosed = false
    while let character = rest.first {
      if rest.hasPrefix("$${") {
        literal += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        guard let end = rest.firstIndex(of: "}") else {
          isUnclosed = true
          break
        }
        if !literal.isEmpty { segments.append(.literal(literal)) }
        literal = ""
        segments.append(.reference(String(rest[..<end].dropFirst(2))))
        rest = rest[rest.index(after: end)...]
      } else {
        literal.append(character)
        rest = rest.dropFirst()
      }
    }
    if !literal.isEmpty { segments.append(.literal(literal)) }
    self.segments = segments
    self.isUnclosed = isUnclosed
  }

  /// The reference, where the text is nothing else.
  var single: String? {
    if segments.count == 1, case .reference(let name) = segments[0] { name } else { nil }
  }
}

/// Puts a block's arguments in the place of `${parameter}`.
enum Substitution {
  static func apply(_ values: [String: YAMLNode], to node: YAMLNode) -> YAMLNode {
    switch node.content {
    case .sequence(let items):
      return YAMLNode(.sequence(items.map { apply(values, to: $0) }), at: node.range)
    case .mapping(let entries):
      return YAMLNode(
        .mapping(
          entries.map {
            YAMLEntry(key: $0.key, keyRange: $0.keyRange, value: apply(values, to: $0.value))
          }), at: node.range)
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { return node }
      if let name = template.single { return values[name] ?? node }
      var text = ""
      for segment in template.segments {
        switch segment {
        case .literal(let part): text += part
        case .reference(let name): text += values[name]?.scalar?.text ?? "${\(name)}"
        }
      }
      return YAMLNode(.scalar(YAMLScalar(text: text, style: scalar.style)), at: node.range)
    }
  }
}

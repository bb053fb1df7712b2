import YAMLSyntax

/// The segments of a text with `${…}` references; `$${` is an escaped `${`.
struct Template {
  enum Segment {
    case literal(String)
    /// The text between `${` and `}`.
    case reference(String)
  }

  let segments: [Segment]
  /// Whether there is a `${` without its `}`.
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

  /// The reference, if the text consists of nothing else; otherwise `nil`.
  var single: String? {
    if segments.count == 1, case .reference(let name) = segments[0] { name } else { nil }
  }
}

extension Template {
  /// Escapes the text so that interpolation returns it unchanged.
  static func escaped(_ text: String) -> String {
    text.contains("${") ? text.replacing("${", with: "$${") : text
  }

  static func escaped(_ node: YAMLNode) -> YAMLNode {
    guard !node.isReported else { return node }
    switch node.content {
    case .scalar(let scalar):
      guard scalar.text.contains("${") else { return node }
      return YAMLNode(
        .scalar(YAMLScalar(text: escaped(scalar.text), style: scalar.style)), at: node.range)
    case .sequence(let items):
      return YAMLNode(.sequence(items.map { escaped($0) }), at: node.range)
    case .mapping(let entries):
      let kept = entries.map {
        YAMLEntry(key: $0.key, keyRange: $0.keyRange, value: escaped($0.value))
      }
      return YAMLNode(.mapping(kept), at: node.range)
    }
  }
}

import YAMLSyntax

/// Substitutes a block's arguments for `${parameter}`, within a budget, because nested blocks can
/// double a text at every level.
struct Substitution {
  /// The maximum number of characters and values of all expanded blocks of a model.
  static let budget = 1_000_000

  private(set) var spent = 0
  var isExhausted: Bool { spent > Self.budget }

  mutating func apply(_ values: [String: YAMLNode], to node: YAMLNode) -> YAMLNode {
    if node.isReported || isExhausted { return node }
    spent += 1
    switch node.content {
    case .sequence(let items):
      var substituted: [YAMLNode] = []
      for item in items { substituted.append(apply(values, to: item)) }
      return YAMLNode(.sequence(substituted), at: node.range)
    case .mapping(let entries):
      var substituted: [YAMLEntry] = []
      for entry in entries {
        substituted.append(
          YAMLEntry(
            key: entry.key, keyRange: entry.keyRange, value: apply(values, to: entry.value)))
      }
      return YAMLNode(.mapping(substituted), at: node.range)
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { return node }
      if let name = template.single {
        guard let value = values[name] else { return node }
        spent += min(value.count, Self.budget + 1)
        return value
      }
      var text = ""
      for segment in template.segments {
        switch segment {
        case .literal(let part): text += part
        case .reference(let name): text += values[name]?.scalar?.text ?? "${\(name)}"
        }
        if text.utf8.count > Self.budget { break }
      }
      spent += text.utf8.count
      return YAMLNode(.scalar(YAMLScalar(text: text, style: scalar.style)), at: node.range)
    }
  }
}

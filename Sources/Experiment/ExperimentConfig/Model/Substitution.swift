import YAMLSyntax

/// Substitutes a block's arguments for `${parameter}` and `${parameter * number}`, within a budget, because
/// nested blocks can double a text at every level.
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
      // Filled at the first key with a reference; most mappings have none.
      var taken: Set<String> = []
      for entry in entries {
        var key = key(entry.key, values)
        if key != entry.key {
          if taken.isEmpty { taken = Set(entries.map(\.key)) }
          // Two keys that become the same would hide each other.
          if !taken.insert(key).inserted { key = entry.key }
        }
        substituted.append(
          YAMLEntry(key: key, keyRange: entry.keyRange, value: apply(values, to: entry.value)))
      }
      return YAMLNode(.mapping(substituted), at: node.range)
    case .scalar(let scalar):
      guard let template = Template(scalar.text) else { return node }
      if let reference = template.single.flatMap(ScaledReference.init) {
        guard let value = values[reference.name] else { return node }
        guard !reference.isPlain else {
          spent += min(value.count, Self.budget + 1)
          return value
        }
        guard let text = value.scalar.flatMap({ reference.apply(to: $0.text) }) else { return node }
        return YAMLNode(scalar: text, at: node.range)
      }
      let text = text(of: template, values)
      spent += text.utf8.count
      return YAMLNode(.scalar(YAMLScalar(text: text, style: scalar.style)), at: node.range)
    }
  }

  /// A key with what its references mean, such as a block's name that depends on a parameter.
  private mutating func key(_ key: String, _ values: [String: YAMLNode]) -> String {
    guard let template = Template(key) else { return key }
    let text = text(of: template, values)
    spent += text.utf8.count
    return text
  }

  private func text(of template: Template, _ values: [String: YAMLNode]) -> String {
    var text = ""
    for segment in template.segments {
      switch segment {
      case .literal(let part): text += part
      case .reference(let inner): text += Self.text(of: inner, values) ?? "${\(inner)}"
      }
      if text.utf8.count > Self.budget { break }
    }
    return text
  }

  /// What a reference contributes to a text; `nil` if its parameter is unknown or cannot be scaled.
  private static func text(of inner: String, _ values: [String: YAMLNode]) -> String? {
    guard let reference = ScaledReference(inner),
      let text = values[reference.name]?.scalar?.text
    else { return nil }
    return reference.isPlain ? text : reference.apply(to: text)
  }
}

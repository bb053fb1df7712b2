import Diagnostics

/// A node of a YAML document with its location. Scalars stay text, because only the schema knows
/// whether `no` is a word or `1e-3` a number.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  package var content: Content
  package var range: SourceRange
  /// The number of nodes in this one, with aliases expanded.
  package let count: Int
  /// The depth of this node, with aliases expanded.
  package let depth: Int
  /// Whether an error about it has been reported, so that it can be skipped silently.
  package var isReported = false

  package init(_ content: Content, at range: SourceRange) {
    self.content = content
    self.range = range
    count =
      switch content {
      case .scalar: 1
      case .sequence(let items): items.reduce(1) { $0.saturatingAdd($1.count) }
      case .mapping(let entries):
        entries.reduce(1) { $0.saturatingAdd($1.value.count.saturatingAdd(1)) }
      }
    depth =
      switch content {
      case .scalar: 1
      case .sequence(let items): items.reduce(0) { max($0, $1.depth) } + 1
      case .mapping(let entries): entries.reduce(0) { max($0, $1.value.depth) } + 1
      }
  }

  /// A scalar that is not in any file, located at `range`.
  package init(scalar text: String, at range: SourceRange) {
    self.init(.scalar(YAMLScalar(text: text, style: .plain)), at: range)
  }

  package var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  package var sequence: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  package var mapping: [YAMLEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The same node, marked as reported.
  package var reported: YAMLNode {
    var node = self
    node.isReported = true
    return node
  }

  /// The value for a key, if the node is a mapping that has it.
  package subscript(key: String) -> YAMLNode? { mapping?.first { $0.key == key }?.value }

  /// Whether the node is empty, `null` or `~`.
  package var isNull: Bool {
    guard let scalar, scalar.style == .plain, !isReported else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// For example `a list`, `a mapping` or `'x'`, for messages.
  package var kindDescription: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar where isNull: "nothing"
    case .scalar(let scalar):
      "'\(scalar.text.count > 40 ? scalar.text.prefix(40) + "…" : scalar.text[...])'"
    }
  }
}

package struct YAMLScalar: Sendable {
  package enum Style: Sendable {
    case plain, quoted, block
  }

  package var text: String
  package var style: Style

  package init(text: String, style: Style) {
    self.text = text
    self.style = style
  }
}

package struct YAMLEntry: Sendable {
  package var key: String
  package var keyRange: SourceRange
  package var value: YAMLNode

  package init(key: String, keyRange: SourceRange, value: YAMLNode) {
    self.key = key
    self.keyRange = keyRange
    self.value = value
  }
}

extension Int {
  fileprivate func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}

import Diagnostics
import YAMLSyntax

/// The written form of a component: `name`, `name: value` or `name: {argument: value}`.
struct ComponentForm {
  var name: String
  var nameRange: SourceRange
  /// The value after the name; `nil` for a bare name.
  var value: YAMLNode?
  /// Further keys beside the name, such as a layer's `from:`.
  var attributes: [YAMLEntry] = []

  struct Failure: Error {
    var message: String
    var range: SourceRange
    var hint: String?
  }

  /// Parses the form of a component.
  ///
  /// - Parameter attributes: the keys allowed beside the component's name.
  static func read(
    _ node: YAMLNode, kind: String, attributes allowed: [String] = []
  ) throws(Failure) -> ComponentForm {
    switch node.content {
    case .scalar(let scalar):
      if node.isNull {
        throw Failure(message: "expected \(kind), found nothing", range: node.range)
      }
      return ComponentForm(name: scalar.text, nameRange: node.range)
    case .sequence:
      throw Failure(
        message: "expected \(kind), found a list", range: node.range,
        hint: "write its name, or name: {argument: value}")
    case .mapping(let entries):
      let attributes = entries.filter { allowed.contains($0.key) }
      let names = entries.filter { !allowed.contains($0.key) }
      guard let first = names.first else {
        let found = attributes.first.map { "only '\($0.key)'" } ?? "an empty mapping"
        throw Failure(
          message: "expected \(kind), found \(found)", range: node.range,
          hint: attributes.isEmpty ? nil : "write the layer beside it, such as linear: 10")
      }
      if names.count > 1 {
        // Usually an argument that was not indented below its component.
        throw Failure(
          message: "expected one \(kind.drop { $0 != " " }.dropFirst()) here, found "
            + "'\(first.key)' and '\(names[1].key)'", range: names[1].keyRange,
          hint: "arguments go below their name: \(first.key): {\(names[1].key): …}")
      }
      return ComponentForm(
        name: first.key, nameRange: first.keyRange, value: first.value.isNull ? nil : first.value,
        attributes: attributes)
    }
  }

  /// The arguments as mapping entries, with `name: value` expanded.
  func entries(main: String?) -> [YAMLEntry] {
    guard let value else { return [] }
    if let entries = value.mapping { return entries }
    guard let main else { return [] }
    return [YAMLEntry(key: main, keyRange: value.range, value: value)]
  }

  /// The component as a node, with its arguments spelled out.
  func node(entries: [YAMLEntry], like original: YAMLNode) -> YAMLNode {
    let value = YAMLNode(.mapping(entries), at: value?.range ?? nameRange)
    let main = YAMLEntry(key: name, keyRange: nameRange, value: value)
    return YAMLNode(.mapping([main] + attributes), at: original.range)
  }
}

import OrderedCollections
import YAMLSyntax

extension Resolved {
  /// The parts of a configuration that can change a result, in a normal form that does not depend
  /// on spelling or origin. Paths are left out; file contents are fingerprinted instead.
  package var canonicalForm: JSONValue {
    switch content {
    case .null, .path: .null
    case .integer(let value): .integer(value)
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? .integer(Int(value)) : .number(value)
    case .boolean(let value): .boolean(value)
    case .string(let value): .string(value)
    case .list(let values): .array(values.map(\.canonicalForm))
    case .record(let values): .object(Self.canonical(values))
    case .component(let name, let arguments):
      .object([name: .object(Self.canonical(arguments))])
    case .node(let component, let name, let from, let owner):
      .object(
        [
          "component": component.canonicalForm, "name": name?.canonicalForm ?? .null,
          "from": from?.canonicalForm ?? .null,
        ].merging(owner.map { ["weights_of": $0.canonicalForm] } ?? [:]) { first, _ in first })
    case .raw(let node): node.canonicalForm
    }
  }

  private static func canonical(
    _ values: OrderedDictionary<String, Resolved>
  ) -> [String: JSONValue] {
    var result: [String: JSONValue] = [:]
    for (key, value) in values where !value.isCosmetic && !value.isImplied && !value.isNull {
      result[key] = value.canonicalForm
    }
    return result
  }
}

extension YAMLScalar {
  /// A block parameter is typed only where it is used; here, everything that parses as a number
  /// counts as one.
  fileprivate var canonicalForm: JSONValue {
    guard style == .plain else { return .string(text) }
    if ["", "~", "null", "Null", "NULL"].contains(text) { return .null }
    if let number = try? ScalarTyping.number(self, .any, label: "") {
      return Resolved(.number(number), .default).canonicalForm
    }
    return text == "true" ? true : text == "false" ? false : .string(text)
  }
}

extension YAMLNode {
  fileprivate var canonicalForm: JSONValue {
    switch content {
    case .scalar(let scalar): scalar.canonicalForm
    case .sequence(let items): .array(items.map(\.canonicalForm))
    case .mapping(let entries):
      .object(Dictionary(entries.map { ($0.key, $0.value.canonicalForm) }) { first, _ in first })
    }
  }
}

import Diagnostics
import ExperimentConfig
import YAMLSyntax

/// A JSON Schema validator for the keywords that the program's own schema uses; an unknown keyword is an
/// error, so that it cannot pass by being ignored.
package struct SchemaValidator: Sendable {
  package let root: JSONValue

  package init(root: JSONValue) { self.root = root }

  /// - Returns: the paths of what does not fit, with the keyword; empty if the value is valid.
  package func errors(_ value: JSONValue) -> [String] { errors(value, root, "") }

  /// The same for a part of the schema.
  package func errors(_ value: JSONValue, in schema: JSONValue) -> [String] {
    errors(value, schema, "")
  }

  private func errors(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): the schema is no object"] }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, wanted in
      errors(value, keyword, wanted, keywords, path)
    }
  }

  private func errors(
    _ value: JSONValue, _ keyword: String, _ wanted: JSONValue, _ schema: [String: JSONValue],
    _ path: String
  ) -> [String] {
    func fail(_ holds: Bool) -> [String] { holds ? [] : ["\(path): \(keyword)"] }
    switch (keyword, wanted) {
    case ("$schema", _), ("title", _), ("description", _), ("default", _), ("examples", _),
      ("$defs", _):
      return []
    case ("$ref", .string(let reference)):
      var target = root
      for part in reference.split(separator: "/").dropFirst() {
        guard case .object(let object) = target, let next = object[String(part)] else {
          return ["\(path): \(reference) leads nowhere"]
        }
        target = next
      }
      return errors(value, target, path)
    case ("anyOf", .array(let alternatives)):
      return fail(alternatives.contains { errors(value, $0, path).isEmpty })
    case ("not", let inner): return fail(!errors(value, inner, path).isEmpty)
    case ("enum", .array(let values)): return fail(values.contains(value))
    case ("const", let only): return fail(value == only)
    case ("type", .string(let name)): return fail(has(value, name))
    case ("type", .array(let names)):
      return fail(
        names.contains { if case .string(let name) = $0 { has(value, name) } else { false } })
    case ("pattern", .string(let pattern)):
      guard case .string(let text) = value, let regex = try? Regex(pattern) else { return [] }
      return fail(text.contains(regex))
    case ("minimum", _), ("maximum", _), ("exclusiveMinimum", _), ("exclusiveMaximum", _):
      guard let given = number(value), let limit = number(wanted) else { return [] }
      switch keyword {
      case "minimum": return fail(given >= limit)
      case "maximum": return fail(given <= limit)
      case "exclusiveMinimum": return fail(given > limit)
      default: return fail(given < limit)
      }
    case ("minItems", .integer(let count)):
      if case .array(let items) = value { return fail(items.count >= count) } else { return [] }
    case ("maxItems", .integer(let count)):
      if case .array(let items) = value { return fail(items.count <= count) } else { return [] }
    case ("items", let inner):
      guard case .array(let items) = value else { return [] }
      return items.enumerated().flatMap { errors($0.element, inner, "\(path)/\($0.offset)") }
    case ("required", .array(let names)):
      guard case .object(let object) = value else { return [] }
      return fail(
        names.allSatisfy { if case .string(let name) = $0 { object[name] != nil } else { false } })
    case ("propertyNames", let inner):
      guard case .object(let object) = value else { return [] }
      return object.keys.sorted().flatMap { errors(.string($0), inner, "\(path)/\($0)") }
    case ("properties", .object(let properties)):
      guard case .object(let object) = value else { return [] }
      return object.sorted { $0.key < $1.key }.flatMap { key, item in
        properties[key].map { errors(item, $0, "\(path)/\(key)") } ?? []
      }
    case ("additionalProperties", let rule):
      guard case .object(let object) = value else { return [] }
      var known: Set<String> = []
      if case .object(let properties)? = schema["properties"] { known = Set(properties.keys) }
      return object.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
        .flatMap { key, item -> [String] in
          rule == false ? ["\(path)/\(key): unknown"] : errors(item, rule, "\(path)/\(key)")
        }
    default: return ["\(path): the validator does not know '\(keyword)'"]
    }
  }

  private func has(_ value: JSONValue, _ type: String) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .boolean),
      ("null", .null), ("integer", .integer), ("number", .integer), ("number", .number):
      true
    case ("integer", .number(let value)): value == value.rounded()
    default: false
    }
  }

  private func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// What YAML readers of other languages make of a file.
package enum YAMLReader: CaseIterable, Sendable {
  /// PyYAML and others: `yes` is true, `1e-3` a text, `010` eight.
  case version1_1
  /// The core schema: `yes` is a text, `1e-3` a number.
  case version1_2

  package func read(_ text: String) -> JSONValue? {
    let collector = DiagnosticCollector()
    return YAMLParser.parse(SourceFile(name: "x.yaml", text: text), into: collector).map(value)
  }

  private func value(_ node: YAMLNode) -> JSONValue {
    switch node.content {
    case .sequence(let items): return .array(items.map(value))
    case .mapping(let entries):
      return .object(Dictionary(entries.map { ($0.key, value($0.value)) }) { $1 })
    case .scalar(let scalar):
      guard scalar.style == .plain else { return .string(scalar.text) }
      return node.isNull ? .null : plain(scalar.text)
    }
  }

  private func plain(_ text: String) -> JSONValue {
    let truths = self == .version1_1 ? ["true", "yes", "on"] : ["true"]
    let lies = self == .version1_1 ? ["false", "no", "off"] : ["false"]
    let isWord = [text.lowercased(), text.uppercased(), text.capitalized].contains(text)
    if isWord, truths.contains(text.lowercased()) { return .boolean(true) }
    if isWord, lies.contains(text.lowercased()) { return .boolean(false) }
    if let integer = Int(text) { return .integer(integer) }
    let needsPoint = self == .version1_1
    if text.first.map({ $0.isNumber || "+-.".contains($0) }) == true, let number = Double(text),
      !needsPoint || (text.contains(".") && !text.hasSuffix("e"))
    {
      return .number(number)
    }
    return .string(text)
  }
}

extension String {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst().lowercased() }
}

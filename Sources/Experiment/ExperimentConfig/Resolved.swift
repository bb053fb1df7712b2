import Diagnostics
import OrderedCollections
import YAMLSyntax

/// Where a value came from.
package enum Origin: Sendable {
  /// Written in a file or on the command line, depending on the range's file.
  case written(SourceRange)
  case `default`
  /// Decided by the program, with the reason.
  case derived(String)

  package var range: SourceRange? {
    if case .written(let range) = self { range } else { nil }
  }
}

/// A checked value with every default filled in.
package struct Resolved: Sendable {
  package indirect enum Content: Sendable {
    case null
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)
    /// An absolute path. The contents are fingerprinted; the location is not part of the identity.
    case path(String)
    case list([Resolved])
    case record(OrderedDictionary<String, Resolved>)
    case component(String, OrderedDictionary<String, Resolved>)
    /// A layer or block with its `name:`, `from:` and `weights_of:`.
    case node(Resolved, name: Resolved?, from: Resolved?, weightsOf: Resolved?)
    /// Blocks, unprocessed: their values are typed only where they are used.
    case raw(YAMLNode)
  }

  package var content: Content
  package var origin: Origin
  /// Whether the value does not affect the result.
  package var isCosmetic = false
  /// Whether the value is the behaviour from before its key existed.
  package var isImplied = false

  package init(_ content: Content, _ origin: Origin) {
    self.content = content
    self.origin = origin
  }

  /// The value of a key of a record or an argument of a component.
  package subscript(key: String) -> Resolved? {
    switch content {
    case .record(let values), .component(_, let values): values[key]
    default: nil
    }
  }

  package var isNull: Bool { if case .null = content { true } else { false } }
  package var range: SourceRange? { origin.range }
}

// Access to values that the checker has already typed. A mismatch is a bug in this program.
extension Resolved {
  package func integer() throws -> Int {
    if case .integer(let value) = content { return value }
    throw fault("an integer")
  }

  package func number() throws -> Double {
    switch content {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    default: throw fault("a number")
    }
  }

  package func boolean() throws -> Bool {
    if case .boolean(let value) = content { return value }
    throw fault("a boolean")
  }

  package func string() throws -> String {
    switch content {
    case .string(let value), .path(let value): return value
    default: throw fault("a string")
    }
  }

  package func list() throws -> [Resolved] {
    if case .list(let values) = content { return values }
    throw fault("a list")
  }

  package func component() throws -> ResolvedComponent {
    if case .component(let name, let arguments) = content {
      return ResolvedComponent(name: name, arguments: Arguments(arguments), origin: origin)
    }
    throw fault("a component")
  }

  /// A required key.
  package func at(_ key: String) throws -> Resolved {
    guard let value = self[key] else { throw fault("a value with the key '\(key)'") }
    return value
  }

  /// An optional key; `nil` if it was left out.
  package func optional(_ key: String) -> Resolved? {
    guard let value = self[key], !value.isNull else { return nil }
    return value
  }

  private func fault(_ expected: String) -> ProgramFault {
    ProgramFault("expected \(expected) after checking, found \(content)")
  }
}

/// A chosen component with its checked arguments.
package struct ResolvedComponent: Sendable {
  package let name: String
  package let arguments: Arguments
  package let origin: Origin

  /// The components of a list, or a single one.
  static func oneOrMore(_ value: Resolved) throws -> [ResolvedComponent] {
    if case .list(let items) = value.content { return try items.map { try $0.component() } }
    return [try value.component()]
  }
}

/// The checked arguments of a component.
package struct Arguments: Sendable {
  private let values: OrderedDictionary<String, Resolved>

  package init(_ values: OrderedDictionary<String, Resolved>) { self.values = values }

  /// No arguments.
  package static let none = Arguments([:])

  func value(_ name: String) throws -> Resolved {
    guard let value = values[name] else { throw ProgramFault("no argument '\(name)'") }
    return value
  }

  package func integer(_ name: String) throws -> Int { try value(name).integer() }
  package func number(_ name: String) throws -> Double { try value(name).number() }
  package func boolean(_ name: String) throws -> Bool { try value(name).boolean() }
  package func string(_ name: String) throws -> String { try value(name).string() }

  package func list(_ name: String) throws -> [Resolved] { try value(name).list() }

  /// The keys of a mapping, as arguments of their own.
  package func record(_ name: String) throws -> Arguments {
    guard case .record(let values) = try value(name).content else {
      throw ProgramFault("the argument '\(name)' is not a mapping")
    }
    return Arguments(values)
  }

  /// The keys of a mapping, as arguments of their own; `nil` if the value is a word, a number or a list.
  package func mapping(_ name: String) -> Arguments? {
    if case .record(let values)? = values[name]?.content { Arguments(values) } else { nil }
  }

  /// The location to report if this argument is invalid.
  package func range(_ name: String) -> SourceRange? { values[name]?.range }

  /// Whether an optional argument was given.
  package func has(_ name: String) -> Bool { values[name].map { !$0.isNull } ?? false }

  /// Whether an argument was given as a list.
  package func isList(_ name: String) -> Bool {
    if case .list? = values[name]?.content { true } else { false }
  }

  /// A list of integers, or one integer as a list of one.
  package func integers(_ name: String) throws -> [Int] {
    let value = try value(name)
    if case .list(let items) = value.content { return try items.map { try $0.integer() } }
    return [try value.integer()]
  }

  /// The entries of a mapping, in order; `nil` if the value is no mapping.
  package func entries(_ name: String) -> [(key: String, value: Resolved)]? {
    guard case .record(let entries) = values[name]?.content else { return nil }
    return entries.map { ($0.key, $0.value) }
  }

  /// The number, if the value is one; otherwise `nil`.
  package func scalar(_ name: String) -> Double? {
    switch values[name]?.content {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  package func numbers(_ name: String) throws -> [Double] {
    let value = try value(name)
    if case .list(let items) = value.content { return try items.map { try $0.number() } }
    return [try value.number()]
  }

  /// The word, if the value is a word rather than a number or a list; otherwise `nil`.
  package func word(_ name: String) -> String? {
    if case .string(let text) = values[name]?.content { text } else { nil }
  }

  /// These arguments with some of them replaced. A mapping replaces only the keys that it gives.
  func replacing(with others: OrderedDictionary<String, Resolved>) -> Arguments {
    Arguments(Self.merged(values, others))
  }

  private static func merged(
    _ values: OrderedDictionary<String, Resolved>, _ others: OrderedDictionary<String, Resolved>
  ) -> OrderedDictionary<String, Resolved> {
    var result = values
    for (key, other) in others where !other.isNull {
      if case .record(let inner) = values[key]?.content, case .record(let given) = other.content {
        result[key] = Resolved(.record(merged(inner, given)), other.origin)
      } else {
        result[key] = other
      }
    }
    return result
  }
}

import YAMLSyntax

/// The type of a value in an experiment file. The checker, `runner schema`, `runner layers` and the
/// overrides all use the same declarations.
package indirect enum SchemaType: Sendable, CustomStringConvertible {
  case integer(NumberLimits)
  case number(NumberLimits)
  case boolean
  case string(StringRule)
  case choice([String])
  /// A file or folder; relative to the file that names it.
  case path
  case list(of: SchemaType, count: ClosedRange<Int>)
  /// A mapping with only these keys.
  case record(RecordSchema)
  /// A mapping with keys of the user's own, such as names of classes.
  case mapping(of: SchemaType)
  /// One of several mappings, distinguished by their keys.
  case variants([RecordSchema])
  /// The first alternative whose form (scalar, list, mapping) fits.
  case oneOf([SchemaType])
  /// A component: `name`, `name: value` or `name: {argument: value}`.
  case component(ComponentKind)
  /// A list of layers and blocks in order, each optionally with `name:` and `from:`; or a built-in
  /// model.
  case layers
  /// Reusable sub-graphs, by name.
  case blocks
  /// Keys of the experiment with the values that a sweep tries.
  case sweepParameters

  /// The type that a node is checked as: a model that is not a list is a component, and components
  /// that may be several are a list of them.
  func actual(_ node: YAMLNode?) -> SchemaType {
    switch self {
    case .layers where node != nil && node?.sequence == nil: .component(.model)
    case .component(let kind) where node?.sequence != nil:
      // Not a list of lists.
      kind.listCount.map { .list(of: .oneOf([self]), count: $0) } ?? self
    default: self
    }
  }

  /// A list of any length.
  package static func list(of type: SchemaType) -> SchemaType { .list(of: type, count: 0...10_000) }

  /// A value of `type`, or a list of `count` of them.
  package static func scalarOrList(_ type: SchemaType, count: ClosedRange<Int>) -> SchemaType {
    .oneOf([type, .list(of: type, count: count)])
  }
}

package struct NumberLimits: Sendable, CustomStringConvertible {
  package var minimum: Double?
  package var maximum: Double?
  package var excludesMinimum = false
  package var excludesMaximum = false

  package static let any = NumberLimits()
  package static let positive = NumberLimits(minimum: 0, excludesMinimum: true)
  package static let nonNegative = NumberLimits(minimum: 0)
  /// From 0 to 1, both inclusive.
  package static let unit = NumberLimits(minimum: 0, maximum: 1)
  /// From 0 inclusive to 1 exclusive.
  package static let belowOne = NumberLimits(minimum: 0, maximum: 1, excludesMaximum: true)
  /// From 0 exclusive to 1 inclusive.
  package static let positiveUnit = NumberLimits(minimum: 0, maximum: 1, excludesMinimum: true)
  /// From 0 to 1, both exclusive.
  package static let insideUnit = NumberLimits(
    minimum: 0, maximum: 1, excludesMinimum: true, excludesMaximum: true)

  package static func atLeast(_ minimum: Double) -> NumberLimits {
    NumberLimits(minimum: minimum)
  }

  package static func between(_ minimum: Double, _ maximum: Double) -> NumberLimits {
    NumberLimits(minimum: minimum, maximum: maximum)
  }

  package func contains(_ value: Double) -> Bool {
    if let minimum, excludesMinimum ? value <= minimum : value < minimum { return false }
    if let maximum, excludesMaximum ? value >= maximum : value > maximum { return false }
    return true
  }

  /// For example `at least 1` or `above 0 and below 1`; empty without limits.
  package var description: String {
    var words: [String] = []
    if let minimum {
      words.append((excludesMinimum ? "above " : "at least ") + NumberText.short(minimum))
    }
    if let maximum {
      words.append((excludesMaximum ? "below " : "at most ") + NumberText.short(maximum))
    }
    return words.joined(separator: " and ")
  }
}

package enum StringRule: Sendable {
  case any
  /// Letters, digits, `_`, `-` and `.`, not starting with `.` or `-`: safe in a file name.
  case fileName
  /// Letters, digits and `_`, not starting with a digit.
  case identifier
  /// Letters, digits, `_` and `-`, starting with a letter or `_`: the name of a node, such as `block1-0`.
  case nodeName
  /// The name of a node, or the place of one without a name; of one inside a block or model its path, such as
  /// `backbone.layer4.1`.
  case nodePath
  /// `auto`, `cpu`, `mps`, `cuda` or `cuda:N`.
  case device
  /// A time such as `30s`, `10m` or `1h`.
  case duration
}

package struct RecordSchema: Sendable {
  package var fields: [Field]
  package var doc: String

  package init(_ fields: [Field], doc: String = "") {
    self.fields = fields
    self.doc = doc
  }

  package subscript(name: String) -> Field? { fields.first { $0.name == name } }
}

/// One key of a mapping or one argument of a component.
package struct Field: Sendable {
  package enum Presence: Sendable {
    case required
    /// Optional, with no effect if left out.
    case optional
    /// Filled in with this YAML text, typed like a written value.
    case defaulted(String)
  }

  package var name: String
  package var type: SchemaType
  package var presence: Presence
  package var doc: String
  /// Whether the value does not affect the result, so that it is not part of a run's identity.
  package var isCosmetic: Bool
  /// Whether `null` is a value in its own right, distinct from leaving the key out.
  package var isNullable: Bool
  /// Whether the default is the behaviour from before the key existed. With the default, the key is
  /// not part of the identity, so that earlier runs keep theirs.
  package var isImpliedByDefault: Bool
  /// Whether the task provides the default; the one given here applies to unknown data sets.
  package var isDefaultOfTask = false

  package init(
    _ name: String, _ type: SchemaType, _ presence: Presence, doc: String,
    isCosmetic: Bool = false, isNullable: Bool = false, isImpliedByDefault: Bool = false
  ) {
    self.name = name
    self.type = type
    self.presence = presence
    self.doc = doc
    self.isCosmetic = isCosmetic
    self.isNullable = isNullable
    self.isImpliedByDefault = isImpliedByDefault
  }

  package init(
    _ name: String, _ type: SchemaType, default text: String, doc: String,
    isDefaultOfTask: Bool = false
  ) {
    self.init(name, type, .defaulted(text), doc: doc)
    self.isDefaultOfTask = isDefaultOfTask
  }
}

import ExperimentConfig

// Lenient lookups: files of other versions may lack keys or have additional ones.
extension JSONValue {
  package subscript(key: String) -> JSONValue? {
    if case .object(let values) = self { values[key] } else { nil }
  }

  package var text: String? {
    switch self {
    case .string(let text): text
    case .integer(let value): String(value)
    case .number(let value): NumberText.short(value)
    case .boolean(let value): String(value)
    default: nil
    }
  }

  /// A number, including those that JSON cannot represent (`nan`, `inf`, `-inf`).
  package var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  package var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  package var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
  package var list: [JSONValue] { if case .array(let values) = self { values } else { [] } }
  package var object: [String: JSONValue] {
    if case .object(let values) = self { values } else { [:] }
  }
}

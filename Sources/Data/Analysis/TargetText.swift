import DataSchema

/// What is to be predicted of an example, as text.
enum TargetText {
  /// - Returns: the class, the labels, or the numbers with their units; `nil` for other targets.
  static func text(_ values: ArraySlice<Float>, _ kind: FieldKind) -> String? {
    switch kind {
    case .category(let names):
      guard let value = values.first, value >= 0, value < Float(names.count) else { return nil }
      return names[Int(value)]
    case .labelSet(let names):
      let found = zip(names, values).filter { $0.1 > 0.5 }.map(\.0)
      return found.isEmpty ? "no label" : found.joined(separator: ", ")
    case .numbers(let quantities):
      return zip(quantities, values).map { quantity, value in
        ShortNumber.text(Double(value)) + (quantity.unit.map { " \($0)" } ?? "")
      }.joined(separator: ", ")
    default: return nil
    }
  }
}

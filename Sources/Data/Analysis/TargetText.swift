import DataSchema

/// What is to be predicted of an example, as text.
enum TargetText {
  /// Classes of boxes that are listed.
  private static let mostClasses = 4

  /// - Returns: the class, the labels, the numbers with their units, or how many boxes there are of each class;
  ///   `nil` for other targets.
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
    case .boxes(let classes):
      var counts: [Int: Int] = [:]
      for item in ImageBoxes(values).items { counts[item.label, default: 0] += 1 }
      let found = classes.names.indices.compactMap { label in
        counts[label].map { "\($0) \(classes.names[label])" }
      }
      let rest = found.count > mostClasses ? ", …" : ""
      return found.isEmpty ? "no boxes" : found.prefix(mostClasses).joined(separator: ", ") + rest
    default: return nil
    }
  }
}

import DataSchema

extension FieldKind {
  /// What each value of a target is: the classes, numbers or labels.
  var valueNames: [String] {
    switch self {
    case .category(let names), .labelSet(let names), .mask(let names, _): names
    case .boxes(let classes): classes.names
    case .numbers(let quantities): quantities.map(\.name)
    default: []
    }
  }
}

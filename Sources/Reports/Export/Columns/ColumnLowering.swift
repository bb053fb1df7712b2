import Tables

/// Writes how a run turns the columns of a table into the vector that its model takes as nodes of ONNX.
struct ColumnLowering {
  typealias Value = ONNXBuilder.Value

  let builder: ONNXBuilder
  let encoder: FittedEncoder
  /// The texts that stand for a missing value.
  let missing: [String]

  /// The inputs of a graph: floats for numbers, texts for everything else.
  static func inputs(_ encoder: FittedEncoder) -> [(name: String, type: ONNXType)] {
    encoder.columns.filter { $0.width > 0 }.map { column in
      let element: ONNXType.Element = column.type == .number ? .float : .string
      return (column.name, ONNXType(element, [.batch, .fixed(1)]))
    }
  }

  /// The vectors, floats [batch, width].
  ///
  /// - Parameter inputs: those of the graph, by their names.
  func callAsFunction(_ inputs: [String: Value]) throws -> Value {
    let parts = try encoder.columns.filter { $0.width > 0 }.map { column in
      guard let value = inputs[column.name] else {
        throw ONNXFault("there is no column '\(column.name)'")
      }
      return switch column.type {
      case .category: try category(value, column)
      case .boolean: try number(boolean(value, column), column)
      default: try number(value, column)
      }
    }
    return parts.count == 1 ? parts[0] : try builder.add("Concat", parts, ["axis": .int(1)])[0]
  }

  private func cast(_ value: Value, _ element: ONNXType.Element) throws -> Value {
    try builder("Cast", value, attributes: ["to": .int(element.rawValue)])
  }

  /// Replaces a missing number and standardises, in double precision.
  private func number(_ value: Value, _ column: FittedColumn) throws -> Value {
    var result = value
    if let fill = column.fill {
      result = try cast(value, .double)
      result = try builder("Where", builder("IsNaN", value), builder.scalar(fill), result)
    }
    guard let scale = column.scale else {
      return result.type.element == .float ? result : try cast(result, .float)
    }
    if result.type.element == .float { result = try cast(value, .double) }
    let centred = try builder("Sub", result, builder.scalar(scale.mean))
    return try cast(builder("Div", centred, builder.scalar(scale.deviation)), .float)
  }

  /// 0 for no, 1 for yes; not a number for everything else.
  private func boolean(_ value: Value, _ column: FittedColumn) throws -> Value {
    var numbers: [String: Float] = ["0": 0, "1": 1]
    for (place, word) in (column.categories ?? []).enumerated() {
      for spelling in [word, word.lowercased(), word.uppercased(), Self.capitalized(word)] {
        numbers[spelling] = Float(place)
      }
    }
    let keys = numbers.keys.sorted()
    return try builder(
      "LabelEncoder", value,
      attributes: [
        "keys_strings": .strings(keys), "values_floats": .floats(keys.map { numbers[$0] ?? .nan }),
        "default_float": .float(.nan),
      ])
  }

  private static func capitalized(_ word: String) -> String {
    word.prefix(1).uppercased() + word.dropFirst().lowercased()
  }

  /// 1 at the place of the category; zeros for one that the training examples did not have.
  private func category(_ value: Value, _ column: FittedColumn) throws -> Value {
    let categories = column.categories ?? []
    let unseen = Set(column.unseen ?? [])
    var places: [String: Int] = [:]
    for (place, name) in categories.enumerated() where !unseen.contains(name) {
      places[name] = place
    }
    if let fill = column.fillCategory.flatMap({ places[$0] }) {
      for text in missing where places[text] == nil { places[text] = fill }
    }
    let keys = places.keys.sorted()
    let indices = try builder(
      "LabelEncoder", value,
      attributes: [
        "keys_strings": .strings(keys), "values_int64s": .ints(keys.map { places[$0] ?? -1 }),
        "default_int64": .int(-1),
      ])
    let all = builder.integers(Array(categories.indices), [1, categories.count], "places")
    return try cast(builder("Equal", indices, all), .float)
  }
}

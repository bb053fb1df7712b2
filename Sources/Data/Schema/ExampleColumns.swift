/// What a data set says of its examples besides inputs and targets. A column has a value for every example.
package struct ExampleColumns: Hashable, Sendable {
  /// Whether the data set itself reserves the example for validation.
  package var isValidation: [Bool]?
  /// Examples of one group are never divided between training and validation.
  package var groups: [String]?
  /// The order in time; smaller is earlier.
  package var order: [Double]?
  /// How often an example is drawn, relative to the others.
  package var weights: [Double]?

  package init() {}

  /// The values of these examples, in this order.
  package func selecting(_ rows: some Collection<Int>) -> ExampleColumns {
    var result = ExampleColumns()
    result.isValidation = isValidation.map { column in rows.map { column[$0] } }
    result.groups = groups.map { column in rows.map { column[$0] } }
    result.order = order.map { column in rows.map { column[$0] } }
    result.weights = weights.map { column in rows.map { column[$0] } }
    return result
  }
}

/// The values of some examples, a column for each field, by its name.
package struct ExampleBatch: Sendable {
  /// The values of one field, example by example.
  package enum Column: Sendable, Equatable {
    /// Images as bytes 0 to 255, [example, channel, row, column].
    case bytes([UInt8])
    /// Numbers, [example, value].
    case numbers([Float])
  }

  package private(set) var columns: [String: Column] = [:]

  package init() {}

  package subscript(name: String) -> Column? {
    get { columns[name] }
    set { columns[name] = newValue }
  }

  /// The bytes of a column, which is then gone from the batch, so that nothing is copied.
  ///
  /// - Returns: `nil` if there is no such column, or it has no bytes.
  package mutating func takeBytes(_ name: String) -> [UInt8]? {
    guard case .bytes(let values) = columns[name] else { return nil }
    columns[name] = nil
    return values
  }
}

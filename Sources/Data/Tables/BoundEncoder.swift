import DataSchema

/// An encoder with the table whose rows it encodes. It can be used on several threads at once.
package struct BoundEncoder: Sendable {
  /// A column, where its outputs begin, and its values.
  enum Part: Sendable {
    case number(FittedColumn, Int, [Float])
    case boolean(FittedColumn, Int, [Int32])
    /// With the place of each code's 1, the last one that of a missing value.
    case category(FittedColumn, Int, [Int32], [Int32])
  }

  /// Numbers in each vector.
  package let width: Int
  let table: Table
  let parts: [Part]
  /// Categories of the table that the training examples did not have; they are encoded as zeros.
  package let unknown: [UnknownCategory]

  /// Encodes rows one after the other, [row, output].
  ///
  /// - Precondition: `output` has room for all of them.
  /// - Throws: `DataError` with the line of a missing value, if that is to be an error.
  package func encode(
    _ rows: some Collection<Int>, into output: UnsafeMutableBufferPointer<Float>
  ) throws(DataError) {
    precondition(output.count >= rows.count * width)
    for part in parts {
      switch part {
      case .number(let column, let offset, let values):
        try encode(column, rows, into: output, offset) { values[$0] }
      case .boolean(let column, let offset, let codes):
        try encode(column, rows, into: output, offset) { codes[$0] < 0 ? .nan : Float(codes[$0]) }
      case .category(let column, let offset, let codes, let slots):
        var place = offset
        for row in rows {
          let code = codes[row]
          if code < 0, column.fillCategory == nil { throw missing(row, column) }
          for slot in place..<(place + column.width) { output[slot] = 0 }
          let slot = slots[code < 0 ? slots.count - 1 : Int(code)]
          if slot >= 0 { output[place + Int(slot)] = 1 }
          place += width
        }
      }
    }
  }

  /// Encodes rows one after the other, [row, output]; throws the same errors.
  package func encode(_ rows: some Collection<Int>) throws(DataError) -> [Float] {
    var failure: DataError?
    let values = [Float](unsafeUninitializedCapacity: rows.count * width) { buffer, count in
      do throws(DataError) {
        buffer.update(repeating: 0)
        try encode(rows, into: buffer)
      } catch {
        failure = error
      }
      count = rows.count * width
    }
    if let failure { throw failure }
    return values
  }

  @inline(__always)
  private func encode(
    _ column: FittedColumn, _ rows: some Collection<Int>,
    into output: UnsafeMutableBufferPointer<Float>, _ offset: Int, value: (Int) -> Float
  ) throws(DataError) {
    let mean = column.scale?.mean ?? 0
    let deviation = column.scale?.deviation ?? 1
    var place = offset
    for row in rows {
      let found = value(row)
      var number = Double(found)
      if found.isNaN {
        guard let fill = column.fill else { throw missing(row, column) }
        number = fill
      }
      output[place] = Float((number - mean) / deviation)
      place += width
    }
  }

  private func missing(_ row: Int, _ column: FittedColumn) -> DataError {
    table.error("the value is missing", row: row, column: column.name)
  }
}

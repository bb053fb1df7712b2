import Files

/// Some of the examples of a source.
package struct ExampleSubset: ExampleSource {
  private let whole: any ExampleSource
  private let rows: [Int]
  package let targets: Targets
  package let isValidation: [Bool]?

  /// - Parameter rows: the examples, in the order of the subset.
  package init(_ whole: any ExampleSource, rows: [Int]) {
    self.whole = whole
    self.rows = rows
    targets = whole.targets.selecting(rows)
    isValidation = whole.isValidation.map { column in rows.map { column[$0] } }
  }

  package var schema: DataSchema { whole.schema }
  package var count: Int { rows.count }

  package var fingerprint: String {
    let indices = rows.map { "\($0)\n" }.joined()
    return Digest.hex(of: (whole.fingerprint + "\n" + indices).utf8)
  }

  package var notes: [String] { whole.notes }
  package var isInMemory: Bool { whole.isInMemory }

  package var sharedColumn: SharedColumn? {
    guard rows.elementsEqual(0..<rows.count) else { return nil }
    return whole.sharedColumn?.first(rows.count, of: whole.count)
  }

  package var columnNames: [String] { whole.columnNames }
  package var valueNames: [String]? { whole.valueNames }

  package func name(of index: Int) -> String? { whole.name(of: rows[index]) }
  package func annotationID(of index: Int) -> String? { whole.annotationID(of: rows[index]) }

  package var imageSizes: [ImageSize]? {
    whole.imageSizes.map { sizes in rows.map { sizes[$0] } }
  }

  package func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    try whole.duplicateKeys(indices.map { rows[$0] })
  }

  package func column(_ name: String) throws(DataError) -> [String] {
    let column = try whole.column(name)
    return rows.map { column[$0] }
  }

  package func fit(_ rows: [Int]) throws(DataError) -> [UInt8]? {
    try whole.fit(rows.map { self.rows[$0] })
  }

  package func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource {
    ExampleSubset(try whole.applying(fitted), rows: rows)
  }

  /// The same examples of another form of the whole source.
  package func replacingWhole<Failure: Error>(
    _ body: (any ExampleSource) throws(Failure) -> any ExampleSource
  ) throws(Failure) -> ExampleSubset {
    ExampleSubset(try body(whole), rows: rows)
  }

  package func prepare() throws(DataError) { try whole.prepare() }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    try whole.read(indices.map { rows[$0] }, into: &batch)
  }

  package func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError) {
    try whole.read(indices.map { rows[$0] }, reducedBy: reduction, into: &batch)
  }
}

/// The examples of another source with other inputs: everything else is as it is there.
package protocol DerivedSource: ExampleSource {
  var source: any ExampleSource { get }
}

extension DerivedSource {
  package var count: Int { source.count }
  package var fingerprint: String { source.fingerprint }
  package var targets: Targets { source.targets }
  package var isValidation: [Bool]? { source.isValidation }
  package var notes: [String] { source.notes }
  package var columnNames: [String] { source.columnNames }
  package var valueNames: [String]? { source.valueNames }

  package func name(of index: Int) -> String? { source.name(of: index) }
  package func annotationID(of index: Int) -> String? { source.annotationID(of: index) }
  package func column(_ name: String) throws(DataError) -> [String] { try source.column(name) }

  package func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? {
    try source.duplicateKeys(indices)
  }
}

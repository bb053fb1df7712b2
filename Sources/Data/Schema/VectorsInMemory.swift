import Files

/// Vectors of one size in memory, each with its targets.
package struct VectorsInMemory: ExampleSource {
  package let schema: DataSchema
  package let targets: Targets
  /// Row-major [count, size].
  package let values: [Float]
  private let size: Int

  /// - Precondition: `values` are as many vectors of this size as there are targets.
  package init(
    _ values: [Float], size: Int, name: String = "features", target: DataField, targets: Targets
  ) {
    precondition(values.count == targets.count * size)
    schema = DataSchema(inputs: [DataField(name, .vector(size))], targets: [target])
    self.values = values
    self.size = size
    self.targets = targets
  }

  package var count: Int { targets.count }

  package var fingerprint: String {
    let text = "\(size)\n\(targets.width)\n\(targets.values)\n"
    return Digest.hex(of: [Array(text.utf8), values.withUnsafeBytes { Array($0) }])
  }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    var rows: [Float] = []
    rows.reserveCapacity(indices.count * size)
    for index in indices { rows += values[(index * size)..<((index + 1) * size)] }
    batch[schema.input.name] = .numbers(rows)
  }
}

import Files

/// The rows of one split of `predictions.csv`.
package struct PredictionTable: Sendable, Equatable {
  package var folds: [Int] = []
  /// Positions in the whole training or test set.
  package var indices: [Int] = []
  package var labels: [Int] = []
  package var predictions: [Int] = []
  /// Row-major: one row an example, one column a class.
  package var probabilities: [Float] = []
  package let classes: Int

  package init(classes: Int) { self.classes = classes }

  package var count: Int { labels.count }

  package func probabilities(at row: Int) -> ArraySlice<Float> {
    probabilities[(row * classes)..<((row + 1) * classes)]
  }

  /// Reads the bytes of a `predictions.csv`, by split (`validation`, `test`).
  ///
  /// - Throws: ``FileError`` naming the line that is not as it should be.
  package static func parse(
    _ bytes: [UInt8], path: String
  ) throws(FileError) -> [String: PredictionTable] {
    let newline = UInt8(ascii: "\n")
    var lines = bytes.split(separator: newline)[...]
    let fixed = ["split", "fold", "index", "label", "predicted"]
    let heading = lines.popFirst().map { String(decoding: $0, as: UTF8.self) } ?? ""
    let columns = heading.split(separator: ",").map(String.init)
    let classes = columns.count - fixed.count
    guard columns.prefix(fixed.count) == fixed[...], classes > 0,
      columns.dropFirst(fixed.count).enumerated().allSatisfy({ $0.element == "p\($0.offset)" })
    else { throw FileError(path: path, reason: "its heading is not that of predictions") }
    var tables: [String: PredictionTable] = [:]
    // Of the split that the lines before were of: they lie together.
    var split: String?
    var table = PredictionTable(classes: classes)
    var row: [Float] = []
    for (number, line) in lines.enumerated() {
      var scanner = DecimalScanner(line)
      let name = scanner.text()
      let numbers = (0..<4).compactMap { _ in scanner.integer() }
      row.removeAll(keepingCapacity: true)
      while row.count < classes, let probability = scanner.float() { row.append(probability) }
      guard let name, numbers.count == 4, row.count == classes, scanner.isAtEnd,
        (0..<classes).contains(numbers[2]), (0..<classes).contains(numbers[3])
      else { throw FileError(path: path, reason: "line \(number + 2) is not a prediction") }
      if name != split {
        if let split { tables[split] = table }
        split = name
        table = tables.removeValue(forKey: name) ?? PredictionTable(classes: classes)
      }
      table.append(numbers, row)
    }
    if let split { tables[split] = table }
    return tables
  }

  private mutating func append(_ numbers: [Int], _ row: [Float]) {
    folds.append(numbers[0])
    indices.append(numbers[1])
    labels.append(numbers[2])
    predictions.append(numbers[3])
    probabilities += row
  }
}

extension RunDirectory {
  /// The validation and test rows of `predictions.csv`.
  package func readPredictions() throws -> [String: PredictionTable] {
    let name = "predictions.csv"
    return try PredictionTable.parse(bytes(of: name), path: file(name))
  }
}

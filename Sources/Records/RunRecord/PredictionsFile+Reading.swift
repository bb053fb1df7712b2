import Files
import TaskRegistry
import Tasks

extension PredictionsFile {
  /// The maximum number of examples of a data set.
  fileprivate static let indexLimit = 1 << 40

  /// Reads the bytes of a `predictions.csv`, by split (`validation`, `test`).
  ///
  /// - Throws: ``FileError`` naming the invalid line.
  package static func parse(
    _ bytes: [UInt8], path: String
  ) throws(FileError) -> [String: Predictions] {
    let newline = UInt8(ascii: "\n")
    var lines = bytes.split(separator: newline)[...]
    let heading = lines.popFirst().map { String(decoding: $0, as: UTF8.self) } ?? ""
    let columns = heading.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let layout = TaskRegistry.layout(ofHeading: columns)?.layout else {
      throw FileError(path: path, reason: "its header is not that of a predictions file")
    }
    var tables: [String: Predictions] = [:]
    // The split of the preceding lines; the rows of a split are contiguous.
    var split: String?
    var table = Predictions(layout)
    for (number, line) in lines.enumerated() {
      var scanner = DecimalScanner(line)
      let name = scanner.text()
      if let name, name != split {
        if let split { tables[split] = table }
        split = name
        table = tables.removeValue(forKey: name) ?? Predictions(layout)
      }
      guard name != nil, table.append(&scanner), scanner.isAtEnd else {
        throw FileError(path: path, reason: "line \(number + 2) is not a prediction")
      }
    }
    if let split { tables[split] = table }
    return tables
  }
}

extension Predictions {
  /// Parses the numbers after the name of a split.
  ///
  /// - Returns: whether they form a valid row.
  fileprivate mutating func append(_ scanner: inout DecimalScanner) -> Bool {
    guard let fold = scanner.integer(), fold >= 0, let index = scanner.integer(),
      (0...PredictionsFile.indexLimit).contains(index)
    else { return false }
    folds.append(fold)
    indices.append(index)
    for _ in layout.targets {
      if let limit = layout.limit {
        guard let target = scanner.integer(), (0..<limit).contains(target) else { return false }
        targets.append(Float(target))
      } else {
        guard let target = scanner.score() else { return false }
        targets.append(Float(target))
      }
    }
    for _ in layout.answers {
      guard let answer = scanner.integer(), (0..<(layout.limit ?? .max)).contains(answer) else {
        return false
      }
      answers.append(answer)
    }
    // Probabilities follow from the outputs, so they are not parsed.
    for _ in layout.probabilities {
      guard scanner.skip() else { return false }
    }
    for _ in layout.outputs {
      guard let output = scanner.score() else { return false }
      outputs.append(output)
    }
    return true
  }
}

extension RunDirectory {
  /// The validation and test rows of `predictions.csv`.
  package func readPredictions() throws -> [String: Predictions] {
    let name = "predictions.csv"
    return try PredictionsFile.parse(bytes(of: name), path: file(name))
  }
}

import Files
import Metrics

/// The rows of one split of `predictions.csv`.
package struct PredictionTable: Sendable, Equatable {
  package var folds: [Int] = []
  /// Positions in the whole training or test set.
  package var indices: [Int] = []
  package var labels: [Int] = []
  package var predictions: [Int] = []
  /// The model's outputs. Row-major: one row an example, one column a class.
  package var scores: [Double] = []
  package let classes: Int
  /// What makes probabilities of the scores.
  package let link: ScoreLink

  package init(classes: Int, link: ScoreLink = .identity) {
    self.classes = classes
    self.link = link
  }

  package var count: Int { labels.count }

  package func scores(at row: Int) -> ArraySlice<Double> {
    scores[(row * classes)..<((row + 1) * classes)]
  }

  package func probabilities(at row: Int) -> [Double] {
    link.probabilities(Array(scores(at: row)), classes: classes)
  }

  /// The probability of the predicted class.
  package func confidence(at row: Int) -> Double {
    scores(at: row).withUnsafeBufferPointer { link.probability(of: predictions[row], in: $0) }
  }

  /// The probabilities of all rows, row-major.
  package var probabilities: [Double] { link.probabilities(scores, classes: classes) }

  package var pooled: PooledPredictions {
    PooledPredictions(
      labels: labels, predictions: predictions, scores: scores, link: link, classes: classes)
  }

  /// No data set has more examples.
  private static let indexLimit = 1 << 40

  /// Reads the bytes of a `predictions.csv`, by split (`validation`, `test`).
  ///
  /// - Throws: ``FileError`` naming the line that is not as it should be.
  package static func parse(
    _ bytes: [UInt8], path: String
  ) throws(FileError) -> [String: PredictionTable] {
    let newline = UInt8(ascii: "\n")
    var lines = bytes.split(separator: newline)[...]
    let heading = lines.popFirst().map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard let (classes, link) = Self.form(heading) else {
      throw FileError(path: path, reason: "its heading is not that of predictions")
    }
    var tables: [String: PredictionTable] = [:]
    // Of the split that the lines before were of: they lie together.
    var split: String?
    var table = PredictionTable(classes: classes, link: link)
    var row: [Double] = []
    for (number, line) in lines.enumerated() {
      var scanner = DecimalScanner(line)
      let name = scanner.text()
      let numbers = (0..<4).compactMap { _ in scanner.integer() }
      row.removeAll(keepingCapacity: true)
      var probabilities = 0
      // They follow from the scores, so that they need not be read.
      while link != .identity, probabilities < classes, scanner.skip() {
        probabilities += 1
      }
      if link == .identity || probabilities == classes {
        while row.count < classes, let score = scanner.score() { row.append(score) }
      }
      guard let name, numbers.count == 4, row.count == classes, scanner.isAtEnd,
        numbers[0] >= 0, (0...indexLimit).contains(numbers[1]),
        (0..<classes).contains(numbers[2]), (0..<classes).contains(numbers[3])
      else { throw FileError(path: path, reason: "line \(number + 2) is not a prediction") }
      if name != split {
        if let split { tables[split] = table }
        split = name
        table = tables.removeValue(forKey: name) ?? PredictionTable(classes: classes, link: link)
      }
      table.append(numbers, row)
    }
    if let split { tables[split] = table }
    return tables
  }

  /// How many classes the columns of a heading are of, and what their scores are; nil if it is not the
  /// heading of a `predictions.csv`. One without scores comes from `mse` or from an older program.
  private static func form(_ heading: String) -> (classes: Int, link: ScoreLink)? {
    let columns = heading.split(separator: ",").map(String.init)
    let count = columns.count - PredictionsFile.fixedColumns.count
    guard count > 0 else { return nil }
    for (classes, link) in [
      (count / 2, ScoreLink.softmax), (count / 2, .sigmoid), (count, .identity),
    ]
    where classes > 0 && columns == PredictionsFile.columns(classes: classes, link: link) {
      return (classes, link)
    }
    return nil
  }

  private mutating func append(_ numbers: [Int], _ row: [Double]) {
    folds.append(numbers[0])
    indices.append(numbers[1])
    labels.append(numbers[2])
    predictions.append(numbers[3])
    scores += row
  }
}

extension RunDirectory {
  /// The validation and test rows of `predictions.csv`.
  package func readPredictions() throws -> [String: PredictionTable] {
    let name = "predictions.csv"
    return try PredictionTable.parse(bytes(of: name), path: file(name))
  }
}

/// The parsed contents of `confusion_matrix.csv`.
package struct ConfusionMatrixText: Sendable {
  package let names: [String]
  package let matrix: ConfusionMatrix

  /// `nil` if the text is not a square table of counts.
  package init?(_ text: String) {
    let rows = Self.cells(text).filter { $0 != [""] }
    guard let heading = rows.first, heading.count > 1, rows.count == heading.count else {
      return nil
    }
    names = Array(heading.dropFirst())
    var labels: [Int] = []
    var predictions: [Int] = []
    for (label, row) in rows.dropFirst().enumerated() {
      let counts = row.dropFirst().compactMap { Int($0) }
      guard counts.count == names.count, counts.allSatisfy({ (0...Self.limit).contains($0) })
      else { return nil }
      for (prediction, count) in counts.enumerated() {
        labels += repeatElement(label, count: count)
        predictions += repeatElement(prediction, count: count)
      }
      if labels.count > Self.limit { return nil }
    }
    matrix = ConfusionMatrix(labels: labels, predictions: predictions, classes: names.count)
  }

  /// An upper bound on the number of examples, against malformed files.
  private static let limit = 100_000_000

  /// Splits CSV text (RFC 4180) into rows of cells.
  private static func cells(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var cell = ""
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"":
        scalars.removeFirst()
        cell.unicodeScalars.append("\"")
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        row.append(cell)
        cell = ""
      case "\n" where !isQuoted:
        rows.append(row + [cell])
        row = []
        cell = ""
      case "\r" where !isQuoted: break
      default: cell.unicodeScalars.append(scalar)
      }
    }
    if !cell.isEmpty || !row.isEmpty { rows.append(row + [cell]) }
    return rows
  }
}

import Tables
import Tasks

extension ExplainedTable {
  /// The most numbers or labels that are explained for a row; of classes, the answer is.
  private static let mostOutputs = 8

  /// What each column contributes to the answer to a row, by the model of the first part: the answer minus the mean
  /// of the answers while the column takes the values of other rows.
  ///
  /// This is occlusion with the marginal distribution as the baseline; it leaves out what columns do together, so the
  /// contributions need not add up.
  ///
  /// - Parameters:
  ///   - vector: the row as the model is given it.
  ///   - background: the other rows, [rows, width]; at least one.
  package func explanation(
    of vector: [Float], background: [Float], file: String, row: Int
  ) throws -> [RowExplanation] {
    let part = parts[0]
    let count = background.count / part.width
    precondition(vector.count == part.width && count > 0)
    let answer = try part.predict(vector, [0])
    let values = answer.probabilities
    let outputs: [Int]
    if task.targetsAreClasses {
      outputs = values.indices.max { values[$0] < values[$1] }.map { [$0] } ?? []
    } else {
      outputs = Array(values.indices.prefix(Self.mostOutputs))
    }
    var means: [[Double]] = []
    for column in part.columns.indices {
      let range = part.range(of: column)
      var changed: [Float] = []
      changed.reserveCapacity(background.count)
      for other in 0..<count {
        var copy = vector
        for place in range { copy[place] = background[other * part.width + place] }
        changed += copy
      }
      let found = try part.predict(changed, Array(repeating: 0, count: count)).probabilities
      means.append(
        values.indices.map { output in
          stride(from: output, to: found.count, by: values.count).reduce(0) { $0 + found[$1] }
            / Double(count)
        })
    }
    return outputs.map { output in
      RowExplanation(
        file: file, row: row, output: outputNames[output], value: values[output],
        contributions: part.columns.indices.map {
          RowExplanation.Contribution(
            column: part.columns[$0].name, value: values[output] - means[$0][output])
        }, background: count)
    }
  }
}

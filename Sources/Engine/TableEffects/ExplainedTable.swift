import Diagnostics
import Tables
import Tasks

/// Examples of a table with the models that answer them.
package struct ExplainedTable {
  /// Examples that one model answers; a fold has its own encoder and its own model.
  package struct Part {
    /// What each column becomes in a vector.
    package let columns: [FittedColumn]
    /// Row-major, [examples, width].
    package let vectors: [Float]
    package let width: Int
    /// Answers vectors; the second argument is the example of this part that each of them stands for.
    package let predict: (_ vectors: [Float], _ examples: [Int]) throws -> Predictions

    /// - Precondition: `vectors` are whole rows of the columns' width.
    package init(
      columns: [FittedColumn], vectors: [Float],
      predict: @escaping (_ vectors: [Float], _ examples: [Int]) throws -> Predictions
    ) {
      self.columns = columns
      self.vectors = vectors
      self.predict = predict
      width = columns.reduce(0) { $0 + $1.width }
      precondition(width > 0 && vectors.count.isMultiple(of: width))
    }

    package var count: Int { vectors.count / width }

    /// Where a column lies in a vector.
    func range(of column: Int) -> Range<Int> {
      let start = columns[..<column].reduce(0) { $0 + $1.width }
      return start..<(start + columns[column].width)
    }
  }

  package let task: any Task
  package let parts: [Part]
  /// The columns that the models are given, with the values of all examples, part by part.
  package let columns: [TableColumn]
  /// The answers to the examples as they are, part by part.
  package let answers: Predictions

  /// - Precondition: every part has the same columns in the same order, with values for all examples.
  package init(_ parts: [Part], columns: [TableColumn], task: any Task) throws {
    precondition(!parts.isEmpty && parts.allSatisfy { $0.columns.count == columns.count })
    self.parts = parts
    self.columns = columns
    self.task = task
    answers = try Self.joined(parts.map { try $0.predict($0.vectors, Array(0..<$0.count)) })
  }

  package var count: Int { answers.count }

  /// The number of vectors that are answered at once at most, to bound memory.
  static let mostVectors = 1 << 16

  static func joined(_ predictions: [Predictions]) -> Predictions {
    var joined = predictions[0]
    for other in predictions.dropFirst() { joined.append(other) }
    return joined
  }

  /// The answers to variants of every example.
  ///
  /// - Parameters:
  ///   - count: the number of variants.
  ///   - change: changes the vectors of a part, [examples, width], into a variant.
  ///   - receive: is given each variant's answers to all examples, in the order of the variants.
  func answer(
    variants count: Int,
    change: (_ variant: Int, _ part: Int, _ vectors: inout [Float]) -> Void,
    receive: (_ variant: Int, Predictions) throws -> Void
  ) throws {
    let largest = parts.reduce(1) { max($0, $1.count) }
    let together = max(1, Self.mostVectors / largest)
    for start in stride(from: 0, to: count, by: together) {
      let variants = start..<min(start + together, count)
      let answers = try parts.indices.map { number -> Predictions in
        let part = parts[number]
        var vectors: [Float] = []
        vectors.reserveCapacity(part.vectors.count * variants.count)
        for variant in variants {
          var changed = part.vectors
          change(variant, number, &changed)
          vectors += changed
        }
        return try part.predict(vectors, variants.flatMap { _ in Array(0..<part.count) })
      }
      for (place, variant) in variants.enumerated() {
        try receive(
          variant,
          Self.joined(
            zip(parts, answers).map { part, answers in
              variants.count == 1
                ? answers
                : answers.selecting(Array(place * part.count..<(place + 1) * part.count))
            }))
      }
    }
  }
}

extension FittedColumn {
  /// A number or a boolean, 0 or 1, as the model is given it; a missing one is replaced.
  func encoded(_ number: Double) -> [Float] {
    let value = number.isNaN ? fill ?? 0 : number
    return [Float((value - (scale?.mean ?? 0)) / (scale?.deviation ?? 1))]
  }

  /// A category as the model is given it; one that the training examples did not have as zeros.
  func encoded(_ category: String) -> [Float] {
    (categories ?? []).map { $0 == category && unseen?.contains(category) != true ? 1 : 0 }
  }
}

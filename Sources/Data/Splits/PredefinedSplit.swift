import DataSchema
import Diagnostics

/// A split that the data itself says: each example has a word for the part that it belongs to.
package struct PredefinedSplit: Sendable, Equatable {
  /// Indices of examples, ascending.
  package let train: [Int]
  /// Indices of examples, ascending; empty if none is for validation.
  package let validation: [Int]
  /// Indices of examples, ascending; empty if none is for testing.
  package let test: [Int]

  /// The words for each part; their case does not matter.
  private static let words: [(part: Part, words: [String])] = [
    (.train, ["train", "training"]),
    (.validation, ["val", "valid", "validation", "dev"]),
    (.test, ["test", "testing"]),
  ]

  private enum Part { case train, validation, test }

  /// - Parameters:
  ///   - words: one for each example, such as `train`, `val` or `test`: a column of a table, or the names of the
  ///     folders that the examples are in.
  ///   - path: of the table or the folder, for errors.
  ///   - place: where the word of an example is, such as `line 7, column 'split'`.
  /// - Throws: ``DataError`` with the place of the first word that is none of a part's, or if no example is for
  ///   training.
  package init(
    _ words: [String], path: String, place: (Int) -> String
  ) throws(DataError) {
    let parts = Dictionary(
      uniqueKeysWithValues: Self.words.flatMap { part, words in words.map { ($0, part) } })
    var train: [Int] = []
    var validation: [Int] = []
    var test: [Int] = []
    for (index, word) in words.enumerated() {
      switch parts[word.lowercased()] {
      case .train: train.append(index)
      case .validation: validation.append(index)
      case .test: test.append(index)
      case nil:
        let wrong = words.filter { parts[$0.lowercased()] == nil }.count
        throw DataError(path: path, reason: Self.reason(word, place(index), wrong))
      }
    }
    guard !train.isEmpty else {
      throw DataError(path: path, reason: "none of its \(words.count) examples is for training")
    }
    (self.train, self.validation, self.test) = (train, validation, test)
  }

  private static func reason(_ word: String, _ place: String, _ count: Int) -> String {
    let found = word.isEmpty ? "is empty" : "holds '\(word)'"
    let suggestion = Suggestion.nearest(to: word.lowercased(), among: words.flatMap(\.words))
    return "\(place) \(found), expected train, validation or test"
      + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
      + (count > 1 ? " (\(count) examples have no valid split)" : "")
  }
}

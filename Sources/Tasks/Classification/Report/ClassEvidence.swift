import ExperimentConfig
import Tasks

/// The answers of one or more models to the examples of one split.
package struct ClassEvidence: Sendable {
  package var split: String
  /// The number of distinct examples and the models; `nil` if one model answered each example once.
  package var source: RunAnswers.Source?
  /// One name per class.
  package var names: [String]
  package var matrix: ConfusionMatrix
  /// `nil` if only the matrix is known.
  package var predictions: PooledPredictions?

  package init(
    split: String, names: [String], matrix: ConfusionMatrix, predictions: PooledPredictions?,
    source: RunAnswers.Source? = nil
  ) {
    self.split = split
    self.names = names
    self.matrix = matrix
    self.predictions = predictions
    self.source = source
  }

  /// Creates evidence from the predictions or, without any, from `confusion_matrix.csv`; `nil`
  /// without both.
  ///
  /// - Parameter names: one per class, used if the file has none.
  package init?(_ answers: RunAnswers, names: [String]) {
    let file = ConfusionMatrixText(answers.files)
    guard let (split, found) = answers.reported, let table = found.classes else {
      guard let file else { return nil }
      self.init(split: "test", names: file.names, matrix: file.matrix, predictions: nil)
      return
    }
    let known = [file?.names ?? [], names].first { $0.count == table.classes }
    self.init(
      split: split, names: known ?? (0..<table.classes).map(String.init),
      matrix: table.confusionMatrix, predictions: table, source: answers.sources[split])
  }

  /// Whether several models answered the same examples and each answer counts.
  package var isRepeated: Bool {
    source.map { $0.models > 1 && !$0.isEnsemble && matrix.total > $0.examples } ?? false
  }

  /// `1,000 test examples`, or `3,000 answers of 3 models to 1,000 test examples`.
  package var answersText: String {
    let total = NumberText.grouped(matrix.total)
    guard let source else { return "\(total) \(split) examples" }
    if isRepeated {
      return "\(total) predictions by \(source.models) models for "
        + "\(NumberText.grouped(source.examples)) \(split) examples"
    }
    return source.isEnsemble
      ? "\(total) \(split) examples, by an ensemble of "
        + "\(Insight.count(source.models, "model", "models")),"
      : "\(total) \(split) examples"
  }

  /// The quoted name of a class, shortened to fit in a sentence.
  func name(_ label: Int) -> String { "‘\(Clipped.text(names[label], 40))’" }
}

extension ConfusionMatrixText {
  static let file = "confusion_matrix.csv"

  /// Reads the file from the run directory; `nil` if it is missing or damaged.
  init?(_ files: [String: [UInt8]]) {
    guard let bytes = files[Self.file] else { return nil }
    self.init(String(decoding: bytes, as: UTF8.self))
  }
}

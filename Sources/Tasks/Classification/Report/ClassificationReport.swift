import ExperimentConfig
import Tasks

/// Precision, recall, F1 and support of each class and their averages, as in scikit-learn's
/// `classification_report` with `zero_division=0`.
package struct ClassificationReport: Sendable, Equatable {
  package struct Row: Codable, Sendable, Equatable {
    package let precision: Double
    package let recall: Double
    package let f1: Double
    package let support: Int

    enum CodingKeys: String, CodingKey {
      case precision, recall
      case f1 = "f1-score"
      case support
    }
  }

  /// The class numbers in the report.
  package let labels: [Int]
  /// In the order of ``labels``.
  package let classes: [(name: String, row: Row)]
  /// The micro average. Its three scores equal the accuracy if the report covers every class that
  /// occurs.
  package let micro: Row
  package let macro: Row
  package let weighted: Row
  /// Whether the report covers every class that occurs, so that it has an accuracy.
  package let hasAccuracy: Bool
  /// Whether there are examples and every prediction is wrong.
  let isAllWrong: Bool

  /// - Parameters:
  ///   - names: one for each class of the matrix, or for each of `labels`.
  ///   - labels: the classes in the report; by default those that occur among the labels or the
  ///     predictions, as in scikit-learn.
  package init(_ matrix: ConfusionMatrix, names: [String]? = nil, labels: [Int]? = nil) {
    let scores = ClassScores(matrix, labels: labels)
    precondition(names.map { $0.count == labels?.count ?? matrix.classes } ?? true)
    let names =
      labels == nil
      ? scores.labels.map { names?[$0] ?? String($0) } : names ?? scores.labels.map(String.init)
    let labels = scores.labels
    self.labels = labels
    let support = scores.supports.reduce(0, +)
    classes = labels.indices.map { index in
      (
        names[index],
        Row(
          precision: scores.precision.perClass[index], recall: scores.recall.perClass[index],
          f1: scores.f1.perClass[index], support: scores.supports[index])
      )
    }
    func average(_ path: KeyPath<ClassScores.Score, Double>) -> Row {
      Row(
        precision: scores.precision[keyPath: path], recall: scores.recall[keyPath: path],
        f1: scores.f1[keyPath: path], support: support)
    }
    micro = average(\.micro)
    macro = average(\.macro)
    weighted = average(\.weighted)
    isAllWrong = matrix.correct == 0 && matrix.total > 0
    let totals = matrix.totals
    let covered = Set(labels)
    hasAccuracy = (0..<matrix.classes).allSatisfy {
      covered.contains($0) || (totals.labels[$0] == 0 && totals.predictions[$0] == 0)
    }
  }

  /// The scores of a class; `nil` if it is not in the report.
  package func row(of label: Int) -> Row? {
    labels.firstIndex(of: label).map { classes[$0].row }
  }

  package static func == (left: Self, right: Self) -> Bool {
    left.classes.elementsEqual(right.classes) { $0 == $1 } && left.micro == right.micro
      && left.macro == right.macro && left.weighted == right.weighted
      && left.hasAccuracy == right.hasAccuracy
  }
}

/// Encodes as `classification_report(output_dict=True)` does: if names clash, the last class wins,
/// averages replace classes with the same name, and `accuracy` is a plain number.
extension ClassificationReport: Encodable {
  package func encode(to encoder: any Encoder) throws {
    struct Key: CodingKey {
      let stringValue: String
      init(stringValue: String) { self.stringValue = stringValue }
      var intValue: Int? { nil }
      init?(intValue: Int) { nil }
    }
    var rows = Dictionary(classes.map { ($0.name, $0.row) }) { $1 }
    rows[hasAccuracy ? "accuracy" : "micro avg"] = micro
    rows["macro avg"] = macro
    rows["weighted avg"] = weighted
    var container = encoder.container(keyedBy: Key.self)
    for (name, row) in rows {
      let key = Key(stringValue: name)
      if name == "accuracy" {
        try container.encode(row.precision, forKey: key)
      } else {
        try container.encode(row, forKey: key)
      }
    }
  }
}

import ExperimentConfig
import Statistics
import Tasks

extension ClassificationTask {
  package static let comparison = ComparisonTerms(
    scores: ["accuracy", "f1_macro", "precision_macro", "recall_macro"],
    scoresOverParts: ["f1_macro"], meanLosses: ["log_loss"], part: "class", parts: "classes",
    changesTitle: "Flipped examples", changesKey: "flipped")

  /// Precision, recall and F1 of the classes that occur among the labels or the predictions of
  /// either run, and McNemar's test for each class. `nil` if the runs have different numbers of
  /// classes.
  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? {
    guard let first = a.classes, let second = b.classes, first.classes == second.classes else {
      return nil
    }
    let matrices = (first.confusionMatrix, second.confusionMatrix)
    let all = Array(0..<first.classes)
    let reports = (
      ClassificationReport(matrices.0, labels: all), ClassificationReport(matrices.1, labels: all)
    )
    let occurring = Set(ClassificationReport(matrices.0).labels)
      .union(ClassificationReport(matrices.1).labels)
    let paired = pairs.flatMap { PairedClasses($0) }?.discordantByClass
    let labels = all.filter(occurring.contains)
    let rows = labels.map { label in
      let (x, y) = (reports.0.classes[label].row, reports.1.classes[label].row)
      let (onlyA, onlyB) = (paired?[label].onlyA, paired?[label].onlyB)
      let isSame = x.precision == y.precision && x.recall == y.recall && x.f1 == y.f1
      return PartChanges.Row(
        name: name(label), scores: [.init(x.f1, y.f1), .init(x.recall, y.recall)], onlyA: onlyA,
        onlyB: onlyB, differs: !isSame || (onlyA ?? 0) > 0 || (onlyB ?? 0) > 0,
        json: [
          "class": .integer(label), "name": .string(name(label)), "support": .integer(x.support),
          "a": Self.json(x), "b": Self.json(y),
        ])
    }
    return PartChanges(
      scores: ["F1", "recall"], areShares: true, rows: rows, counts: .right,
      test: "p is from McNemar's test, with Holm's correction over the classes.",
      tests: labels.map { label in
        paired.map { McNemar(onlyFirst: $0[label].onlyA, onlySecond: $0[label].onlyB).pValue }
      })
  }

  private static func json(_ row: ClassificationReport.Row) -> JSONValue {
    [
      "precision": .number(row.precision), "recall": .number(row.recall), "f1": .number(row.f1),
    ]
  }

  /// The class's name, or its number if the data set does not name it.
  func name(_ label: Int) -> String {
    classNames.indices.contains(label) ? classNames[label] : String(label)
  }

  /// The examples for which the runs predict different classes; those that exactly one run gets
  /// right come first, then by descending confidence.
  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? {
    guard let classes = PairedClasses(pairs) else { return nil }
    let flips = (0..<classes.count).compactMap { Flip(classes, $0) }
      .map { (flip: $0, index: pairs.a.indices[$0.row], fold: pairs.a.folds[$0.row]) }
      .sorted { first, second in
        (first.flip.rank.0, first.flip.rank.1, first.index, first.fold)
          < (second.flip.rank.0, second.flip.rank.1, second.index, second.fold)
      }
    func count(_ kind: Flip.Kind) -> Int { flips.count { $0.flip.kind == kind } }
    let (lost, won, other) = (count(.lost), count(.won), count(.other))
    return AnswerChanges(
      total: pairs.count,
      examples: flips.map { flip, index, fold in
        AnswerChange(
          index: index, fold: fold, target: name(flip.label), a: answer(flip.a, flip.confidenceA),
          b: answer(flip.b, flip.confidenceB), note: flip.kind.note,
          caption: "\(index) is a \(name(flip.label))",
          json: [
            "label": .integer(flip.label), "a": .integer(flip.a), "b": .integer(flip.b),
            "a_probability": .number(flip.confidenceA),
            "b_probability": .number(flip.confidenceB), "kind": .string(flip.kind.rawValue),
          ])
      },
      balance:
        "only A is right on \(NumberText.grouped(lost)), only B on \(NumberText.grouped(won)), "
        + "neither on \(NumberText.grouped(other))",
      counts: ["only_a_right": lost, "only_b_right": won], heading: "label", areNumbers: true)
  }

  /// For example `7 (98.1%)`.
  private func answer(_ label: Int, _ probability: Double) -> String {
    let share =
      probability.isFinite
      ? NumberText.fixed(probability * 100, 1) + "%" : NumberText.fixed(probability, 0)
    return "\(name(label)) (\(share))"
  }
}

/// An example for which two models predict different classes.
private struct Flip {
  enum Kind: String {
    /// A is right, B is wrong.
    case lost
    /// B is right, A is wrong.
    case won
    /// Both are wrong, with different answers.
    case other

    var note: String {
      switch self {
      case .lost: "only A right"
      case .won: "only B right"
      case .other: "both wrong"
      }
    }
  }

  let row: Int
  let label: Int
  let a: Int
  let b: Int
  /// The probability of each model's own prediction.
  let confidenceA: Double
  let confidenceB: Double
  let kind: Kind

  /// `nil` if both predict the same class.
  init?(_ pairs: PairedClasses, _ row: Int) {
    let (a, b) = (pairs.a, pairs.b)
    guard a.predictions[row] != b.predictions[row] else { return nil }
    self.row = row
    label = a.labels[row]
    self.a = a.predictions[row]
    self.b = b.predictions[row]
    confidenceA = a.confidence(at: row)
    confidenceB = b.confidence(at: row)
    kind = pairs.isRight(a, row) ? .lost : pairs.isRight(b, row) ? .won : .other
  }

  var rank: (Int, Double) {
    let sum = confidenceA + confidenceB
    return (kind == .other ? 1 : 0, sum.isNaN ? 0 : -sum)
  }
}

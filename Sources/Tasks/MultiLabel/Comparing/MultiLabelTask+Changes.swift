import ExperimentConfig
import Statistics
import Tasks

extension MultiLabelTask {
  package static let comparison = ComparisonTerms(
    scores: ["average_precision_macro", "f1_macro", "precision_macro", "recall_macro"],
    scoresOverParts: ["f1_macro"], part: "label", parts: "labels",
    changesTitle: "Most changed labels", changesKey: "most_changed")

  /// The scores of each label, and McNemar's test of its correctness.
  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? {
    guard a.count > 0, b.count > 0 else { return nil }
    let reports = (LabelReport(self, a).labels, LabelReport(self, b).labels)
    let counts = pairs.map { pairs in
      let changes = PairedLabels(pairs)
      return labels.indices.map { label in
        (
          a: changes.onlyA.count { $0.contains(label) },
          b: changes.onlyB.count { $0.contains(label) }
        )
      }
    }
    let rows = zip(reports.0, reports.1).enumerated().map { label, report in
      let (x, y) = report
      let (onlyA, onlyB) = (counts?[label].a, counts?[label].b)
      return PartChanges.Row(
        name: x.label, scores: [.init(x.averagePrecision, y.averagePrecision), .init(x.f1, y.f1)],
        onlyA: onlyA, onlyB: onlyB, differs: x != y || (onlyA ?? 0) > 0 || (onlyB ?? 0) > 0,
        json: [
          "label": .integer(label), "name": .string(x.label), "support": .integer(x.support),
          "a": Self.json(x), "b": Self.json(y),
        ])
    }
    return PartChanges(
      scores: ["AP", "F1"], areShares: true, rows: rows, counts: .right,
      test:
        "AP is the average precision; p is from McNemar's test, with Holm's correction over the "
        + "labels.",
      tests: labels.indices.map { label in
        counts.map { McNemar(onlyFirst: $0[label].a, onlySecond: $0[label].b).pValue }
      })
  }

  private static func json(_ row: LabelReport.Row) -> JSONValue {
    [
      "average_precision": row.averagePrecision.map(JSONValue.number) ?? .null,
      "precision": .number(row.precision), "recall": .number(row.recall), "f1": .number(row.f1),
    ]
  }

  /// The examples by the number of labels that only one run gets right, largest first; ties by how
  /// much the probabilities of these labels differ.
  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? {
    let changes = PairedLabels(pairs)
    let rows = (0..<pairs.count).filter {
      !changes.onlyA[$0].isEmpty || !changes.onlyB[$0].isEmpty
    }.map { (row: $0, rank: changes.rank(of: $0)) }
      .sorted { first, second in
        let (x, y) = (first.row, second.row)
        return (first.rank.0, first.rank.1, pairs.a.indices[x], pairs.a.folds[x])
          < (second.rank.0, second.rank.1, pairs.a.indices[y], pairs.a.folds[y])
      }.map(\.row)
    func gain(_ row: Int) -> Int { changes.onlyB[row].count - changes.onlyA[row].count }
    let (better, worse) = (rows.count { gain($0) > 0 }, rows.count { gain($0) < 0 })
    return AnswerChanges(
      total: pairs.count, examples: rows.map { example($0, pairs, changes) },
      balance: "A has more labels right in \(NumberText.grouped(worse)), B in "
        + "\(NumberText.grouped(better)), the same number in "
        + NumberText.grouped(rows.count - better - worse),
      counts: ["more_right_a": worse, "more_right_b": better], heading: "labels",
      areNumbers: false)
  }

  private func example(
    _ row: Int, _ pairs: PairedPredictions, _ changes: PairedLabels
  ) -> AnswerChange {
    func found(_ isThere: [Bool]) -> [String] { zip(labels, isThere).filter(\.1).map(\.0) }
    func text(_ names: [String]) -> String {
      names.isEmpty ? "none" : names.joined(separator: " ")
    }
    func json(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
    let target = found(pairs.a.targets(at: row).map { $0 != 0 })
    let a = found(pairs.a.answers(at: row).map { $0 != 0 })
    let b = found(pairs.b.answers(at: row).map { $0 != 0 })
    let (onlyA, onlyB) = (changes.onlyA[row], changes.onlyB[row])
    let notes = [("A", onlyA), ("B", onlyB)].filter { !$0.1.isEmpty }.map { side, right in
      "only \(side) right on \(right.map { labels[$0] }.joined(separator: " "))"
    }
    let index = pairs.a.indices[row]
    return AnswerChange(
      index: index, fold: pairs.a.folds[row], target: text(target), a: text(a), b: text(b),
      note: notes.joined(separator: ", "), caption: "\(index): \(text(target))",
      json: [
        "labels": json(target), "a": json(a), "b": json(b),
        "only_a_right": json(onlyA.map { labels[$0] }),
        "only_b_right": json(onlyB.map { labels[$0] }),
      ])
  }

  package func partScores(_ runs: [Predictions?]) -> PartScores? {
    let values = runs.map { run -> [Double?]? in
      run.flatMap { $0.count > 0 ? LabelReport(self, $0).labels.map(\.averagePrecision) : nil }
    }
    guard values.contains(where: { $0 != nil }) else { return nil }
    return PartScores(
      title: "Average precision of each label", score: "average precision", areShares: true,
      names: labels, values: values)
  }
}

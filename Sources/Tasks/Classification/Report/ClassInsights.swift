import ExperimentConfig
import Tasks

extension Insight.Topic {
  package static let easiest = Insight.Topic(rawValue: "easiest")
  package static let hardest = Insight.Topic(rawValue: "hardest")
  package static let confusions = Insight.Topic(rawValue: "confusions")
  package static let confidence = Insight.Topic(rawValue: "confidence")
  package static let balance = Insight.Topic(rawValue: "balance")
}

/// Describes a classifier's answers in sentences.
package struct ClassInsights: Sendable {
  let classes: ClassEvidence
  var matrix: ConfusionMatrix { classes.matrix }

  /// The maximum number of classes named in one sentence.
  static let named = 3

  package init(_ classes: ClassEvidence) { self.classes = classes }

  /// Most important first.
  package var all: [Insight] {
    [easiest, hardest, confusions, confidence, balance].compactMap(\.self)
  }

  /// The accuracy of always predicting the most frequent class; `nil` without examples.
  package var guessing: Double? {
    guard matrix.total > 0 else { return nil }
    let largest = (0..<matrix.classes).map(matrix.support).max() ?? 0
    return Double(largest) / Double(matrix.total)
  }

  package var overall: Insight? {
    guard let guessing else { return nil }
    let accuracy = Double(matrix.correct) / Double(matrix.total)
    let wrong = matrix.total - matrix.correct
    return Insight(
      .overall, accuracy > guessing ? .good : .warning,
      "\(Insight.percent(accuracy, 2)) of \(classes.answersText) are right "
        + "(\(Insight.count(wrong, "error", "errors"))); always predicting the most frequent class "
        + "would give \(Insight.percent(guessing)).")
  }

  var easiest: Insight? {
    guard let ranked, let first = ranked.first, let last = ranked.last, first.f1 > last.f1 else {
      return nil
    }
    let names = ranked.prefix(share(ranked)).map {
      "\(classes.name($0.label)) (F1 \(Insight.percent($0.f1)))"
    }
    return Insight(.easiest, .neutral, "Easiest: \(Insight.joined(names)).")
  }

  var hardest: Insight? {
    guard let ranked, let first = ranked.first, let last = ranked.last,
      first.f1 > last.f1
    else { return nil }
    let recall = matrix.perClass("recall")
    let names = ranked.suffix(share(ranked)).reversed()
      .map {
        "\(classes.name($0.label)) (F1 \(Insight.percent($0.f1)), recall "
          + "\(Insight.percent(recall[$0.label] ?? 0)))"
      }
    return Insight(
      .hardest, last.f1 < 0.5 ? .warning : .neutral, "Hardest: \(Insight.joined(names)).")
  }

  /// The number of classes named at each end of the ranking, so that no class appears at both.
  private func share(_ ranked: [(label: Int, f1: Double)]) -> Int {
    max(1, min(Self.named, ranked.count / 2))
  }

  /// The classes that have examples, by descending F1, ties in class order; `nil` for fewer than
  /// two.
  private var ranked: [(label: Int, f1: Double)]? {
    let scores = matrix.perClass("f1")
    let known = scores.indices.filter { matrix.support($0) > 0 }
      .map { (label: $0, f1: scores[$0] ?? 0) }
    return known.count < 2 ? nil : known.sorted { ($1.f1, $0.label) < ($0.f1, $1.label) }
  }

  /// The pairs of classes that are most often confused.
  var confusions: Insight? {
    guard matrix.correct < matrix.total else { return nil }
    var pairs: [(a: Int, b: Int, count: Int)] = []
    for a in 0..<matrix.classes {
      for b in (a + 1)..<max(a + 1, matrix.classes) where matrix[a, b] + matrix[b, a] > 0 {
        pairs.append((a, b, matrix[a, b] + matrix[b, a]))
      }
    }
    pairs.sort { ($1.count, $0.a, $0.b) < ($0.count, $1.a, $1.b) }
    let top = pairs.prefix(Self.named)
    let texts = top.map { pair in
      // The more frequent direction first.
      let (a, b) =
        matrix[pair.a, pair.b] >= matrix[pair.b, pair.a] ? (pair.a, pair.b) : (pair.b, pair.a)
      let back = matrix[b, a] > 0 ? ", the other way round \(matrix[b, a])" : ""
      return "\(classes.name(a)) taken for \(classes.name(b)) \(Self.times(matrix[a, b]))\(back)"
    }
    let covered = Double(top.reduce(0) { $0 + $1.count }) / Double(matrix.total - matrix.correct)
    let end =
      pairs.count > top.count
      ? " These pairs make up \(Insight.percent(covered, 0)) of all errors." : ""
    return Insight(
      .confusions, .neutral, "Most often confused: \(texts.joined(separator: "; ")).\(end)")
  }

  private static func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(NumberText.grouped(count)) times"
    }
  }
}

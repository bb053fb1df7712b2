import DataSchema
import DetectionScores
import ExperimentConfig
import Tasks

extension DetectionTask {
  package static let comparison = ComparisonTerms(
    scores: ["map", "map_50", "map_75", "mar_100"], scoresOverParts: ["map_50"], part: "class",
    parts: "classes", changesTitle: "Most changed images", changesKey: "most_changed")

  /// The scores of each class, and on how many images each run finds more boxes of it.
  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? {
    guard a.count > 0, b.count > 0, a.layout.targets == b.layout.targets else { return nil }
    let reports = (BoxReport(self, a).classes, BoxReport(self, b).classes)
    let better = pairs.map { betterImages($0, classes: max(reports.0.count, reports.1.count)) }
    let rows = zip(reports.0, reports.1).enumerated().map { number, report in
      let (x, y) = report
      return PartChanges.Row(
        name: x.name, scores: [.init(x.ap, y.ap), .init(x.ap50, y.ap50), .init(x.ar, y.ar)],
        onlyA: better?[number].a, onlyB: better?[number].b, differs: x != y,
        json: [
          "class": .integer(number), "name": .string(x.name), "boxes": .integer(x.boxes),
          "a": Self.json(x), "b": Self.json(y),
        ])
    }
    return PartChanges(
      scores: ["AP", "AP@50", "AR@100"], areShares: true, rows: rows,
      counts: .init(
        both: "images A/B better", a: "A better", b: "B better", keyA: "images_a_better",
        keyB: "images_b_better"),
      test:
        "The counts are of images in which one run has the higher F1 of the class, each at its own best score.",
      tests: rows.map { _ in nil })
  }

  private static func json(_ row: BoxReport.Row) -> JSONValue {
    func value(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }
    return [
      "ap": value(row.ap), "ap_50": value(row.ap50), "ap_75": value(row.ap75),
      "ar_100": value(row.ar),
    ]
  }

  /// On how many images each run has the higher F1 of each class.
  private func betterImages(
    _ pairs: PairedPredictions, classes: Int
  ) -> [(a: Int, b: Int)] {
    var counts = [(a: Int, b: Int)](repeating: (0, 0), count: classes)
    for (a, b) in zip(mistakes(pairs.a).images, mistakes(pairs.b).images) {
      for (label, scores) in zip(a.f1(classes: classes), b.f1(classes: classes)).enumerated() {
        if scores.0 > scores.1 { counts[label].a += 1 }
        if scores.1 > scores.0 { counts[label].b += 1 }
      }
    }
    return counts
  }

  /// The images by how much F1 of their boxes differs, largest first.
  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? {
    let images = (mistakes(pairs.a).images, mistakes(pairs.b).images)
    var changed: [(row: Int, a: Double, b: Double)] = []
    for row in 0..<pairs.count {
      let (a, b) = (images.0[row].f1, images.1[row].f1)
      if a != b { changed.append((row, a, b)) }
    }
    changed.sort { one, other in
      let (first, second) = (abs(one.b - one.a), abs(other.b - other.a))
      if first != second { return first > second }
      return (pairs.a.indices[one.row], pairs.a.folds[one.row])
        < (pairs.a.indices[other.row], pairs.a.folds[other.row])
    }
    let (better, worse) = (changed.count { $0.b > $0.a }, changed.count { $0.b < $0.a })
    return AnswerChanges(
      total: pairs.count,
      examples: changed.map { change in
        let index = pairs.a.indices[change.row]
        let (a, b) = (images.0[change.row], images.1[change.row])
        return AnswerChange(
          index: index, fold: pairs.a.folds[change.row],
          target: Insight.count(a.boxes, "box", "boxes"), a: Self.text(a), b: Self.text(b),
          note: "\(change.b > change.a ? "B" : "A") has the higher F1",
          caption: "\(index): right \(a.count(.right)) → \(b.count(.right)), wrong "
            + "\(a.wrong) → \(b.wrong)",
          json: ["f1_a": .number(change.a), "f1_b": .number(change.b)])
      },
      balance: "A has the higher F1 in \(NumberText.grouped(worse)), B in "
        + "\(NumberText.grouped(better)), both the same in "
        + NumberText.grouped(pairs.count - better - worse),
      counts: ["better_a": worse, "better_b": better], heading: "true boxes", areNumbers: false)
  }

  private static func text(_ image: DetectionMistakes.Image) -> String {
    "\(image.count(.right)) right, \(image.wrong) wrong"
  }

  package func partScores(_ runs: [Predictions?]) -> PartScores? {
    let values = runs.map { run -> [Double?]? in
      run.flatMap {
        $0.count > 0
          ? DetectionSample($0, classes: classNames.count).numbers.categories(.ap) : nil
      }
    }
    guard values.contains(where: { $0 != nil }),
      values.allSatisfy({ $0 == nil || $0?.count == classNames.count })
    else { return nil }
    return PartScores(
      title: "AP of each class", score: "AP", areShares: true, names: classNames, values: values)
  }
}

extension DetectionMistakes.Image {
  /// Found boxes that are neither right nor ignored.
  var wrong: Int { found.count - count(.right) - count(.ignored) }

  /// The harmonic mean of precision and recall, 1 without any box.
  var f1: Double { Self.f1(count(.right), wrong, boxes) }

  /// F1 of the boxes of each class.
  func f1(classes: Int) -> [Double] {
    var (right, wrong, boxes) = (
      [Int](repeating: 0, count: classes), [Int](repeating: 0, count: classes),
      [Int](repeating: 0, count: classes)
    )
    for found in found where found.kind != .ignored && found.box.label < classes {
      if found.kind == .right {
        right[found.box.label] += 1
      } else {
        wrong[found.box.label] += 1
      }
    }
    for item in truth.items where item.hasToBeFound && item.label < classes {
      boxes[item.label] += 1
    }
    return (0..<classes).map { Self.f1(right[$0], wrong[$0], boxes[$0]) }
  }

  private static func f1(_ right: Int, _ wrong: Int, _ boxes: Int) -> Double {
    let all = right + wrong + boxes
    return all == 0 ? 1 : 2 * Double(right) / Double(all)
  }
}

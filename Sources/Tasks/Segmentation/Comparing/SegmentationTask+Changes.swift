import ExperimentConfig
import Tasks

extension SegmentationTask {
  package static let comparison = ComparisonTerms(
    scores: ["mean_iou", "dice", "pixel_accuracy", "mean_class_accuracy", "boundary_f1"],
    scoresOverParts: ["dice", "pixel_accuracy"], part: "class", parts: "classes",
    changesTitle: "Most changed images", changesKey: "most_changed")

  /// The scores of each class, and on how many images each run has the higher IoU of it.
  package func partChanges(
    _ a: Predictions, _ b: Predictions, pairs: PairedPredictions?
  ) -> PartChanges? {
    guard a.count > 0, b.count > 0, a.layout == b.layout else { return nil }
    let reports = (SegmentationReport(self, a).classes, SegmentationReport(self, b).classes)
    let better = pairs.map { betterImages($0) }
    let rows = zip(reports.0, reports.1).enumerated().map { number, report in
      let (x, y) = report
      return PartChanges.Row(
        name: x.name, scores: [.init(x.iou, y.iou), .init(x.recall, y.recall)],
        onlyA: better?[number].a, onlyB: better?[number].b, differs: x != y,
        json: [
          "class": .integer(number), "name": .string(x.name), "pixels": .integer(x.pixels),
          "a": Self.json(x), "b": Self.json(y),
        ])
    }
    return PartChanges(
      scores: ["IoU", "Recall"], areShares: true, rows: rows,
      counts: .init(
        both: "images A/B better", a: "A better", b: "B better", keyA: "images_a_better",
        keyB: "images_b_better"),
      test: "The counts are of images in which one run has the higher IoU of the class.",
      tests: rows.map { _ in nil })
  }

  private func betterImages(_ pairs: PairedPredictions) -> [(a: Int, b: Int)] {
    let images = (PixelSample(pairs.a).images, PixelSample(pairs.b).images)
    var counts = [(a: Int, b: Int)](repeating: (0, 0), count: classNames.count)
    for (a, b) in zip(images.0, images.1) {
      for (number, scores) in zip(a.ious, b.ious).enumerated() {
        let (x, y) = (scores.0 ?? 1, scores.1 ?? 1)
        if x > y { counts[number].a += 1 }
        if y > x { counts[number].b += 1 }
      }
    }
    return counts
  }

  private static func json(_ row: SegmentationReport.Row) -> JSONValue {
    func value(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }
    return [
      "iou": value(row.iou), "dice": value(row.dice), "precision": value(row.precision),
      "recall": value(row.recall),
    ]
  }

  /// The images by how much their mean IoU differs, largest first.
  package func answerChanges(_ pairs: PairedPredictions) -> AnswerChanges? {
    let images = (PixelSample(pairs.a).images, PixelSample(pairs.b).images)
    let changed = (0..<pairs.count).compactMap { row -> (row: Int, a: Double, b: Double)? in
      guard let a = images.0[row].meanIoU, let b = images.1[row].meanIoU, a != b else {
        return nil
      }
      return (row, a, b)
    }.sorted {
      (-abs($0.b - $0.a), pairs.a.indices[$0.row], pairs.a.folds[$0.row])
        < (-abs($1.b - $1.a), pairs.a.indices[$1.row], pairs.a.folds[$1.row])
    }
    let (better, worse) = (changed.count { $0.b > $0.a }, changed.count { $0.b < $0.a })
    return AnswerChanges(
      total: pairs.count,
      examples: changed.map { change in
        let index = pairs.a.indices[change.row]
        let truth = largest(images.0[change.row])
        let texts = (Insight.percent(change.a), Insight.percent(change.b))
        return AnswerChange(
          index: index, fold: pairs.a.folds[change.row], target: truth, a: texts.0, b: texts.1,
          note: "\(change.b > change.a ? "B" : "A") has the higher IoU",
          caption: "\(index): IoU \(texts.0) → \(texts.1)",
          json: ["iou_a": .number(change.a), "iou_b": .number(change.b)])
      },
      balance: "A has the higher IoU in \(NumberText.grouped(worse)), B in "
        + "\(NumberText.grouped(better)), both the same in "
        + NumberText.grouped(pairs.count - better - worse),
      counts: ["better_a": worse, "better_b": better], heading: "mostly", areNumbers: false)
  }

  /// The class with most pixels of an image.
  private func largest(_ counts: PixelCounts) -> String {
    let number = counts.truths.indices.max { counts.truths[$0] < counts.truths[$1] } ?? 0
    return classNames.indices.contains(number) ? classNames[number] : "\(number)"
  }

  package func partScores(_ runs: [Predictions?]) -> PartScores? {
    let values = runs.map { run -> [Double?]? in
      run.flatMap { $0.count > 0 ? PixelSample($0).counts.ious : nil }
    }
    guard values.contains(where: { $0 != nil }),
      values.allSatisfy({ $0 == nil || $0?.count == classNames.count })
    else { return nil }
    return PartScores(
      title: "IoU of each class", score: "IoU", areShares: true, names: classNames, values: values)
  }

  package func countMatrices(_ runs: [Predictions?]) -> CountMatrices? {
    let matrices = runs.map { $0.map(\.pixelMatrix) }
    guard matrices.allSatisfy({ $0 == nil || $0?.count == classNames.count }),
      matrices.contains(where: { $0 != nil })
    else { return nil }
    return CountMatrices(
      title: "Confusion of classes", rows: "rows are true classes",
      note: "Pixels: rows are true classes, columns are predicted classes.", names: classNames,
      runs: matrices)
  }
}

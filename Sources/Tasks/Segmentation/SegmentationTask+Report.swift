import ExperimentConfig
import Tasks

extension SegmentationTask {
  package static let headlines: [(key: String, label: String)] = [
    ("pixel_accuracy", "pixel accuracy"), ("dice", "Dice"),
  ]

  package static let fit = FitTerms(
    score: "mean IoU", guessing: "giving every pixel the most frequent class",
    guessingByLoss: "guessing by the frequencies of the classes", leastSkill: 0.5,
    gap: .difference(0.1))

  package func report(_ answers: RunAnswers) -> TaskReport {
    guard let (split, predictions) = answers.reported else { return TaskReport() }
    let report = SegmentationReport(self, predictions)
    if report.pixels == 0 { return TaskReport() }
    var blocks: [ReportBlock] = [.table(Self.table(report))]
    if classNames.count <= Self.mostConfused { blocks.append(.heat(Self.confusion(report))) }
    return TaskReport(
      overall: Self.overall(report, split), insights: Self.insights(report),
      sections: [ReportSection("Classes, \(split) set", blocks)])
  }

  /// With more classes, the table of confusions cannot be read.
  private static let mostConfused = 40

  private static func overall(_ report: SegmentationReport, _ split: String) -> Insight? {
    let known = report.classes.filter { $0.iou != nil }
      .sorted { ($0.iou ?? 0) > ($1.iou ?? 0) }
    guard let best = known.first, let worst = known.last, let mean = report.meanIoU,
      let accuracy = report.pixelAccuracy
    else { return nil }
    func text(_ row: SegmentationReport.Row) -> String {
      "‘\(Clipped.text(row.name, 40))’ (IoU \(Insight.percent(row.iou ?? 0)))"
    }
    let largest = report.classes.map(\.pixels).max() ?? 0
    let isGood = accuracy > Double(largest) / Double(report.pixels)
    return Insight(
      .overall, isGood ? .good : .warning,
      "The mean IoU over \(Insight.count(report.images, "\(split) image", "\(split) images")) is "
        + "\(Insight.percent(mean)), and \(Insight.percent(accuracy)) of the pixels have the right "
        + "class; easiest is \(text(best)), hardest \(text(worst)).")
  }

  /// Where most wrong pixels go, and classes that are never found.
  private static func insights(_ report: SegmentationReport) -> [Insight] {
    var found: [Insight] = []
    var most: (row: Int, column: Int, count: Int)?
    for (row, counts) in report.confusion.enumerated() {
      for (column, count) in counts.enumerated()
      where row != column && count > (most?.count ?? 0) {
        most = (row, column, count)
      }
    }
    let wrong = report.pixels - report.classes.indices.reduce(0) { $0 + report.confusion[$1][$1] }
    if let most, wrong > 0 {
      let truth = report.classes[most.row]
      found.append(
        Insight(
          Insight.Topic(rawValue: "confusion"), .neutral,
          "Most wrong pixels are ‘\(Clipped.text(truth.name, 40))’ predicted as "
            + "‘\(Clipped.text(report.classes[most.column].name, 40))’: "
            + "\(Insight.percent(Double(most.count) / Double(wrong))) of all wrong pixels and "
            + "\(Insight.percent(Double(most.count) / Double(truth.pixels))) of the pixels of "
            + "that class."))
    }
    let missed = report.classes.filter { $0.pixels > 0 && $0.predicted == 0 }
    if !missed.isEmpty {
      let names = missed.prefix(5).map { "‘\(Clipped.text($0.name, 40))’" }
      let more = missed.count > 5 ? ["\(missed.count - 5) more"] : []
      found.append(
        Insight(
          Insight.Topic(rawValue: "missed"), .warning,
          "No pixel was predicted as \(Insight.joined(names + more)). Rare classes need more "
            + "weight: cross_entropy: {weight: balanced}, or dice beside it."))
    }
    return found
  }

  private static func table(_ report: SegmentationReport) -> ReportTable {
    func text(_ value: Double?) -> String { value.map { Insight.percent($0, 2) } ?? "–" }
    let hasBorders = report.boundaryF1 != nil
    return ReportTable(
      heading: ["Class", "IoU", "Dice", "Precision", "Recall"]
        + (hasBorders ? ["Boundary F1"] : []) + ["Pixels", "Share", "Images", "Predicted"],
      rows: report.classes.map { row in
        [row.name, text(row.iou), text(row.dice), text(row.precision), text(row.recall)]
          + (hasBorders ? [text(row.boundaryF1)] : []) + [
            NumberText.grouped(row.pixels),
            Insight.percent(Double(row.pixels) / Double(report.pixels), 2),
            NumberText.grouped(row.images), NumberText.grouped(row.predicted),
          ]
      }, bars: .init(after: 1, report.classes.map { $0.iou ?? 0 }))
  }

  /// Each row as shares of its class.
  private static func confusion(_ report: SegmentationReport) -> HeatTable {
    let names = report.classes.map(\.name)
    return HeatTable(
      title: "Confusion of classes",
      note:
        "Rows are true classes, columns are predicted classes; shares of the pixels of the true "
        + "class, in percent.",
      heading: names,
      rows: report.confusion.enumerated().map { row, counts in
        let all = report.classes[row].pixels
        return HeatTable.Row(
          name: names[row],
          cells: counts.enumerated().map { column, count in
            let share = all == 0 ? 0 : Double(count) / Double(all)
            return HeatTable.Cell(
              text: all == 0 ? "–" : NumberText.fixed(share * 100, 1),
              tone: row == column ? .good : .warning, depth: share,
              hint: "\(NumberText.grouped(count)) pixels of ‘\(names[row])’ predicted as "
                + "‘\(names[column])’")
          })
      })
  }
}

import ExperimentConfig
import Tasks

extension DetectionTask {
  package static let headlines: [(key: String, label: String)] = [
    ("map_50", "mAP@50"), ("mar_100", "mAR@100"),
  ]

  package static let fit = FitTerms(
    score: "mAP", guessing: "finding nothing", guessingByLoss: "guessing without the image",
    leastSkill: 0.3, gap: .difference(0.1))

  package func report(_ answers: RunAnswers) -> TaskReport {
    guard let (split, predictions) = answers.reported else { return TaskReport() }
    let report = BoxReport(self, predictions)
    if report.boxes == 0 { return TaskReport() }
    var classes: [ReportBlock] = [
      .text(Self.thresholdText(report)), .table(Self.classTable(report)),
    ]
    if report.classes.count <= Self.mostConfused {
      classes.append(.heat(Self.confusion(report)))
    }
    return TaskReport(
      overall: Self.overall(report, split), insights: BoxInsights(report).all,
      guessing: nil,
      sections: [
        ReportSection("Classes, \(split) set", classes),
        ReportSection("Sizes, \(split) set", [.table(Self.sizeTable(report))]),
        ReportSection(
          "Kinds of mistakes, \(split) set",
          [.text(Self.mistakesText), .table(Self.mistakeTable(report))]),
      ])
  }

  /// With more classes, the table of confusions cannot be read.
  private static let mostConfused = 40

  private static func overall(_ report: BoxReport, _ split: String) -> Insight? {
    let known = report.classes.filter { $0.ap != nil }.sorted { ($0.ap ?? 0) > ($1.ap ?? 0) }
    guard let map = report.map, let map50 = report.map50, let best = known.first,
      let worst = known.last
    else { return nil }
    func text(_ row: BoxReport.Row) -> String {
      "‘\(Clipped.text(row.name, 40))’ (AP \(Insight.percent(row.ap ?? 0)))"
    }
    let extremes =
      known.count > 1 ? "; easiest is \(text(best)), hardest \(text(worst))" : ""
    return Insight(
      .overall, map50 >= 0.5 ? .good : .warning,
      "The mAP over \(Insight.count(report.boxes, "box", "boxes")) in "
        + "\(Insight.count(report.images, "\(split) image", "\(split) images")) is "
        + "\(Insight.percent(map)), and mAP@50 is \(Insight.percent(map50))\(extremes).")
  }

  private static func thresholdText(_ report: BoxReport) -> String {
    let least =
      report.scoreThreshold.map {
        "boxes with a score of at least \(NumberText.significant($0, 3)), at which F1 of all classes together is "
          + "highest on these images"
      } ?? "all boxes, because none is right"
    return
      "AP and AR are COCO's and rank boxes of all scores. Found, precision and recall count \(least); a box is "
      + "right at an overlap of 0.5."
  }

  private static func text(_ value: Double?) -> String {
    value.map { Insight.percent($0, 2) } ?? "–"
  }

  private static func classTable(_ report: BoxReport) -> ReportTable {
    ReportTable(
      heading: [
        "Class", "AP", "AP@50", "AP@75", "AR@100", "Boxes", "Images", "Found", "Right", "Recall",
        "Precision",
      ],
      rows: report.classes.map { row in
        [
          row.name, text(row.ap), text(row.ap50), text(row.ap75), text(row.ar),
          NumberText.grouped(row.boxes), NumberText.grouped(row.images),
          NumberText.grouped(row.found), NumberText.grouped(row.right), text(row.recall),
          text(row.precision),
        ]
      }, bars: .init(after: 1, report.classes.map { $0.ap ?? 0 }))
  }

  private static func sizeTable(_ report: BoxReport) -> ReportTable {
    let areas = ["small": "up to 32²", "medium": "32² to 96²", "large": "from 96²"]
    return ReportTable(
      heading: ["Size", "Area in pixels", "mAP", "mAR@100", "Boxes", "Right", "Recall"],
      rows: report.sizes.map { size in
        [
          size.name, areas[size.name] ?? "", text(size.map), text(size.mar),
          NumberText.grouped(size.boxes), NumberText.grouped(size.right),
          size.boxes == 0 ? "–" : text(Double(size.right) / Double(size.boxes)),
        ]
      }, bars: .init(after: 2, report.sizes.map { $0.map ?? 0 }))
  }

  private static let mistakesText =
    "Kinds as TIDE defines them, for boxes with at least the score above; overlaps are intersections over unions. "
    + "Wrong class: on an object of another class (from 0.5). Badly placed: the right class, with an overlap of 0.1 to "
    + "0.5. Duplicate: a further box on an object that is found already. Background: no overlap above 0.1 with any "
    + "object. Wrong class and place: an overlap of 0.1 to 0.5 with objects of other classes only. Missed: objects "
    + "without a box that is right, badly placed or of a wrong class."

  private static func mistakeTable(_ report: BoxReport) -> ReportTable {
    let kinds: [(key: String, name: String)] = [
      ("missed", "missed"), ("wrong_class", "wrong class"), ("badly_placed", "badly placed"),
      ("duplicate", "duplicate"), ("background", "background"),
      ("wrong_class_and_place", "wrong class and place"),
    ]
    let counts = kinds.map { report.mistakes[$0.key] ?? 0 }
    let all = max(1, counts.reduce(0, +))
    return ReportTable(
      heading: ["Mistake", "Count", "Share"],
      rows: zip(kinds, counts).map { kind, count in
        [kind.name, NumberText.grouped(count), Insight.percent(Double(count) / Double(all))]
      },
      bars: .init(
        after: 1, counts.map { Double($0) / Double(counts.max().map { max($0, 1) } ?? 1) }))
  }

  /// Each row as shares of its class.
  private static func confusion(_ report: BoxReport) -> HeatTable {
    let names = report.classes.map(\.name)
    return HeatTable(
      title: "Confusion of classes",
      note:
        "Rows are true classes, columns are classes found at an overlap of 0.5, in percent of the row. The last row is "
        + "of boxes on no object, the last column of missed objects.",
      heading: names + ["missed"],
      rows: report.confusion.enumerated().map { row, counts in
        let all = counts.reduce(0, +)
        let isObject = row < names.count
        return HeatTable.Row(
          name: isObject ? names[row] : "no object",
          cells: counts.enumerated().map { column, count in
            let share = all == 0 ? 0 : Double(count) / Double(all)
            let hint =
              column == names.count
              ? (isObject ? "\(NumberText.grouped(count)) of ‘\(names[row])’ missed" : "")
              : isObject
                ? "\(NumberText.grouped(count)) of ‘\(names[row])’ found as ‘\(names[column])’"
                : "\(NumberText.grouped(count)) boxes of ‘\(names[column])’ on no object"
            let isEmpty = all == 0 || !isObject && column == names.count
            return HeatTable.Cell(
              text: isEmpty ? "–" : NumberText.fixed(share * 100, 1),
              tone: row == column ? .good : .warning, depth: share, hint: hint)
          })
      })
  }
}

import ExperimentConfig
import Tasks

/// Sentences about what is missed and confused.
struct BoxInsights {
  let report: BoxReport

  init(_ report: BoxReport) { self.report = report }

  /// Fewer boxes say little.
  private static let least = 10
  /// How much lower a recall is to be worth a sentence.
  private static let gap = 0.15

  var all: [Insight] {
    [neverFound, bySize, crowded, cutOff, confused, mostFrequent].compactMap(\.self)
  }

  private var recall: Double { Double(report.right) / Double(max(1, report.boxes)) }

  private var neverFound: Insight? {
    let missed = report.classes.filter { $0.boxes > 0 && $0.right == 0 }
    if missed.isEmpty { return nil }
    let names = missed.prefix(5).map { "‘\(Clipped.text($0.name, 40))’" }
    let more = missed.count > 5 ? ["\(missed.count - 5) more"] : []
    return Insight(
      Insight.Topic(rawValue: "never_found"), .warning,
      "No box of \(Insight.joined(names + more)) is found. Rare classes need more images or more epochs."
    )
  }

  private var bySize: Insight? {
    let sizes = report.sizes.filter { $0.boxes >= Self.least }
    func recall(_ size: BoxReport.Size) -> Double { Double(size.right) / Double(size.boxes) }
    guard sizes.count > 1, let worst = sizes.min(by: { recall($0) < recall($1) }),
      let best = sizes.max(by: { recall($0) < recall($1) }),
      recall(best) - recall(worst) >= Self.gap
    else { return nil }
    let advice =
      worst.name == "small" ? " Larger images (resize) make small objects easier to find." : ""
    return Insight(
      Insight.Topic(rawValue: "size"), .warning,
      "\(worst.name.prefix(1).uppercased() + worst.name.dropFirst()) objects are missed most: "
        + "\(Insight.percent(recall(worst))) of \(NumberText.grouped(worst.boxes)) are found, of \(best.name) "
        + "ones \(Insight.percent(recall(best))).\(advice)")
  }

  private func group(_ topic: String, _ group: BoxReport.Group, _ text: String) -> Insight? {
    guard group.boxes >= Self.least, let share = group.recall, recall - share >= Self.gap else {
      return nil
    }
    return Insight(
      Insight.Topic(rawValue: topic), .warning,
      "\(text): \(Insight.percent(share)) of \(NumberText.grouped(group.boxes)) are found, of all boxes "
        + "\(Insight.percent(recall)).")
  }

  private var crowded: Insight? {
    group(
      "crowded", report.crowded,
      "Objects that overlap each other (by 0.3 or more) are often missed")
  }

  private var cutOff: Insight? {
    group("cut_off", report.cutOff, "Objects at the edge of the image are often missed")
  }

  /// The two classes that are confused most.
  private var confused: Insight? {
    let classes = report.classes
    var most: (row: Int, column: Int, count: Int)?
    for row in classes.indices {
      for column in classes.indices
      where row != column && report.confusion[row][column] > (most?.count ?? 0) {
        most = (row, column, report.confusion[row][column])
      }
    }
    guard let most, classes[most.row].boxes > 0 else { return nil }
    return Insight(
      Insight.Topic(rawValue: "confusion"), .neutral,
      "The classes confused most are ‘\(Clipped.text(classes[most.row].name, 40))’, found as "
        + "‘\(Clipped.text(classes[most.column].name, 40))’ "
        + (most.count == 1 ? "once" : "\(NumberText.grouped(most.count)) times")
        + " (\(Insight.count(classes[most.row].boxes, "box", "boxes")) of that class).")
  }

  private var mostFrequent: Insight? {
    let names = [
      "missed": "objects that are missed", "wrong_class": "boxes of a wrong class",
      "badly_placed": "badly placed boxes", "duplicate": "duplicates",
      "background": "boxes on the background",
      "wrong_class_and_place": "boxes of a wrong class and badly placed",
    ]
    let all = report.mistakes.values.reduce(0, +)
    let most = report.mistakes.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let most, all >= Self.least, let name = names[most.key] else { return nil }
    return Insight(
      Insight.Topic(rawValue: "mistakes"), .neutral,
      "Of the \(NumberText.grouped(all)) mistakes, the most frequent are \(name): "
        + "\(Insight.percent(Double(most.value) / Double(all))).")
  }
}

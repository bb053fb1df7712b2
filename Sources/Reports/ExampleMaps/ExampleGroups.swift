import DataSchema
import Diagnostics
import ExperimentConfig
import RunRecord
import Tasks

/// What the points of a map are coloured by: classes, ranges of a number, or whether they have a label.
struct ExampleGroups {
  let names: [String]
  /// The group of each example.
  let members: [Int]
  let kind: ExampleMap.Grouping
  /// The column of the targets that it is about.
  let column: Int

  /// Whether the groups are ranges of a number, which have no borders that neighbours could respect.
  var areRanges: Bool {
    if case .ranges = kind { return true }
    return false
  }

  /// The most ranges.
  private static let ranges = 5

  /// Classes; quantiles of the first target; or one of the labels.
  ///
  /// - Parameter label: the name of a label; `nil` for the most frequent one of those that some examples lack.
  /// - Throws: ``InputError`` if there is no such label.
  init(_ predictions: Predictions, _ task: any Task, label: String? = nil) throws {
    try ExampleMap.check(label, task.target.kind)
    if case .labelSet(let labels) = task.target.kind {
      (names, members, kind, column) = Self.with(label, of: labels, predictions)
      return
    }
    column = 0
    let targets = Self.targets(predictions, 0)
    if task.targetsAreClasses {
      names = task.target.kind.names
      members = targets.map { Int($0) }
      kind = .classes
      return
    }
    let sorted = targets.sorted()
    // The lowest value of each range; equal values stay together.
    var starts: [Float] = []
    for range in 0..<Self.ranges where !sorted.isEmpty {
      let start = sorted[range * sorted.count / Self.ranges]
      if starts.last != start { starts.append(start) }
    }
    members = targets.map { value in (starts.lastIndex { $0 <= value }) ?? 0 }
    names = starts.enumerated().map { place, start in
      let low = NumberText.significant(Double(start), 4)
      if place + 1 < starts.count {
        return "\(low) to below \(NumberText.significant(Double(starts[place + 1]), 4))"
      }
      return "\(low) and more"
    }
    kind = .ranges(of: predictions.layout.targets.first ?? "target")
  }

  private static func targets(_ predictions: Predictions, _ column: Int) -> [Float] {
    (0..<predictions.count).map { row in
      let values = predictions.targets(at: row)
      return column < values.count ? values[values.startIndex + column] : 0
    }
  }

  private static func with(
    _ wanted: String?, of labels: [String], _ predictions: Predictions
  ) -> ([String], [Int], ExampleMap.Grouping, Int) {
    let column: Int
    if let found = wanted.flatMap(labels.firstIndex) {
      column = found
    } else {
      let counts = labels.indices.map { column in
        targets(predictions, column).count { $0 > 0 }
      }
      // One that every example has would leave one colour only.
      let dividing = labels.indices.filter { counts[$0] < predictions.count }
      column =
        (dividing.isEmpty ? Array(labels.indices) : dividing)
        .min { (-counts[$0], $0) < (-counts[$1], $1) } ?? 0
    }
    let name = labels[column]
    return (
      ["with \(name)", "without \(name)"], targets(predictions, column).map { $0 > 0 ? 0 : 1 },
      .label(named: name, chosen: wanted != nil), column
    )
  }
}

extension ExampleMap {
  /// - Parameter label: the name of the label that a map is about; `nil` for the most frequent one.
  /// - Throws: ``InputError`` if there is none of this name.
  package static func check(_ label: String?, _ target: FieldKind) throws(InputError) {
    guard let label else { return }
    guard case .labelSet(let labels) = target else {
      throw InputError(
        "the model predicts \(target); only a map of label sets is about one label",
        hint: "leave out --label")
    }
    guard !labels.contains(label) else { return }
    throw InputError(
      "the model does not predict '\(label)'",
      hint: Suggestion.hint(for: label, among: labels)
        ?? "--label takes one of \(labels.prefix(20).joined(separator: ", "))")
  }
}

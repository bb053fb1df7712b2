import DataSchema
import ExperimentConfig
import Tasks

/// What the points of a map are coloured by: classes, or ranges of a number.
struct ExampleGroups {
  let names: [String]
  /// The group of each example.
  let members: [Int]
  /// The number that the groups are ranges of; `nil` for classes.
  let quantity: String?

  var areClasses: Bool { quantity == nil }

  /// The most ranges.
  private static let ranges = 5

  /// Classes, or quantiles of the first target.
  init(_ predictions: Predictions, _ task: any Task) {
    let targets = (0..<predictions.count).map { predictions.targets(at: $0).first ?? 0 }
    if task.targetsAreClasses {
      names = task.target.kind.names
      members = targets.map { Int($0) }
      quantity = nil
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
    quantity = predictions.layout.targets.first ?? "target"
  }
}

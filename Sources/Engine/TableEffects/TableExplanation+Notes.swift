import ExperimentConfig

extension TableExplanation {
  /// The most pairs of columns that are named.
  private static let mostPairs = 10

  /// What pairs of columns that say much about each other mean for their importances.
  package var associationNotes: [String] {
    associations.prefix(Self.mostPairs).map {
      "'\($0.first)' and '\($0.second)' say much about each other (\($0.measure.rawValue) "
        + "\(NumberText.fixed($0.value, 2)) on \(NumberText.grouped($0.examples)) examples): while one is "
        + "permuted the model still has the other, so both may seem less important than they are together"
    }
      + (associations.count > Self.mostPairs
        ? ["\(associations.count - Self.mostPairs) further pairs of columns are as closely related"]
        : [])
  }
}

import ExperimentConfig
import Files

/// `explanations/explanations.json`: what answers of a run's best weights depend on, if its experiment says
/// `report: {explain: true}`.
package struct RunExplanations: Codable, Sendable, Equatable {
  /// An example with a map of its picture.
  package struct Picture: Codable, Sendable, Equatable {
    /// The picture with its map beside it, a PNG in the run directory.
    package var file: String
    /// The position of the example in its file of the data set.
    package var example: Int
    /// What the model answered, and what would have been right.
    package var lines: [String]
    /// Of the map, as `runner explain --method` names it.
    package var method: String
    /// The class, label or number that is explained.
    package var explained: String
    /// The layer of the map; `nil` if it is about none.
    package var layer: String?

    package init(
      file: String, example: Int, lines: [String], method: String, explained: String,
      layer: String?
    ) {
      (self.file, self.example, self.lines) = (file, example, lines)
      (self.method, self.explained, self.layer) = (method, explained, layer)
    }
  }

  /// The importances of a table's columns: how much worse the primary score becomes if one is permuted.
  package struct Columns: Codable, Sendable, Equatable {
    package struct Column: Codable, Sendable, Equatable {
      package var name: String
      /// The mean over the permutations.
      package var mean: Double
      /// Their standard deviation.
      package var deviation: Double
      /// The ends of the 95% interval of the mean; `nil` if it has none.
      package var interval: [Double]?

      package init(name: String, mean: Double, deviation: Double, interval: [Double]?) {
        (self.name, self.mean, self.deviation) = (name, mean, deviation)
        self.interval = interval
      }
    }

    /// The key of the score.
    package var score: String
    /// Its value with every column as it is.
    package var value: Double
    package var higherIsBetter: Bool
    /// The examples that were used, and how many there were.
    package var examples: Int
    package var available: Int
    package var repeats: Int
    /// The most important first.
    package var columns: [Column]
    /// What to bear in mind about columns that say much about each other.
    package var notes: [String]

    package init(
      score: String, value: Double, higherIsBetter: Bool, examples: Int, available: Int,
      repeats: Int, columns: [Column], notes: [String]
    ) {
      (self.score, self.value, self.higherIsBetter) = (score, value, higherIsBetter)
      (self.examples, self.available, self.repeats) = (examples, available, repeats)
      (self.columns, self.notes) = (columns, notes)
    }

    private enum CodingKeys: String, CodingKey {
      case score, value, examples, available, repeats, columns, notes
      case higherIsBetter = "higher_is_better"
    }
  }

  /// The folder with everything that explains a run.
  package static let folder = "explanations"
  package static let name = "\(folder)/explanations.json"

  /// `validation` or `test`.
  package var split: String
  /// The most notable first; empty for tables, or if there is nothing notable.
  package var pictures: [Picture] = []
  /// `nil` for pictures.
  package var columns: Columns?
  /// What could not be explained, and why.
  package var notes: [String] = []

  package init(split: String) { self.split = split }
}

extension RunExplanations: CheckedRecord {
  package func check() throws(RecordProblem) {
    for (place, picture) in pictures.enumerated()
    where !picture.file.hasPrefix("\(Self.folder)/") || !picture.file.hasSuffix(".png")
      || picture.file.split(separator: "/").contains("..")
    {
      throw RecordProblem(
        "pictures.\(place).file", "expected a PNG in \(Self.folder), found '\(picture.file)'")
    }
    guard let columns else { return }
    try RecordProblem.require("columns.examples", columns.examples, in: 1...(1 << 48))
    try RecordProblem.require(
      "columns.available", columns.available, in: columns.examples...(1 << 48))
    try RecordProblem.require("columns.repeats", columns.repeats, in: 1...1_000_000)
    for (place, column) in columns.columns.enumerated()
    where column.interval.map({ $0.count != 2 }) == true {
      throw RecordProblem("columns.columns.\(place).interval", "expected two numbers")
    }
  }
}

import ExperimentConfig
import Tasks

extension DataRecord {
  /// The examples that a run used for one purpose.
  package struct ExampleSet: Codable, Sendable, Equatable {
    /// `train`, `validation`, `inner validation` or `test`; `training and validation` for a run whose folds or seeds
    /// divide these examples differently.
    package var name: String
    package var examples: Int
    /// Over the classes, labels or numbers of the first target, in their order.
    package var balance: TargetBalance

    package init(name: String, examples: Int, balance: TargetBalance) {
      self.name = name
      self.examples = examples
      self.balance = balance
    }
  }

  /// Files of the data that were left out.
  package struct LeftOut: Codable, Sendable, Equatable {
    package struct File: Codable, Sendable, Equatable {
      /// Relative to the data set.
      package var path: String
      package var reason: String

      package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
      }
    }

    package var count: Int
    /// The first of them.
    package var files: [File]

    /// The number of files that are listed.
    package static let listed = 20

    package init(_ files: [File]) {
      count = files.count
      self.files = Array(files.prefix(Self.listed))
    }
  }

  /// The record of a whole run from those of its folds or seeds, which use the same data.
  ///
  /// - Precondition: `parts` is not empty.
  package static func combined(_ parts: [DataRecord]) -> DataRecord {
    var whole = parts[0]
    if parts.allSatisfy({ $0.warnings != nil }) {
      var seen: Set<String> = []
      whole.warnings = parts.flatMap { $0.warnings ?? [] }.filter { seen.insert($0).inserted }
    }
    let copies = parts.compactMap(\.hasCopies)
    whole.hasCopies = copies.isEmpty ? nil : copies.contains(true)
    if let sets = whole.sets {
      let test = sets.filter { $0.name == "test" }
      let others = sets.filter { $0.name != "test" }
      whole.sets = (merged(others).map { [$0] } ?? []) + test
    }
    return whole
  }

  private static func merged(_ sets: [ExampleSet]) -> ExampleSet? {
    guard let first = sets.first else { return nil }
    return sets.dropFirst().reduce(
      ExampleSet(
        name: "training and validation", examples: first.examples, balance: first.balance)
    ) { whole, set in
      ExampleSet(
        name: whole.name, examples: whole.examples + set.examples,
        balance: whole.balance.merged(with: set.balance))
    }
  }
}

extension RunDirectory {
  /// The contents of `data.json`.
  package func readData() throws -> DataRecord {
    try RecordFile.decode(
      DataRecord.self, from: try bytes(of: DataRecord.name, limit: RecordFile.limit),
      path: file(DataRecord.name))
  }
}

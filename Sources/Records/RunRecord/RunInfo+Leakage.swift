extension RunInfo {
  /// The validation and test examples of a run that its initial weights have already been trained
  /// on, in the run they came from or an earlier one.
  package struct Leakage: Codable, Sendable, Equatable {
    /// The run directories that the weights came through, most recent first.
    package var runs: [String]
    package var sets: [Overlap]
    /// Data missing from the records, which may have been trained on as well; `nil` if they are complete.
    package var unknown: String?

    package init(runs: [String], sets: [Overlap], unknown: String? = nil) {
      self.runs = runs
      self.sets = sets
      self.unknown = unknown
    }
  }

  /// The part of one set of examples that was already trained on.
  package struct Overlap: Codable, Sendable, Equatable {
    /// `validation`, `inner validation` or `test`.
    package var set: String
    /// From 1; `nil` if the set is that of the whole run.
    package var fold: Int?
    package var seed: UInt64?
    /// The number of examples that were trained on.
    package var seen: Int
    package var of: Int

    package init(set: String, fold: Int? = nil, seed: UInt64? = nil, seen: Int, of: Int) {
      self.set = set
      self.fold = fold
      self.seed = seed
      self.seen = seen
      self.of = of
    }
  }
}

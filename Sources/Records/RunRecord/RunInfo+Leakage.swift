extension RunInfo {
  /// Which of a run's validation and test examples its initial weights have been trained on, in the run that
  /// they came from or in an earlier one that that run started from.
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

  /// The part of one set of examples that was trained on before.
  package struct Overlap: Codable, Sendable, Equatable {
    /// `validation`, `inner validation` or `test`.
    package var set: String
    /// From 1; `nil` if the set is that of the whole run.
    package var fold: Int?
    package var seed: UInt64?
    /// Examples that were trained on.
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

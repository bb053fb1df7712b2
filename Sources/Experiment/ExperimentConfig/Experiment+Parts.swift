import Diagnostics

extension Experiment {
  /// The trainings of a run with more than one.
  package enum Parts: Sendable, Equatable {
    /// Cross-validation.
    ///
    /// - Parameters:
    ///   - count: the number of folds over all repeats.
    ///   - inRepeat: the number of folds in one repeat.
    case folds(count: Int, inRepeat: Int)
    /// One training for each seed, in order.
    case seeds([UInt64])

    package var count: Int {
      switch self {
      case .folds(let count, _): count
      case .seeds(let seeds): seeds.count
      }
    }

    /// The word for one part.
    package var word: String {
      switch self {
      case .folds: "fold"
      case .seeds: "seed"
      }
    }

    /// The displayed label of a part: the fold's number or the seed.
    ///
    /// - Parameter number: from 1.
    package func label(_ number: Int) -> String {
      switch self {
      case .folds: "\(number)"
      case .seeds(let seeds): seeds.indices.contains(number - 1) ? "\(seeds[number - 1])" : "–"
      }
    }

    /// The name of a part's directory, such as `fold-2` or `seed-43`.
    package func directory(_ number: Int) -> String { "\(word)-\(label(number))" }
  }

  /// `nil` for a run with a single training.
  package var parts: Parts? {
    if let folds = data.split.folds {
      return .folds(count: folds.count * folds.repeats, inRepeat: folds.count)
    }
    return seedCount > 1 ? .seeds((0..<UInt64(seedCount)).map { seed + $0 }) : nil
  }

  /// Rejects several seeds combined with folds, and seeds that would become too large.
  func validateSeeds(into diagnostics: DiagnosticCollector) {
    guard seedCount > 1 else { return }
    if data.split.folds != nil {
      diagnostics.error(
        "several seeds cannot be combined with folds", at: seedsRange,
        hint: "'repeats' in data.split repeats the folds with different splits")
    }
    if seed > Self.largestSeed - UInt64(seedCount - 1) {
      diagnostics.error(
        "the last seed would be larger than \(Self.largestSeed)", at: seedsRange)
    }
  }

  /// The largest integer that a number in JSON represents exactly.
  package static let largestSeed: UInt64 = 9_007_199_254_740_991
}

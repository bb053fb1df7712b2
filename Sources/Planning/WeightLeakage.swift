import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import RunRecord

extension Plan {
  /// The evaluation examples of the experiment that its initial weights were already trained on.
  ///
  /// - Parameters:
  ///   - weights: the initial weights of the run.
  ///   - dataset: the data set of the run.
  /// - Returns: `nil` if the weights do not come from a run.
  /// - Throws: ``InputError`` if the targets cannot be read, or the examples cannot be split as the
  ///   experiment requires.
  package func leakage(
    of weights: RunInfo.Weights?, on dataset: AcquiredDataset
  ) throws -> RunInfo.Leakage? {
    try weights?.path.flatMap { try leakage(ofWeights: $0, on: dataset) }
  }

  /// The same for the model that is imitated, by the path of its weights.
  package func leakage(
    ofWeights path: String, on dataset: AcquiredDataset
  ) throws -> RunInfo.Leakage? {
    guard let train = dataset.inputs(.train), let test = dataset.inputs(.test) else { return nil }
    do {
      let source = try open(.train, of: dataset)
      let labels = dataset.file(.train, .targets).map { [$0.sha256: source.targets] }
      let history = TrainingHistory(ofWeights: path, among: [train, test], targets: labels ?? [:])
      guard let history else { return nil }
      var sets: [RunInfo.Overlap] = []
      if history.knows(train) {
        for (set, indices) in try held(splitColumns(of: source)) {
          var set = set
          set.of = indices.count
          set.seen = history.overlap(train, indices)
          sets.append(set)
        }
      }
      if history.knows(test) {
        let all = try open(.test, of: dataset).count
        let count = min(all, experiment.data.testLimit ?? all)
        sets.append(
          RunInfo.Overlap(set: "test", seen: history.overlap(test, 0..<count), of: count))
      }
      return RunInfo.Leakage(runs: history.runs, sets: sets, unknown: history.unknown)
    } catch let error as DataError {
      throw InputError("\(error)", at: experiment.data.dataset.origin.range)
    }
  }

  /// The examples on which each training of the experiment is evaluated, apart from the test set.
  private func held(_ columns: SplitColumns) throws -> [(RunInfo.Overlap, [Int])] {
    let data = experiment.data
    if case .seeds(let seeds)? = experiment.parts {
      return try seeds.map { seed in
        let part = try self.allocation(of: columns, seed: seed).part(1)
        return (RunInfo.Overlap(set: "validation", seed: seed, seen: 0, of: 0), part.validation)
      }
    }
    let allocation = try self.allocation(of: columns)
    let areFolds = data.split.folds != nil
    return try (1...allocation.count).flatMap { number in
      let part = try allocation.part(number)
      let fold = areFolds ? number : nil
      var sets = [
        (RunInfo.Overlap(set: "validation", fold: fold, seen: 0, of: 0), part.validation)
      ]
      if let inner = part.inner {
        sets.append((RunInfo.Overlap(set: "inner validation", fold: fold, seen: 0, of: 0), inner))
      }
      return sets
    }
  }

}

extension RunInfo.Leakage {
  /// What an experiment takes from an earlier run.
  package enum Source: Sendable {
    /// Its initial weights.
    case weights
    /// The model that it imitates.
    case teacher

    fileprivate var clause: String {
      switch self {
      case .weights: "which the weights come from"
      case .teacher: "which is the teacher"
      }
    }
  }

  /// The record of a run whose initial weights and teacher were both trained on examples. Of those of a set, at
  /// least as many were seen as the one that saw more of them has seen.
  package static func combined(_ weights: Self?, _ teacher: Self?) -> Self? {
    guard var both = weights, let teacher else { return weights ?? teacher }
    both.runs += teacher.runs.filter { !both.runs.contains($0) }
    for other in teacher.sets {
      let place = both.sets.firstIndex {
        $0.set == other.set && $0.fold == other.fold && $0.seed == other.seed
      }
      if let place {
        both.sets[place].seen = max(both.sets[place].seen, other.seen)
      } else {
        both.sets.append(other)
      }
    }
    both.unknown = both.unknown ?? teacher.unknown
    return both
  }

  /// The part of the record that concerns one fold or seed.
  package func part(fold: Int? = nil, seed: UInt64? = nil) -> Self {
    var part = self
    part.sets = sets.filter {
      ($0.fold == nil || $0.fold == fold) && ($0.seed == nil || $0.seed == seed)
    }
    return part
  }

  /// A warning for the user; `nil` if no example is known to be affected.
  ///
  /// - Parameter source: what comes from ``runs``.
  package func warning(_ source: Source) -> String? {
    var texts: [String] = []
    for set in ["validation", "inner validation", "test"] {
      let overlaps = sets.filter { $0.set == set }
      let seen = overlaps.reduce(0) { $0 + $1.seen }
      if seen == 0 { continue }
      let all = overlaps.reduce(0) { $0 + $1.of }
      let parts = overlaps.count > 1 ? Self.parts(overlaps) : ""
      texts.append(
        "\(NumberText.grouped(seen)) of \(NumberText.grouped(all)) \(set) examples\(parts)")
    }
    guard let last = runs.first, !texts.isEmpty else { return nil }
    let more =
      switch runs.count {
      case 1: ""
      case 2: ", or of the run that this one started from"
      default: ", or of the \(runs.count - 1) runs before it"
      }
    return texts.joined(separator: " and ")
      + " were in the training set of '\(Self.name(last))', \(source.clause)\(more): "
      + "the scores on them are too optimistic"
  }

  /// The range of the overlaps of several folds or seeds.
  private static func parts(_ overlaps: [RunInfo.Overlap]) -> String {
    let word = overlaps[0].seed == nil ? "fold" : "seed"
    let shares = overlaps.map { Double($0.seen) / Double(max($0.of, 1)) }
    let ends = [shares.min() ?? 0, shares.max() ?? 0].map { NumberText.fixed($0 * 100, 1) }
    let range = ends[0] == ends[1] ? "\(ends[0])%" : "\(ends[0]) to \(ends[1])%"
    return " (\(overlaps.count) \(word)s, \(range) of each)"
  }

  private static func name(_ run: String) -> String {
    let words = run.split(separator: "/").map(String.init)
    guard let last = words.last else { return run }
    return RunParts.kind(last) != nil && words.count > 1
      ? "\(words[words.count - 2])/\(last)" : last
  }
}

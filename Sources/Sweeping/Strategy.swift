/// How a sweep explores its search space.
package struct Strategy: Sendable, Equatable, Codable {
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case grid, random, tpe, halving, asha

    /// Whether trials may be stopped early.
    package var stopsEarly: Bool { self == .halving || self == .asha }

    /// Whether results decide what is tried next.
    package var isAdaptive: Bool { self != .grid && self != .random }
  }

  package var kind: Kind
  package var maxTrials: Int
  package var seed: UInt64
  /// The number of epochs before the first comparison.
  package var minEpochs: Int
  /// One in this many trials continues at each comparison.
  package var reduction: Int

  package init(
    kind: Kind, maxTrials: Int, seed: UInt64 = 0, minEpochs: Int = 1, reduction: Int = 3
  ) {
    self.kind = kind
    self.maxTrials = maxTrials
    self.seed = seed
    self.minEpochs = minEpochs
    self.reduction = reduction
  }

  /// The next step of a sweep.
  package enum Step: Sendable, Equatable {
    case run(TrialTask)
    /// Choose values for another trial.
    case propose
    /// Wait until a running trial ends.
    case wait
    case done
  }

  /// The values of trial `number`, which differ from those of all existing trials; `nil` if the
  /// space is exhausted.
  package func propose(
    _ number: Int, in space: SearchSpace, after trials: [TrialSnapshot]
  )
    -> [String]?
  {
    let taken = Set(trials.map(\.values))
    if let size = space.size, taken.count >= size { return nil }
    if kind == .grid || (kind.stopsEarly && (space.size ?? .max) <= maxTrials) {
      return (0..<(space.size ?? 0)).lazy.map(space.combination).first { !taken.contains($0) }
    }
    let known = trials.filter { $0.number < number }.compactMap { trial in
      switch trial.state {
      case .finished:
        trial.cost.map { TreeParzenSearch.Observation(values: trial.values, cost: $0) }
      case .failed: TreeParzenSearch.Observation(values: trial.values, cost: .infinity)
      default: nil
      }
    }
    for attempt in 0..<1000 {
      let values =
        kind == .tpe
        ? TreeParzenSearch.propose(
          space, seed: seed, trial: number, attempt: attempt, given: known)
        : RandomSearch.draw(space, seed: seed, trial: number, attempt: attempt)
      if !taken.contains(values) { return values }
    }
    // The remaining combinations of a small space are drawn too rarely, so take the first of them.
    return (0..<min(space.size ?? 0, 1_000_000)).lazy.map(space.combination)
      .first { !taken.contains($0) }
  }

  /// The epochs at which trials are compared, all below `epochs`.
  package func rungs(of epochs: Int) -> [Int] {
    guard kind.stopsEarly else { return [] }
    var rungs: [Int] = []
    var epoch = minEpochs
    while epoch < epochs {
      rungs.append(epoch)
      epoch *= reduction
    }
    return rungs
  }

  /// The fraction of epochs that is trained, compared with training every trial to its end.
  package func share(of epochs: Int) -> Double {
    var count = maxTrials
    var (trained, before) = (0, 0)
    for rung in rungs(of: epochs) {
      trained += count * (rung - before)
      count = (count + reduction - 1) / reduction
      before = rung
    }
    trained += count * (epochs - before)
    return Double(trained) / Double(max(maxTrials * epochs, 1))
  }

  /// Decides the next step from the known results only, so that a sweep that was killed decides the
  /// same again.
  ///
  /// - Parameters:
  ///   - isExhausted: whether no further values can be proposed.
  ///   - epochs: the number of epochs of a complete trial.
  ///   - oneByOne: whether one trial runs at a time; ASHA then compares whole rungs, like halving,
  ///     so that it is reproducible.
  package func next(
    _ trials: [TrialSnapshot], running: Set<Int>, isExhausted: Bool, epochs: Int, oneByOne: Bool
  ) -> Step {
    let canPropose = trials.count < maxTrials && !isExhausted
    let free = trials.filter { !running.contains($0.number) && $0.state != .failed }
    switch kind {
    case .grid, .random, .tpe:
      if let trial = free.first(where: { $0.state != .finished }) {
        return .run(TrialTask(number: trial.number))
      }
      return canPropose ? .propose : running.isEmpty ? .done : .wait
    case .asha where !oneByOne:
      return asynchronous(trials, free, running, canPropose, rungs(of: epochs))
    case .halving, .asha:
      if canPropose { return .propose }
      return synchronous(trials, running, rungs(of: epochs))
    }
  }

  /// Successive halving: all trials have to reach a rung before the best continue to the next.
  private func synchronous(
    _ trials: [TrialSnapshot], _ running: Set<Int>, _ rungs: [Int]
  ) -> Step {
    var cohort = trials.filter { $0.state != .failed }
    for rung in rungs {
      let behind = cohort.filter { !$0.hasReached(rung) }
      if let trial = behind.first(where: { !running.contains($0.number) }) {
        return .run(TrialTask(number: trial.number, untilEpoch: rung))
      }
      if !behind.isEmpty { return .wait }
      cohort = cohort.filter { $0.isComparable(at: rung) }
      let count = (cohort.count + reduction - 1) / reduction
      let best = Set(ranked(cohort, at: rung).prefix(count).map(\.number))
      cohort = cohort.filter { best.contains($0.number) }
    }
    if let trial = cohort.first(where: {
      $0.state != .finished && !running.contains($0.number)
    }) {
      return .run(TrialTask(number: trial.number))
    }
    return running.isEmpty ? .done : .wait
  }

  /// ASHA: a trial among the best of a rung continues at once.
  ///
  /// Source: Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020.
  private func asynchronous(
    _ trials: [TrialSnapshot], _ free: [TrialSnapshot], _ running: Set<Int>, _ canPropose: Bool,
    _ rungs: [Int]
  ) -> Step {
    let alive = trials.filter { $0.state != .failed }
    func goal(after level: Int) -> Int? { level + 1 < rungs.count ? rungs[level + 1] : nil }
    func hasGone(_ trial: TrialSnapshot, beyond level: Int) -> Bool {
      goal(after: level).map(trial.hasReached) ?? (trial.state == .finished)
    }
    for level in rungs.indices.reversed() {
      let there = alive.filter {
        $0.hasReached(rungs[level]) && $0.isComparable(at: rungs[level])
      }
      let best = ranked(there, at: rungs[level]).prefix(there.count / reduction)
      if let trial = best.first(where: {
        !running.contains($0.number) && !hasGone($0, beyond: level)
      }) {
        return .run(TrialTask(number: trial.number, untilEpoch: goal(after: level)))
      }
    }
    let first = rungs.first
    if let trial = free.first(where: {
      $0.state != .finished && !(first.map($0.hasReached) ?? false)
    }) {
      return .run(TrialTask(number: trial.number, untilEpoch: first))
    }
    if canPropose { return .propose }
    if !running.isEmpty { return .wait }
    // A few trials do not fill a rung; the best of them is still trained to its end.
    guard !alive.contains(where: { $0.state == .finished }),
      let furthest = alive.filter({ $0.isComparable(at: $0.costs.count) }).map(\.costs.count).max(),
      let best = ranked(alive.filter { $0.costs.count == furthest }, at: furthest).first
    else { return .done }
    return .run(TrialTask(number: best.number))
  }

  private func ranked(_ trials: [TrialSnapshot], at epoch: Int) -> [TrialSnapshot] {
    trials.sorted { ($0.cost(at: epoch), $0.number) < ($1.cost(at: epoch), $1.number) }
  }
}

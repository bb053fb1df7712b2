import RunRecord
import WorkerProtocol

/// Folds or seeds that are trained at the same time: how far each is, and the epoch of each that is used.
struct ParallelParts {
  /// How many there are to train.
  let count: Int
  private(set) var finished = 0
  /// The finished share of each part that has begun.
  var shares: [Int: Double] = [:]
  private var used: [Int: (record: EpochRecord, timing: EpochTiming)] = [:]
  private var seconds: [Int: (train: Double, evaluation: Double)] = [:]
  private let start = ContinuousClock.now

  init(count: Int) { self.count = count }

  /// The finished share of all.
  var share: Double { shares.values.reduce(0, +) / Double(max(count, 1)) }

  /// The estimated seconds until all have finished; `nil` if unknown.
  var left: Double? {
    let share = share
    guard share > 0 else { return nil }
    let elapsed = start.duration(to: .now).components
    let passed = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    return passed / share * (1 - share)
  }

  mutating func add(
    _ record: EpochRecord, _ timing: EpochTiming, of part: Int, isUsed: Bool
  ) {
    seconds[part, default: (0, 0)].train += timing.trainSeconds
    seconds[part, default: (0, 0)].evaluation += timing.evaluationSeconds
    if isUsed || used[part] == nil { used[part] = (record, timing) }
  }

  /// Ends a part.
  ///
  /// - Returns: the epoch that is used, with the time of all of them; `nil` if it had none.
  mutating func end(_ part: Int) -> (record: EpochRecord, timing: EpochTiming)? {
    finished += 1
    shares[part] = 1
    guard var epoch = used.removeValue(forKey: part), let all = seconds[part] else { return nil }
    epoch.timing.trainSeconds = all.train
    epoch.timing.evaluationSeconds = all.evaluation
    return epoch
  }
}

import Glibc
import Randomness
import Sweeping

/// A sweep without trials: the strategy decides as it would, formulas stand for training.
struct SyntheticSearch {
  let space: SearchSpace
  let strategy: Strategy
  var epochs = 1
  var jobs = 1
  /// The cost of values after an epoch.
  let cost: (_ values: [String], _ epoch: Int) -> Double

  /// - Returns: the cost of the best finished trial, and the epochs that all of them took.
  func run() -> (best: Double, epochs: Int, trials: [TrialSnapshot]) {
    var trials: [TrialSnapshot] = []
    var running: [TrialTask] = []
    var isExhausted = false
    var spent = 0
    while true {
      let step = strategy.next(
        trials, running: Set(running.map(\.number)), isExhausted: isExhausted, epochs: epochs,
        oneByOne: jobs == 1)
      switch step {
      case .propose:
        let number = trials.count + 1
        if let values = strategy.propose(number, in: space, after: trials) {
          trials.append(TrialSnapshot(number: number, values: values))
        } else {
          isExhausted = true
        }
        continue
      case .run(let task):
        running.append(task)
        if running.count < jobs { continue }
      case .wait: break
      case .done where running.isEmpty:
        let best = trials.compactMap(\.cost).min() ?? .infinity
        return (best, spent, trials)
      case .done: break
      }
      let task = running.removeFirst()
      let index = task.number - 1
      let goal = task.untilEpoch ?? epochs
      for epoch in (trials[index].costs.count + 1)...max(goal, trials[index].costs.count + 1)
      where epoch <= goal {
        let value = cost(trials[index].values, epoch)
        trials[index].costs.append(min(value, trials[index].costs.last ?? .infinity))
        spent += 1
      }
      trials[index].state = goal == epochs ? .finished : .begun
      if goal == epochs { trials[index].cost = trials[index].costs.last }
    }
  }
}

extension SearchSpace {
  /// Learning rate, width, dropout and optimizer, as a small network has them.
  static let network = SearchSpace([
    .init(keys: [.init(written: "lr", path: "lr")], domain: .logUniform(1e-5, 1)),
    .init(
      keys: [.init(written: "width", path: "width", isInteger: true)],
      domain: .logUniform(8, 1024)),
    .init(keys: [.init(written: "p", path: "p")], domain: .uniform(0, 0.9)),
    .init(
      keys: [.init(written: "optimizer", path: "optimizer", isComponent: true)],
      domain: .values([["adam"], ["sgd"], ["rmsprop"]])),
  ])

  static func list(_ name: String, _ values: [String]) -> Dimension {
    Dimension(
      keys: [Key(written: name, path: name)], domain: .values(values.map { [$0] }))
  }
}

/// What a network would lose; the best place is different with every seed.
struct SyntheticNetwork {
  let seed: UInt64

  func loss(_ values: [String]) -> Double {
    let draws = RandomStream(seed: seed, purpose: .sweep, unit: 99)
    func number(_ index: Int) -> Double { Double(values[index]) ?? 0 }
    let best = values[3] == "adam" ? -3.0 : values[3] == "sgd" ? -1.5 : -3.5
    let rate = log10(number(0)) - best - draws.uniform64(0) + 0.5
    let width = log(number(1)) / log(2) - 6 - 3 * draws.uniform64(1)
    let dropout = number(2) - 0.5 * draws.uniform64(2)
    let penalty = [0.0, 0.15, 0.05][values[3] == "adam" ? 0 : values[3] == "sgd" ? 1 : 2]
    return 0.1 + 0.25 * rate * rate + 0.03 * width * width + dropout * dropout + penalty
  }
}

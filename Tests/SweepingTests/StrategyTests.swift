import Glibc
import Sweeping
import Testing

@Suite struct StrategyTests {
  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
  }

  @Test func gridTakesEveryCombinationOnce() {
    let space = SearchSpace([
      SearchSpace.list("a", ["1", "2", "3"]), SearchSpace.list("b", ["x", "y"]),
    ])
    let search = SyntheticSearch(
      space: space, strategy: Strategy(kind: .grid, maxTrials: 6), cost: { _, _ in 1 })
    #expect(
      search.run().trials.map { $0.values.joined() } == ["1x", "1y", "2x", "2y", "3x", "3y"])
  }

  @Test func drawsAreAFunctionOfSeedAndTrial() {
    func draw(_ seed: UInt64, _ trial: Int) -> [String] {
      RandomSearch.draw(.network, seed: seed, trial: trial)
    }
    #expect(draw(1, 7) == draw(1, 7))
    #expect(draw(1, 7) != draw(1, 8))
    #expect(draw(1, 7) != draw(2, 7))
    let all = (1...500).map { draw(3, $0) }
    #expect(all.allSatisfy { (1e-5...1).contains(Double($0[0]) ?? 0) })
    #expect(all.allSatisfy { (8...1024).contains(Int($0[1]) ?? 0) })
    // Half of the draws lie below the middle of the logarithmic scale.
    let low = all.count { (Double($0[0]) ?? 0) < 3.16e-3 }
    #expect((200...300).contains(low))
    for name in ["adam", "sgd", "rmsprop"] {
      #expect((120...220).contains(all.count { $0[3] == name }))
    }
  }

  @Test func aSmallSpaceIsTriedWholeAndNoValueTwice() {
    let space = SearchSpace([SearchSpace.list("a", (1...9).map(String.init))])
    for kind in [Strategy.Kind.random, .tpe] {
      let search = SyntheticSearch(
        space: space, strategy: Strategy(kind: kind, maxTrials: 40),
        cost: { values, _ in Double(values[0]) ?? 0 })
      let trials = search.run().trials
      #expect(trials.count == 9)
      #expect(Set(trials.map(\.values)).count == 9)
    }
  }

  @Test func treeParzenIsBetterThanRandom() {
    func best(_ kind: Strategy.Kind, _ seed: UInt64) -> Double {
      let network = SyntheticNetwork(seed: seed)
      return SyntheticSearch(
        space: .network, strategy: Strategy(kind: kind, maxTrials: 40, seed: seed),
        cost: { values, _ in network.loss(values) }
      ).run().best
    }
    let random = (0..<50).map { best(.random, UInt64($0)) }
    let parzen = (0..<50).map { best(.tpe, UInt64($0)) }
    let wins = zip(random, parzen).count { $0 > $1 }
    print("median of random \(Self.median(random)), of TPE \(Self.median(parzen)), wins \(wins)")
    #expect(Self.median(parzen) < Self.median(random))
    #expect(wins > 30)
    // Run one after another it is repeatable.
    #expect(best(.tpe, 3) == parzen[3])
  }

  /// Losses that fall at a speed of their own, so that the order changes on the way.
  private static func curve(_ values: [String], _ epoch: Int, seed: UInt64) -> Double {
    let final = SyntheticNetwork(seed: seed).loss(values)
    let speed = 2 + 4 * (Double(values[2]) ?? 0)
    return final + 2 * exp(-Double(epoch) / speed)
  }

  private static let grid = SearchSpace([
    SearchSpace.list("lr", ["1e-4", "3e-4", "1e-3", "3e-3", "1e-2", "3e-2"]),
    SearchSpace.list("width", ["32", "128", "512"]),
    SearchSpace.list("p", ["0", "0.25", "0.5"]),
    SearchSpace.list("optimizer", ["adam", "sgd"]),
  ])

  @Test(arguments: [(Strategy.Kind.halving, 1), (.asha, 1), (.asha, 4)])
  func halvingFindsTheGridsBestAtAThirdOfItsEpochs(_ kind: Strategy.Kind, _ jobs: Int) {
    var shares: [Double] = []
    var gaps: [Double] = []
    for seed in UInt64(0)..<20 {
      func search(_ kind: Strategy.Kind) -> SyntheticSearch {
        SyntheticSearch(
          space: Self.grid,
          strategy: Strategy(kind: kind, maxTrials: 108, minEpochs: 3, reduction: 3),
          epochs: 27, jobs: jobs, cost: { Self.curve($0, $1, seed: seed) })
      }
      let whole = search(.grid).run()
      let strategy = search(kind).strategy
      let early = search(kind).run()
      #expect(whole.epochs == 108 * 27)
      shares.append(Double(early.epochs) / Double(whole.epochs))
      // What is said before the start; without whole rungs more is trained.
      let said = strategy.share(of: 27)
      #expect(jobs == 1 ? shares.last == said : said < 1.0 / 3)
      gaps.append(early.best / whole.best - 1)
    }
    print("\(kind), \(jobs) jobs: share \(shares.max() ?? 1), gap \(gaps.max() ?? 1)")
    // Several at once go on with some that whole rungs would have left behind.
    #expect(shares.allSatisfy { $0 <= (jobs == 1 ? 1.0 / 3 : 0.5) })
    #expect(gaps.allSatisfy { $0 <= 0.01 })
  }

  @Test func halvingIsBetterThanRandomAtTheSamePrice() {
    var early: [Double] = []
    var random: [Double] = []
    for seed in UInt64(0)..<50 {
      let cost = { Self.curve($0, $1, seed: seed) }
      let halving = SyntheticSearch(
        space: .network,
        strategy: Strategy(kind: .asha, maxTrials: 40, seed: seed, minEpochs: 3), epochs: 27,
        cost: cost
      ).run()
      early.append(halving.best)
      let trials = halving.epochs / 27
      random.append(
        SyntheticSearch(
          space: .network, strategy: Strategy(kind: .random, maxTrials: trials, seed: seed),
          epochs: 27, cost: cost
        ).run().best)
    }
    print("median of ASHA \(Self.median(early)), of random \(Self.median(random))")
    #expect(Self.median(early) < Self.median(random))
  }

  @Test func whatIsDecidedFollowsFromWhatIsKnown() {
    let strategy = Strategy(kind: .halving, maxTrials: 4, minEpochs: 1, reduction: 2)
    #expect(strategy.rungs(of: 8) == [1, 2, 4])
    var trials = (1...4).map { TrialSnapshot(number: $0, values: ["\($0)"]) }
    func next(_ running: Set<Int> = []) -> Strategy.Step {
      strategy.next(trials, running: running, isExhausted: true, epochs: 8, oneByOne: true)
    }
    #expect(next() == .run(TrialTask(number: 1, untilEpoch: 1)))
    for index in trials.indices {
      trials[index].state = .begun
      trials[index].costs = [Double(4 - index)]
    }
    // The two best go on, in the order of their numbers.
    #expect(next() == .run(TrialTask(number: 3, untilEpoch: 2)))
    #expect(next([3]) == .run(TrialTask(number: 4, untilEpoch: 2)))
    #expect(next([3, 4]) == .wait)
    // A failed trial does not hold the others up.
    trials[3].state = .failed
    trials[2].costs = [2, 1]
    trials[1].costs = [3, 3]
    #expect(next() == .run(TrialTask(number: 3, untilEpoch: 4)))
  }

  @Test func failedTrialsTeachTheSearch() {
    let space = SearchSpace([
      .init(keys: [.init(written: "x", path: "x")], domain: .uniform(0, 1))
    ])
    let known = (0..<20).map { index in
      TrialSnapshot(
        number: index + 1, values: ["\(Double(index) / 20)"],
        state: index < 14 ? .failed : .finished, cost: index < 14 ? nil : 1)
    }
    let strategy = Strategy(kind: .tpe, maxTrials: 100)
    let proposals = (21...60).compactMap { strategy.propose($0, in: space, after: known)?[0] }
    let above = proposals.compactMap(Double.init).count { $0 > 0.65 }
    #expect(above > 30)
  }
}

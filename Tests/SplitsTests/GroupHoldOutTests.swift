import Randomness
import Splits
import Testing

struct GroupHoldOutTests {
  private struct Case {
    let labels: [Int32]
    let groups: [Int]
  }

  /// Examples whose groups differ in size and lean to different classes.
  private func draw(_ seed: UInt64) -> Case {
    let stream = RandomStream(seed: seed, purpose: .bootstrap)
    var (labels, groups): ([Int32], [Int]) = ([], [])
    for group in 0..<40 {
      let favourite = stream.integer(below: 4, at: 10_000 + group)
      for _ in 0..<(1 + stream.integer(below: 12, at: 20_000 + group)) {
        let draw = stream.integer(below: 10, at: labels.count)
        labels.append(Int32(draw < 4 ? draw : favourite))
        groups.append(group)
      }
    }
    return Case(labels: labels, groups: groups)
  }

  private func expectSound(
    _ sides: (train: [Int], validation: [Int]), _ groups: [Int]
  ) {
    #expect((sides.train + sides.validation).sorted() == Array(groups.indices))
    #expect(sides.train == sides.train.sorted() && sides.validation == sides.validation.sorted())
    #expect(!sides.train.isEmpty && !sides.validation.isEmpty)
    #expect(
      Set(sides.train.map { groups[$0] }).isDisjoint(with: sides.validation.map { groups[$0] }))
  }

  /// How far the shares of the classes that are held out are from `fraction`, the worst of them.
  private func imbalance(_ held: [Int], _ labels: [Int32], _ fraction: Double) -> Double {
    Set(labels).map { label in
      let all = labels.count { $0 == label }
      let own = held.count { labels[$0] == label }
      return abs(Double(own) / Double(all) - fraction)
    }.max() ?? 0
  }

  @Test func strataComeOutMoreEvenThanWithoutThem() throws {
    var (plain, stratified) = (0.0, 0.0)
    for seed in UInt64(1)...30 {
      let data = draw(seed)
      for fraction in [0.1, 0.2, 0.35] {
        let drawn = try GroupHoldOut.plain(groups: data.groups, fraction: fraction, seed: seed)
        let even = try GroupHoldOut.stratified(
          labels: data.labels, groups: data.groups, fraction: fraction, seed: seed)
        expectSound(drawn, data.groups)
        expectSound(even, data.groups)
        #expect(drawn.validation.count >= Int((fraction * Double(data.groups.count)).rounded(.up)))
        // Within the largest group of the fraction asked for.
        #expect(
          abs(Double(even.validation.count) - fraction * Double(data.groups.count)) <= 12)
        let own = imbalance(even.validation, data.labels, fraction)
        #expect(own < 0.12)
        plain += imbalance(drawn.validation, data.labels, fraction)
        stratified += own
      }
    }
    #expect(stratified < 0.4 * plain)
  }

  /// With equal sides it is scikit-learn's `StratifiedGroupKFold` of two folds, whose goldens
  /// `KFoldSplitTests` has.
  @Test func aHalfIsTheSecondOfTwoFolds() throws {
    var compared = 0
    for golden in try KFoldSplitTests.goldens("stratified_grouped") {
      let (labels, groups) = (golden.labelNumbers, golden.groupNumbers)
      guard Set(groups).count > 3 else { continue }
      // Only where no two groups are equally uneven does the order that is drawn not matter.
      let classes = Set(labels)
      let unevenness = Set(groups).map { group in
        let counts = classes.map { label in
          zip(labels, groups).count { $0.0 == label && $0.1 == group }
        }
        let sum = counts.reduce(0, +)
        return classes.count * counts.reduce(0) { $0 + $1 * $1 } - sum * sum
      }
      guard Set(unevenness).count == unevenness.count else { continue }
      let folds = try KFoldSplit.stratifiedGrouped(
        labels: labels, groups: groups, folds: 2, shuffle: false, seed: 1)
      let half = try GroupHoldOut.stratified(
        labels: labels, groups: groups, fraction: 0.5, seed: 9)
      #expect(half.validation == folds[1].validationIndices)
      compared += 1
    }
    #expect(compared >= 5)
  }

  @Test func theSeedAndTheFoldDecide() throws {
    let groups = (0..<200).map { $0 / 5 }
    let labels = (0..<200).map { Int32($0 % 2) }
    func held(_ seed: UInt64, _ fold: Int) throws -> [[Int]] {
      [
        try GroupHoldOut.plain(groups: groups, fraction: 0.2, seed: seed, fold: fold).validation,
        try GroupHoldOut.stratified(
          labels: labels, groups: groups, fraction: 0.2, seed: seed, fold: fold
        ).validation,
      ]
    }
    let all = [try held(1, 0), try held(2, 0), try held(1, 1)]
    for kind in 0..<2 { #expect(Set(all.map { $0[kind] }).count == 3) }
    #expect(try held(1, 0) == all[0])
    #expect(all[0].map(\.count) == [40, 40])
  }

  @Test func theInnerHoldOutDividesTheTrainingExamplesOfAFold() throws {
    let data = draw(5)
    for fold in try KFoldSplit.grouped(groups: data.groups, folds: 4, seed: 3) {
      let plain = try fold.innerHoldOut(groups: data.groups, fraction: 0.2, seed: 3)
      let even = try fold.innerHoldOut(
        groups: data.groups, strata: data.labels, fraction: 0.2, seed: 3)
      for inner in [plain, even] {
        #expect((inner.train + inner.validation).sorted() == fold.trainIndices)
        #expect(
          Set(inner.train.map { data.groups[$0] })
            .isDisjoint(with: inner.validation.map { data.groups[$0] }))
      }
      #expect(plain.validation != even.validation)
    }
  }

  /// What earlier versions held out within a fold is held out still.
  @Test func drawsAreFixed() throws {
    let groups = (0..<120).map { "g\($0 / 12)" }
    let held = try GroupHoldOut.plain(groups: groups, fraction: 0.25, seed: 3, fold: 2).validation
    #expect(Set(held.map { groups[$0] }) == ["g2", "g4", "g6"])
  }

  @Test func refusals() {
    #expect(
      throws: SamplingError(
        reason: "holding out 0.5 of the examples by whole groups leaves none of the 1 group for"
          + " training")
    ) { try GroupHoldOut.plain(groups: [1, 1, 1], fraction: 0.5, seed: 1) }
    #expect(throws: SamplingError.self) {
      try GroupHoldOut.stratified(labels: [1, 1], groups: [1, 1], fraction: 0.5, seed: 1)
    }
    #expect(
      throws: SamplingError(reason: "there are 2 labels, but the groups of 3 examples")
    ) { try GroupHoldOut.stratified(labels: [1, 1], groups: [1, 1, 2], fraction: 0.5, seed: 1) }
    for fraction in [0, 1, .nan] as [Double] {
      #expect(throws: SamplingError.self) {
        try GroupHoldOut.plain(groups: [1, 2], fraction: fraction, seed: 1)
      }
      #expect(throws: SamplingError.self) {
        try GroupHoldOut.stratified(labels: [1, 2], groups: [1, 2], fraction: fraction, seed: 1)
      }
    }
    #expect(throws: SamplingError.self) {
      try GroupHoldOut.plain(groups: [Int](), fraction: 0.5, seed: 1)
    }
  }
}

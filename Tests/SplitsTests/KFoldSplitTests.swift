import Foundation
import Splits
import Testing

struct KFoldSplitTests {
  /// What scikit-learn does; `Tests/Fixtures/split/make_kfold.py` wrote it.
  struct Golden: Decodable, Sendable {
    let k: Int
    let labels: String?
    let groups: String?
    let folds: String
    let plain: [Int]?

    var labelNumbers: [Int32] { Self.numbers(labels ?? "").map(Int32.init) }
    var groupNumbers: [Int] { Self.numbers(groups ?? "") }
    var foldNumbers: [Int] { Self.numbers(folds) }

    private static func numbers(_ text: String) -> [Int] {
      text.map { Int(String($0), radix: 36) ?? -1 }
    }
  }

  static func goldens(_ name: String) throws -> [Golden] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/split/\(name).json")
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }

  /// In which fold, from 0, each example of the first repeat is held out.
  static func held(_ folds: [Fold], count: Int) -> [Int] {
    var result = [Int](repeating: -1, count: count)
    for fold in folds where fold.repeat == 1 {
      for index in fold.validationIndices { result[index] = fold.number - 1 }
    }
    return result
  }

  /// `[class][fold]`
  static func table(_ folds: [Fold], _ labels: [Int32]) -> [Int32: [Int]] {
    var result: [Int32: [Int]] = [:]
    for (place, fold) in folds.enumerated() {
      for index in fold.validationIndices {
        result[labels[index], default: [Int](repeating: 0, count: folds.count)][place] += 1
      }
    }
    return result
  }

  static func expectSound(_ folds: [Fold], count: Int, k: Int, repeats: Int = 1) {
    #expect(folds.map(\.number) == Array(1...(k * repeats)))
    for turn in 1...repeats {
      let own = folds.filter { $0.repeat == turn }
      #expect(own.count == k)
      #expect(own.flatMap(\.validationIndices).sorted() == Array(0..<count))
      for fold in own {
        #expect(!fold.validationIndices.isEmpty)
        #expect(fold.validationIndices == fold.validationIndices.sorted())
        #expect(fold.trainIndices == fold.trainIndices.sorted())
        #expect((fold.trainIndices + fold.validationIndices).sorted() == Array(0..<count))
      }
    }
  }

  @Test func agreesWithScikitLearnOnClasses() throws {
    let goldens = try Self.goldens("kfold")
    #expect(goldens.count == 500)
    for golden in goldens {
      let labels = golden.labelNumbers
      let inOrder = try KFoldSplit.stratified(
        labels: labels, folds: golden.k, shuffle: false, seed: 1)
      #expect(Self.held(inOrder, count: labels.count) == golden.foldNumbers)
      let drawn = try KFoldSplit.stratified(labels: labels, folds: golden.k, seed: 1)
      let table = Self.table(drawn, labels)
      #expect(table == Self.table(inOrder, labels))
      for counts in Array(table.values) + [drawn.map(\.validationIndices.count)] {
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
      }
      Self.expectSound(drawn, count: labels.count, k: golden.k)
      for shuffle in [false, true] {
        let plain = try KFoldSplit.plain(
          count: labels.count, folds: golden.k, shuffle: shuffle, seed: 1)
        #expect(plain.map(\.validationIndices.count) == golden.plain)
        Self.expectSound(plain, count: labels.count, k: golden.k)
        if !shuffle { #expect(plain.flatMap(\.validationIndices) == Array(labels.indices)) }
      }
    }
  }

  @Test func agreesWithScikitLearnOnGroups() throws {
    let goldens = try Self.goldens("grouped")
    #expect(goldens.count == 200)
    for golden in goldens {
      let groups = golden.groupNumbers
      let folds = try KFoldSplit.grouped(groups: groups, folds: golden.k, shuffle: false, seed: 1)
      #expect(Self.held(folds, count: groups.count) == golden.foldNumbers)
      let drawn = try KFoldSplit.grouped(groups: groups, folds: golden.k, seed: 1)
      Self.expectSound(drawn, count: groups.count, k: golden.k)
      let names = drawn.map { Set($0.validationIndices.map { groups[$0] }) }
      #expect(names.reduce(0) { $0 + $1.count } == Set(groups).count)
      let sizes = names.map(\.count)
      #expect(sizes == sizes.sorted(by: >))
      #expect((sizes.first ?? 0) - (sizes.last ?? 0) <= 1)
    }
  }

  @Test func agreesWithScikitLearnOnClassesOfGroups() throws {
    let goldens = try Self.goldens("stratified_grouped")
    #expect(goldens.count == 200)
    for golden in goldens {
      let (labels, groups) = (golden.labelNumbers, golden.groupNumbers)
      let folds = try KFoldSplit.stratifiedGrouped(
        labels: labels, groups: groups, folds: golden.k, shuffle: false, seed: 1)
      #expect(Self.held(folds, count: groups.count) == golden.foldNumbers)
      let drawn = try KFoldSplit.stratifiedGrouped(
        labels: labels, groups: groups, folds: golden.k, seed: 1)
      Self.expectSound(drawn, count: groups.count, k: golden.k)
      let names = drawn.map { Set($0.validationIndices.map { groups[$0] }) }
      #expect(names.reduce(0) { $0 + $1.count } == Set(groups).count)
    }
  }

  @Test func repeatsAreOtherDraws() throws {
    let labels = (0..<120).map { Int32($0 % 3) }
    let folds = try KFoldSplit.stratified(labels: labels, folds: 4, repeats: 3, seed: 7)
    Self.expectSound(folds, count: 120, k: 4, repeats: 3)
    #expect(Set(folds.map(\.validationIndices)).count == 12)
    #expect(folds.map(\.repeat) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3])
    // A repeat does not depend on how many there are.
    let two = try KFoldSplit.stratified(labels: labels, folds: 4, repeats: 2, seed: 7)
    #expect(two == Array(folds.prefix(8)))
    let other = try KFoldSplit.stratified(labels: labels, folds: 4, seed: 8)
    #expect(other != Array(folds.prefix(4)))
    let plain = try KFoldSplit.plain(count: 120, folds: 4, repeats: 3, seed: 7)
    #expect(Set(plain.map(\.validationIndices)).count == 12)
    let groups = (0..<120).map { "g\($0 / 5)" }
    let grouped = try KFoldSplit.grouped(groups: groups, folds: 4, repeats: 3, seed: 7)
    #expect(Set(grouped.map(\.validationIndices)).count == 12)
  }

  @Test func aClassMoreLeavesTheOthersOrderAlone() throws {
    let few = (0..<100).map { Int32($0 % 2) }
    let more = few + [Int32](repeating: 2, count: 50)
    let one = try KFoldSplit.stratified(labels: few, folds: 5, seed: 1)
    let two = try KFoldSplit.stratified(labels: more, folds: 5, seed: 1)
    for (left, right) in zip(one, two) {
      #expect(left.validationIndices == right.validationIndices.filter { $0 < 100 })
    }
  }

  @Test func innerHoldOutNeverSeesTheFold() throws {
    let labels = (0..<300).map { Int32($0 % 3) }
    let groups = (0..<300).map { $0 / 6 }
    var seen: Set<[Int]> = []
    for fold in try KFoldSplit.stratified(labels: labels, folds: 5, repeats: 2, seed: 3) {
      let inner = try fold.innerHoldOut(strata: labels, fraction: 0.1, seed: 3)
      #expect((inner.train + inner.validation).sorted() == fold.trainIndices)
      #expect(inner.validation == inner.validation.sorted() && inner.train == inner.train.sorted())
      #expect(inner.validation.count == 24)
      for label in Int32(0)..<3 {
        #expect(inner.validation.count { labels[$0] == label } == 8)
      }
      seen.insert(inner.validation)
      let plain = try fold.innerHoldOut(strata: nil, fraction: 0.1, seed: 3)
      #expect((plain.train + plain.validation).sorted() == fold.trainIndices)
      #expect(plain.validation.count == 24)
    }
    #expect(seen.count == 10)
    for fold in try KFoldSplit.grouped(groups: groups, folds: 5, seed: 3) {
      let inner = try fold.innerHoldOut(groups: groups, fraction: 0.1, seed: 3)
      #expect((inner.train + inner.validation).sorted() == fold.trainIndices)
      #expect(inner.validation.count == 24)
      let held = Set(inner.validation.map { groups[$0] })
      #expect(held.isDisjoint(with: inner.train.map { groups[$0] }))
      #expect(throws: SamplingError.self) {
        try fold.innerHoldOut(groups: groups, fraction: 0.999, seed: 3)
      }
    }
  }

  /// The streams of the two do not meet: other coordinates of the same place would show as the
  /// same order of a class's members.
  @Test func foldsAreNotTheHoldOut() throws {
    let labels = [Int32](repeating: 0, count: 100)
    let hold = try StratifiedSplit.holdOut(labels: labels, fraction: 0.2, seed: 1)
    let folds = try KFoldSplit.stratified(labels: labels, folds: 5, seed: 1)
    let shared = Set(hold.validation).intersection(folds[0].validationIndices).count
    #expect(shared < 12)
  }

  @Test func refusals() {
    func reason(_ body: () throws -> [Fold]) -> String? {
      do {
        _ = try body()
        return nil
      } catch { return (error as? SamplingError)?.reason }
    }
    let labels: [Int32] = [0, 0, 0, 0, 0, 7, 7, 7]
    #expect(
      reason { try KFoldSplit.stratified(labels: labels, folds: 4, seed: 1) }
        == "class 7 has 3 examples, fewer than the 4 folds; `stratified: false` removes this limit")
    #expect(
      reason { try KFoldSplit.stratified(labels: [0, 0, 4], folds: 2, seed: 1) }
        == "class 4 has 1 example, fewer than the 2 folds; `stratified: false` removes this limit")
    #expect(reason { try KFoldSplit.stratified(labels: labels, folds: 3, seed: 1) } == nil)
    #expect(
      reason { try KFoldSplit.plain(count: 4, folds: 5, seed: 1) }
        == "there are 4 examples, fewer than 5 folds")
    for folds in [1, 0, -3] {
      #expect(
        reason { try KFoldSplit.plain(count: 4, folds: folds, seed: 1) }
          == "\(folds) fold\(folds == 1 ? "" : "s"): cross-validation needs at least two")
    }
    #expect(
      reason { try KFoldSplit.grouped(groups: [1, 1, 2, 2, 2], folds: 3, seed: 1) }
        == "there are 2 groups, fewer than 3 folds")
    #expect(
      reason { try KFoldSplit.plain(count: 9, folds: 3, repeats: 0, seed: 1) }
        == "0 repeats: there must be at least one")
    #expect(
      reason { try KFoldSplit.plain(count: 9, folds: 3, repeats: 2, shuffle: false, seed: 1) }
        == "without shuffling all 2 repeats would be the same")
    #expect(
      reason {
        try KFoldSplit.stratifiedGrouped(labels: labels, groups: [1], folds: 3, seed: 1)
      } == "there are 8 labels, but the groups of 1 examples")
  }
}

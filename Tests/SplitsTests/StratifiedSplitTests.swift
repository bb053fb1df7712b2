import Foundation
import Splits
import Testing

struct StratifiedSplitTests {
  /// What scikit-learn allocates; `Tests/Fixtures/split/make.py` wrote it.
  struct Golden: Decodable, Sendable {
    let counts: [Int]
    let fraction: Double
    /// Each allocation seen over many seeds; more than one where remainders are equal.
    let allocations: [[Int]]
  }

  static let goldens: [Golden] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/split/allocations.json")
    guard let data = try? Data(contentsOf: file) else { return [] }
    return (try? JSONDecoder().decode([Golden].self, from: data)) ?? []
  }()

  @Test func thereAreGoldens() { #expect(Self.goldens.count > 30) }

  @Test(arguments: goldens)
  func agreesWithScikitLearnOnAllocation(golden: Golden) throws {
    // Interleaved, so that no class lies in one piece.
    var labels = golden.counts.enumerated().flatMap { label, count in
      (0..<count).map { (Double($0) / Double(count), Int32(label)) }
    }
    labels.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    let split = try StratifiedSplit.holdOut(
      labels: labels.map(\.1), fraction: golden.fraction, seed: 1)
    var held = [Int](repeating: 0, count: golden.counts.count)
    for index in split.validation { held[Int(labels[index].1)] += 1 }
    #expect(golden.allocations.contains(held))
    #expect(split.train == split.train.sorted())
    #expect(split.validation == split.validation.sorted())
    #expect((split.train + split.validation).sorted() == Array(labels.indices))
  }

  @Test func equalRemaindersGoToSmallerLabels() {
    #expect(StratifiedSplit.allocate(2, over: [2, 2, 2, 2]) == [1, 1, 0, 0])
    #expect(StratifiedSplit.allocate(5, over: [10, 10, 10]) == [2, 2, 1])
  }

  @Test func isAFunctionOfItsArguments() throws {
    let labels = (0..<1000).map { Int32($0 % 7) }
    let one = try StratifiedSplit.holdOut(labels: labels, fraction: 0.2, seed: 1)
    let same = try StratifiedSplit.holdOut(labels: labels, fraction: 0.2, seed: 1)
    let other = try StratifiedSplit.holdOut(labels: labels, fraction: 0.2, seed: 2)
    #expect(one.validation == same.validation)
    #expect(one.validation != other.validation)
    #expect(one.validation.count == 200)
    // Not those at the front: the members are drawn.
    #expect(one.validation.filter { $0 >= 500 }.count > 70)
  }

  @Test func aClassMoreLeavesTheOthersDrawsAlone() throws {
    let few = (0..<100).map { Int32($0 % 2) }
    let more = few + [Int32](repeating: 2, count: 50)
    let one = try StratifiedSplit.holdOut(labels: few, fraction: 0.2, seed: 1)
    let two = try StratifiedSplit.holdOut(labels: more, fraction: 0.2, seed: 1)
    #expect(one.validation == two.validation.filter { $0 < 100 })
  }

  @Test func refusals() {
    func reason(_ labels: [Int32], _ fraction: Double) -> String? {
      do throws(SamplingError) {
        _ = try StratifiedSplit.holdOut(labels: labels, fraction: fraction, seed: 1)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(
      reason([0, 0, 0, 7], 0.5)
        == "class 7 has a single example, a stratified split needs two;"
        + " `stratified: false` removes this limit")
    let pairs: [Int32] = [0, 0, 1, 1, 2, 2]
    #expect(
      reason(pairs, 0.2)
        == "holding out 0.2 leaves 2 examples for validation, fewer than there are classes (3)")
    #expect(
      reason(pairs, 0.6)
        == "holding out 0.6 leaves 2 examples for training, fewer than there are classes (3)")
    #expect(reason(pairs, 0.5) == nil)
    for fraction in [0, 1, -0.1, 1.5, .nan, .infinity] {
      #expect(
        reason(pairs, fraction) == "the fraction held out is \(fraction), not between 0 and 1")
    }
    #expect(reason([], 0.2) == "holding out 0.2 of 0 examples leaves 0 for training")
    #expect(reason([1], 0.2) == "holding out 0.2 of 1 examples leaves 0 for training")
  }

  @Test func withoutStrata() throws {
    let split = try StratifiedSplit.holdOutUnstratified(count: 101, fraction: 0.2, seed: 3)
    #expect(split.validation.count == 21)
    #expect((split.train + split.validation).sorted() == Array(0..<101))
    #expect(split.validation == split.validation.sorted())
    let again = try StratifiedSplit.holdOutUnstratified(count: 101, fraction: 0.2, seed: 3)
    #expect(again.validation == split.validation)
    #expect(throws: SamplingError.self) {
      try StratifiedSplit.holdOutUnstratified(count: 1, fraction: 0.5, seed: 3)
    }
  }
}

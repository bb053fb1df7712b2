import Splits
import Testing

struct EpochOrderTests {
  private func order(_ seed: UInt64, _ fold: Int, _ epoch: Int) -> [Int] {
    EpochOrder.order(count: 500, seed: seed, fold: fold, epoch: epoch, shuffle: true)
  }

  @Test func eachEpochFoldAndSeedHasItsOwn() {
    let orders = [order(1, 0, 0), order(1, 0, 1), order(1, 1, 0), order(2, 0, 0)]
    #expect(Set(orders).count == 4)
    for one in orders { #expect(one.sorted() == Array(0..<500)) }
    #expect(order(1, 0, 1) == orders[1])
  }

  @Test func withoutShuffling() {
    let plain = EpochOrder.order(count: 5, seed: 1, fold: 0, epoch: 3, shuffle: false)
    #expect(plain == [0, 1, 2, 3, 4])
    for shuffle in [true, false] {
      #expect(
        EpochOrder.order(count: 0, seed: 1, fold: 0, epoch: 0, shuffle: shuffle).isEmpty)
    }
  }

  @Test func batches() throws {
    #expect(try EpochOrder.batches(count: 7, size: 3) == [0..<3, 3..<6, 6..<7])
    #expect(try EpochOrder.batches(count: 7, size: 3, dropLast: true) == [0..<3, 3..<6])
    #expect(try EpochOrder.batches(count: 6, size: 3) == [0..<3, 3..<6])
    #expect(try EpochOrder.batches(count: 2, size: 3) == [0..<2])
    #expect(try EpochOrder.batches(count: 0, size: 3).isEmpty)
    #expect(throws: SamplingError(reason: "a batch of 0 examples")) {
      try EpochOrder.batches(count: 7, size: 0)
    }
    #expect(
      throws: SamplingError(
        reason: "there are 2 examples, fewer than a batch of 3: dropping the last batch leaves"
          + " nothing")
    ) { try EpochOrder.batches(count: 2, size: 3, dropLast: true) }
  }
}

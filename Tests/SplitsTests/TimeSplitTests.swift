import Foundation
import Splits
import Testing

struct TimeSplitTests {
  /// What scikit-learn does; `Tests/Fixtures/split/make_time.py` wrote it.
  struct Golden: Decodable {
    let k: Int
    let times: [Int]
    let folds: String
    let trained: [Int]
    let fraction: Double
    let heldOut: [Int]
  }

  private static func goldens() throws -> [Golden] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/split/time.json")
    return try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
  }

  /// The reason of the error that `body` throws, `nil` if it throws none.
  private func reason(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? SamplingError)?.reason ?? "\(error)" }
  }

  @Test func agreesWithScikitLearnOnDistinctTimes() throws {
    let goldens = try Self.goldens()
    #expect(goldens.count == 150)
    for golden in goldens {
      let folds = try TimeSplit.folds(times: golden.times, folds: golden.k)
      var held = [Character](repeating: "-", count: golden.times.count)
      for fold in folds {
        for index in fold.validationIndices {
          held[index] = Character(String(fold.number - 1, radix: 36))
        }
      }
      #expect(String(held) == golden.folds)
      #expect(folds.map(\.trainIndices.count) == golden.trained)
      #expect(folds.map(\.number) == Array(1...golden.k))
      for fold in folds { expectEarlier(fold.trainIndices, fold.validationIndices, golden.times) }

      let sides = try TimeSplit.holdOut(times: golden.times, fraction: golden.fraction)
      #expect(sides.validation == golden.heldOut)
      #expect((sides.train + sides.validation).sorted() == Array(golden.times.indices))
      expectEarlier(sides.train, sides.validation, golden.times)
    }
  }

  /// All of `train` is strictly before all of `validation`, and both are ascending.
  private func expectEarlier(_ train: [Int], _ validation: [Int], _ times: [Int]) {
    #expect(!train.isEmpty && !validation.isEmpty)
    #expect(train == train.sorted() && validation == validation.sorted())
    #expect(
      (train.map { times[$0] }.max() ?? .max) < (validation.map { times[$0] }.min() ?? .min))
  }

  @Test func equalTimesStayTogetherOnTheLaterSide() throws {
    let times = [3, 1, 3, 2, 3, 4, 1, 5]
    // The last quarter would be the examples 5 and 7; a half begins among the three of time 3.
    #expect(try TimeSplit.holdOut(times: times, fraction: 0.25).validation == [5, 7])
    let half = try TimeSplit.holdOut(times: times, fraction: 0.5)
    #expect(half.validation == [0, 2, 4, 5, 7])
    #expect(half.train == [1, 3, 6])

    // Of 1 1 2 3 | 3 3 | 4 5 the first boundary moves before all of time 3, the second stays.
    let folds = try TimeSplit.folds(times: times, folds: 2)
    #expect(folds.map(\.validationIndices) == [[0, 2, 4], [5, 7]])
    #expect(folds.map(\.trainIndices) == [[1, 3, 6], [0, 1, 2, 3, 4, 6]])
    for fold in folds { expectEarlier(fold.trainIndices, fold.validationIndices, times) }
    // Nothing depends on the order of the data but the indices.
    let sorted = times.sorted()
    let again = try TimeSplit.folds(times: sorted, folds: 2)
    #expect(
      again.map { $0.validationIndices.map { sorted[$0] }.sorted() }
        == folds.map { $0.validationIndices.map { times[$0] }.sorted() })
  }

  @Test func innerHoldOutIsTheLatestOfTheTrainingExamples() throws {
    let times = (0..<40).map { ($0 * 7) % 40 }
    for fold in try TimeSplit.folds(times: times, folds: 3) {
      let inner = try fold.innerHoldOut(times: times, fraction: 0.2)
      #expect((inner.train + inner.validation).sorted() == fold.trainIndices)
      expectEarlier(inner.train, inner.validation, times)
      expectEarlier(inner.validation, fold.validationIndices, times)
    }
  }

  @Test func refusals() {
    #expect(
      reason { _ = try TimeSplit.folds(times: [1, 2, 3], folds: 1) }
        == "1 fold: cross-validation needs at least two")
    #expect(
      reason { _ = try TimeSplit.folds(times: [1, 2, 3], folds: 3) }
        == "there are 3 examples, 3 folds by time need at least 4")
    #expect(
      reason { _ = try TimeSplit.folds(times: [1, 1, 1, 1, 2, 2], folds: 3) }
        == "fold 1 of 3 would train on nothing, for too many examples have the same time; use"
        + " fewer folds")
    #expect(
      reason { _ = try TimeSplit.folds(times: [1, 1, 2, 2, 2, 2], folds: 2) }
        == "fold 1 of 2 would hold out nothing, for too many examples have the same time; use"
        + " fewer folds")
    #expect(
      reason { _ = try TimeSplit.holdOut(times: [5, 5, 5, 5], fraction: 0.5) }
        == "holding out the last 0.5 of 4 examples leaves none for training, for many have the"
        + " same time")
    #expect(
      reason { _ = try TimeSplit.holdOut(times: [1], fraction: 0.5) }
        == "holding out the last 0.5 of 1 examples leaves none for training")
    for fraction in [0, 1, -0.5, .nan] {
      #expect(
        reason { _ = try TimeSplit.holdOut(times: [1, 2], fraction: fraction) }
          == "the fraction held out is \(fraction), not between 0 and 1")
    }
    #expect(reason { _ = try TimeSplit.holdOut(times: [Int](), fraction: 0.5) } != nil)
  }
}

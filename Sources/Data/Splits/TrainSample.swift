import Randomness

/// The training examples that are evaluated once more at the end of a training, by which over- and
/// underfitting are judged.
package enum TrainSample {
  private static let fewest = 1_000
  private static let most = 5_000

  /// As many as there are validation examples, but from 1,000 to 5,000, as far as there are so many: the
  /// first of a permutation under a stream of its own.
  ///
  /// - Returns: ascending.
  package static func indices(
    of trainIndices: [Int], validation: Int, seed: UInt64, fold: Int
  ) -> [Int] {
    let count = min(trainIndices.count, min(max(validation, fewest), most))
    let stream = RandomStream(seed: seed, purpose: .trainSample, fold: fold)
    return stream.permutation(trainIndices.count).prefix(count).map { trainIndices[$0] }.sorted()
  }
}

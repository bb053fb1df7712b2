import Randomness

/// The training examples that are evaluated again at the end of training, to detect over- and underfitting.
package enum TrainSample {
  private static let fewest = 1_000
  private static let most = 5_000

  /// Selects as many training examples as there are validation examples, clamped to 1,000…5,000, or all if
  /// there are fewer: the first of a permutation with its own random stream.
  ///
  /// - Returns: the indices, ascending.
  package static func indices(
    of trainIndices: [Int], validation: Int, seed: UInt64, fold: Int
  ) -> [Int] {
    let count = min(trainIndices.count, min(max(validation, fewest), most))
    let stream = RandomStream(seed: seed, purpose: .trainSample, fold: fold)
    return stream.permutation(trainIndices.count).prefix(count).map { trainIndices[$0] }.sorted()
  }
}

import DataSchema
import Datasets
import Testing
import Torch
import Training
import Transforms

/// A batch that was made ahead is the batch that would have been made in its place.
@Suite struct BatchPrefetcherTests {
  private func examples() throws -> ExampleSet {
    try Jobs.make(
      """
      data:
        dataset: mnist
        transforms: [{random_rotation: 20}, {random_crop: {size: [28, 28], padding: 2}}, to_tensor]
      model: [flatten, linear: 10]
      """, FormulaImages.make(salt: 0).prefix(60), train: 0..<50, validation: 50..<60
    ).examples
  }

  private let batches = [Array(0..<8), Array(20..<28), [3, 1], Array(40..<48)]
  private let first = Augmentation(seed: 7, fold: 0, epoch: 1)
  private let second = Augmentation(seed: 7, fold: 0, epoch: 2)

  @Test func inOrderAndOutOfOrder() throws {
    let plain = try examples()
    func expected(_ indices: [Int], _ augmentation: Augmentation?) throws -> [Float] {
      try plain.batch(indices, augmenting: augmentation).inputs.floats()
    }
    let ahead = try examples()
    ahead.expect(batches, augmenting: first)
    for batch in batches {
      #expect(try ahead.batch(batch, augmenting: first).inputs.floats() == expected(batch, first))
    }
    // Another batch than the expected, no random transforms, another epoch, and the expected at last.
    ahead.expect(batches, augmenting: second)
    #expect(try ahead.batch([5], augmenting: second).inputs.floats() == expected([5], second))
    #expect(
      try ahead.batch(batches[0], augmenting: nil).inputs.floats() == expected(batches[0], nil))
    #expect(
      try ahead.batch(batches[0], augmenting: first).inputs.floats() == expected(batches[0], first))
    #expect(
      try ahead.batch(batches[0], augmenting: second).inputs.floats()
        == expected(batches[0], second))
    #expect(try expected(batches[0], first) != expected(batches[0], second))
    // The end of one list is not the end of all.
    ahead.expect([], augmenting: second)
    #expect(
      try ahead.batch(batches[1], augmenting: second).inputs.floats()
        == expected(batches[1], second))
  }
}

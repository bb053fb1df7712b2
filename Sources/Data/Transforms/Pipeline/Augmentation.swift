import Randomness

/// What the random draws of a training epoch depend on, besides the image and the transform.
package struct Augmentation: Sendable, Equatable {
  package var seed: UInt64
  package var fold: Int
  /// Counts from 1.
  package var epoch: Int

  package init(seed: UInt64, fold: Int, epoch: Int) {
    self.seed = seed
    self.fold = fold
    self.epoch = epoch
  }

  /// The stream of one transform for one image.
  ///
  /// - Parameters:
  ///   - sample: the index of the image in its data set.
  ///   - position: the transform's position in the list, from 0.
  func stream(sample: Int, position: Int) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .augment, fold: fold, epoch: epoch, step: sample,
      unit: UInt64(position))
  }

  /// Further random numbers for the same transform and image, for transforms that draw one for each pixel.
  func pixelStream(sample: Int, position: Int) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .augment, fold: fold, epoch: epoch, step: sample,
      unit: UInt64(position) | 1 << 32)
  }
}

/// The random numbers of one transform for one image.
struct Draws: Sendable {
  let augmentation: Augmentation
  let sample: Int
  let position: Int

  var stream: RandomStream { augmentation.stream(sample: sample, position: position) }
  var pixels: RandomStream { augmentation.pixelStream(sample: sample, position: position) }
}

extension RandomStream {
  /// A number from `range.low` up to `range.high`, from the same position as `word64`.
  func uniform(in range: ValueRange, at position: Int) -> Double {
    range.low + (range.high - range.low) * uniform64(position)
  }
}

/// The ends of a range to draw from.
package struct ValueRange: Sendable, Equatable {
  package var low: Double
  package var high: Double

  package init(_ low: Double, _ high: Double) {
    self.low = low
    self.high = high
  }

  /// Stable text for fingerprints.
  var fingerprint: String { "\(low)…\(high)" }
}

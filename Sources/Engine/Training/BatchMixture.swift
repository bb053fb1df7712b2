import Execution
import ExperimentConfig
import Randomness
import Torch

/// A batch whose examples are mixed in pairs, as torchvision's `MixUp` and `CutMix` do: each example with the
/// one before it in the batch, the first with the last. A batch of one example is mixed with itself.
struct BatchMixture {
  /// What the model gets, in the shape of the batch.
  let inputs: Tensor
  /// The share of each example's own input; the rest is that of the example before it.
  let share: Double

  /// Draws how this batch is mixed, and mixes it.
  ///
  /// - Parameters:
  ///   - inputs: [batch, …]; for cutmix [batch, channels, height, width].
  ///   - place: the position of the batch in the training, on which all draws depend.
  init(_ settings: MixingSettings, of inputs: Tensor, at place: TrainingStep) throws {
    func stream(_ unit: UInt64) -> RandomStream {
      RandomStream(
        seed: place.seed, purpose: .mixing, fold: place.fold, epoch: place.epoch,
        step: place.step, unit: unit)
    }
    let pasted: RandomStream?
    let alpha: Double
    switch (settings.mixup, settings.cutmix) {
    case (let mixup?, let cutmix?):
      let isMixup = stream(0).uniform64(0) < 0.5
      (alpha, pasted) = isMixup ? (mixup.alpha, nil) : (cutmix.alpha, stream(2))
    case (let mixup?, nil): (alpha, pasted) = (mixup.alpha, nil)
    case (nil, let cutmix): (alpha, pasted) = (cutmix?.alpha ?? 1, stream(2))
    }
    let share = stream(1).beta(alpha)
    let others = try inputs.rolled()
    guard let pasted else {
      self.inputs = try others.mul(1 - share).add(inputs.mul(share))
      self.share = share
      return
    }
    let box = Box(
      width: inputs.shape[3], height: inputs.shape[2], keeping: share, at: pasted)
    self.share = box.share
    // In the example's own memory format.
    self.inputs = try inputs.clone()
    if box.columns.isEmpty || box.rows.isEmpty { return }
    try box.view(self.inputs).copy(from: box.view(others))
  }

  /// The mean loss: that of the examples' own targets and that of the others', by their shares.
  func loss(_ loss: LossFunction, _ outputs: Tensor, _ targets: Tensor) throws -> Tensor {
    let own = try loss(outputs, targets).mul(share)
    return try own.add(loss(outputs, targets.rolled()).mul(1 - share))
  }

  /// Of each pair the targets with the larger share, which count as correct.
  func prevailing(_ targets: Tensor) throws -> Tensor {
    share < 0.5 ? try targets.rolled() : targets
  }

  /// Of each pair the example with the larger share.
  func prevailing(_ indices: [Int]) -> [Int] {
    share < 0.5 ? indices.suffix(1) + indices.dropLast() : indices
  }
}

/// The part of an image that cutmix replaces.
struct Box {
  let rows: Range<Int>
  let columns: Range<Int>
  /// The share of the image outside of the box.
  let share: Double

  /// A box of 1 − `kept` of the image's area around a point of it; what lies outside is cut off, which the
  /// share takes into account.
  init(width: Int, height: Int, keeping kept: Double, at stream: RandomStream) {
    let x = stream.integer(below: width, at: 0)
    let y = stream.integer(below: height, at: 1)
    let half = 0.5 * max(0, 1 - kept).squareRoot()
    let (halfWidth, halfHeight) = (Int(half * Double(width)), Int(half * Double(height)))
    columns = max(0, x - halfWidth)..<min(width, x + halfWidth)
    rows = max(0, y - halfHeight)..<min(height, y + halfHeight)
    share = 1 - Double(columns.count * rows.count) / Double(width * height)
  }

  /// The box of every image of a batch, sharing its memory.
  func view(_ images: Tensor) throws -> Tensor {
    try images.narrow(dim: 2, start: rows.lowerBound, length: rows.count)
      .narrow(dim: 3, start: columns.lowerBound, length: columns.count)
  }
}

extension Tensor {
  /// The rows moved on by one, the last first: `roll(1, 0)`.
  fileprivate func rolled() throws -> Tensor {
    let count = shape[0]
    if count < 2 { return self }
    return try Tensor.cat([
      narrow(dim: 0, start: count - 1, length: 1), narrow(dim: 0, start: 0, length: count - 1),
    ])
  }
}

@available(*, unavailable)
extension BatchMixture: Sendable {}

import Randomness
import Torch

/// The keys of a step's dropout masks in memory of the device, so that operations that were recorded once draw the
/// masks of every step.
///
/// It is used on the thread of its model only.
package final class StepKeys {
  private let device: Device
  /// The layers that draw masks, in the order of their first use, and the memory of their keys, int64 [2].
  private var layers: [(path: String, key: Tensor)] = []
  private var step: TrainingStep?

  package init(device: Device) { self.device = device }

  /// Writes the keys of a step for the layers that have drawn masks so far. Nothing is copied to the device.
  package func set(_ step: TrainingStep) throws {
    self.step = step
    for (path, key) in layers {
      try key.copy(from: .randomKey(step.dropoutStream(path).key, device: device))
    }
  }

  /// The key of a layer for the step that was set.
  func key(of path: String) throws -> Tensor {
    if let known = layers.first(where: { $0.path == path }) { return known.key }
    guard let step else {
      throw TorchError(operation: path, message: "its random numbers have no place")
    }
    let key = try Tensor.randomKey(step.dropoutStream(path).key, device: device)
    layers.append((path, key))
    return key
  }
}

@available(*, unavailable)
extension StepKeys: Sendable {}

extension TrainingStep {
  /// The random stream of the dropout mask of the layer at this path.
  func dropoutStream(_ path: String) -> RandomStream {
    RandomStream(
      seed: seed, purpose: .dropout, fold: fold, epoch: epoch, step: step,
      unit: StableHash.fnv1a(path))
  }
}

import Datasets
import Torch
import Transforms

/// Transforms that training does not apply yet.
package struct UnsupportedTransforms: Error, CustomStringConvertible {
  package var description: String {
    "training applies to_tensor and then normalize, and no other transforms yet"
  }
}

/// Images and labels on the device, turned into batches of floats by the transforms.
package struct ExampleSet {
  package let count: Int
  package let labels: [Int32]
  private let pixels: Tensor
  private let labelTensor: Tensor
  private let device: Device
  private let transforms: [TransformStep]

  /// - Parameter transforms: `.scale`, then any number of `.normalize`.
  /// - Throws: ``UnsupportedTransforms`` for all others, rather than passing over them.
  package init(_ images: LabelledImages, transforms: [TransformStep], device: Device) throws {
    let isSupported =
      transforms.first == .scale
      && transforms.dropFirst().allSatisfy { if case .normalize = $0 { true } else { false } }
    if !isSupported { throw UnsupportedTransforms() }
    count = images.count
    labels = images.labels
    self.device = device
    self.transforms = transforms
    pixels = try images.pixels.withUnsafeBytes {
      try Tensor(
        bytes: $0, shape: [images.count, images.channels, images.height, images.width],
        dtype: .uint8, device: device)
    }
    labelTensor = try Tensor(images.labels.map(Int64.init), device: device)
  }

  /// The examples at `indices`: images [batch, channels, height, width] as float32, labels [batch].
  package func batch(_ indices: some Collection<Int>) throws -> (images: Tensor, labels: Tensor) {
    let index = try Tensor(Array(indices), device: device)
    var steps = transforms.dropFirst()
    var images: Tensor
    if case .normalize(let mean, let std)? = steps.first {
      // One pass over the bytes for the usual pair of transforms.
      images = try pixels.gatherNormalize(index: index, mean: mean, std: std)
      steps.removeFirst()
    } else {
      images = try pixels.gatherNormalize(index: index)
    }
    for case .normalize(let mean, let std) in steps {
      images = try images.sub(column(mean)).div(column(std))
    }
    return (images, try labelTensor.indexSelect(dim: 0, index: index))
  }

  private func column(_ values: [Float]) throws -> Tensor {
    try Tensor(values, shape: [1, values.count, 1, 1], device: device)
  }
}

@available(*, unavailable)
extension ExampleSet: Sendable {}

import Testing
import Torch

extension TorchTests {
  /// Layers along the dimensions of images and sequences; their values are compared with PyTorch's by the
  /// layers' goldens.
  @Suite struct Spatial {
    private let image: Tensor

    init() throws { image = try ramp([1, 2, 3, 4]) }

    @Test func paddingThatDoesNotFitIsAnError() throws {
      for mode in [PaddingMode.reflect, .replicate, .circular] {
        #expect(throws: TorchError.self) { try image.pad([-1, 0], mode: mode) }
        #expect(throws: TorchError.self) { try image.pad([1, 1, 1], mode: mode) }
        #expect(throws: TorchError.self) {
          try image.pad(Array(repeating: 0, count: 10), mode: mode)
        }
      }
      #expect(throws: TorchError.self) { try image.pad([4, 0], mode: .reflect) }
      #expect(throws: TorchError.self) { try image.pad([0, 5], mode: .circular) }
      #expect(throws: TorchError.self) { try image.pad([-3, -3], mode: .constant(0)) }
      #expect(try image.pad([9, 0], mode: .replicate).shape == [1, 2, 3, 13])
    }

    /// Any dimension can be padded, whatever LibTorch's own functions take.
    @Test func fiveDimensions() throws {
      let values = try ramp([1, 1, 2, 1, 3])
      let padded = try values.pad([0, 0, 0, 0, 1, 0], mode: .circular)
      #expect(padded.shape == [1, 1, 3, 1, 3])
      let original = try values.floats()
      #expect(try padded.floats() == Array(original[3...]) + original)
    }

    @Test func shufflesThatDoNotFitAreErrors() throws {
      #expect(throws: TorchError.self) { try image.pixelShuffle(factor: 2) }
      #expect(throws: TorchError.self) { try image.pixelUnshuffle(factor: 2) }
      #expect(throws: TorchError.self) { try image.channelShuffle(groups: 3) }
    }

    @Test func shapesThatDoNotFitAreErrors() throws {
      #expect(throws: TorchError.self) {
        try image.conv1d(weight: Tensor.ones([1, 2, 1]))
      }
      #expect(throws: TorchError.self) { try image.upsampleNearest(size: [2], scale: nil) }
      #expect(throws: TorchError.self) {
        try image.upsampleLinear(size: [0, 1], scale: nil, alignCorners: false)
      }
      #expect(throws: TorchError.self) { try image.adaptiveMaxPool(outputSize: [-1, 1]) }
      #expect(throws: TorchError.self) {
        try image.localResponseNorm(size: 0, alpha: 1, beta: 1, k: 1)
      }
    }
  }
}

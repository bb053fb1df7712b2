import Testing

@testable import Transforms

@Suite struct GaussianNoiseTests {
  @Test(arguments: Golden.cases("gaussian_noise")) func isTorchvision(golden: Golden) throws {
    let step = GaussianNoiseStep(
      mean: Float(golden.number("mean")), sigma: Float(golden.number("sigma")),
      clip: golden.number("clip") == 1)
    // The numbers that make.py puts in the place of normal ones.
    let normals = golden.input.floats.map { ($0 - 0.5) * 4 }
    golden.expect(
      golden.applying { input, output in
        step.add(
          input.floats, normals: normals, to: output.floats, count: input.type.elementCount)
      }, tolerance: 1e-6)
  }

  @Test func noiseHasItsMeanAndDeviation() throws {
    let type = ImageType(channels: 1, height: 100, width: 100, isFloat: true)
    let zeros = ImageBatch(
      type: type, count: 1, storage: .floats(Array(repeating: 0, count: type.elementCount)))
    let augmentation = Augmentation(seed: 1, fold: 0, epoch: 1)
    let pipeline = try Experiment.pipeline(
      ["gaussian_noise: {mean: 0.2, sigma: 0.5, clip: false}"], for: type)
    let noise = pipeline.apply(zeros, sampleIndices: [0], augmenting: augmentation).floats
    let mean = noise.reduce(0, +) / 10_000
    let deviation = (noise.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 10_000).squareRoot()
    #expect(abs(mean - 0.2) < 0.025 && abs(deviation - 0.5) < 0.018)
    #expect(pipeline.apply(zeros, sampleIndices: [0], augmenting: nil) == zeros)
    let clipped = try Experiment.pipeline(["gaussian_noise"], for: type)
      .apply(zeros, sampleIndices: [0], augmenting: augmentation).floats
    #expect(clipped.allSatisfy { (0...1).contains($0) })
    #expect(isFrequent(clipped.count { $0 == 0 }, of: 10_000, p: 0.5))
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("gaussian_noise", for: greyBytes)
        == "'gaussian_noise' needs floats, but the images are bytes (put to_tensor before it)")
    #expect(
      try Experiment.refusal("gaussian_noise: {sigma: -1}", for: greyFloats)
        == "'sigma' must be at least 0, found -1")
  }
}

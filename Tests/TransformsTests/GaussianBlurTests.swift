import Testing

@testable import Transforms

@Suite struct GaussianBlurTests {
  @Test(arguments: Golden.cases("gaussian_blur")) func isTorchvision(golden: Golden) {
    let kernel = golden.numbers("kernel").map { Int($0) }
    let step = GaussianBlurStep(width: kernel[0], height: kernel[1], sigma: ValueRange(1, 1))
    golden.expect(
      golden.applying(scratch: step.prepare(for: golden.input.type).scratchSize) {
        step.kernel(sigma: golden.number("sigma")).apply($0, $1, $2)
      })
  }

  @Test func sigmasAreEven() {
    let step = GaussianBlurStep(width: 3, height: 3, sigma: ValueRange(0.1, 2))
    #expect(
      isMeanEven((0..<20_000).map { step.draw(draws($0)) }, in: ValueRange(0.1, 2)))
  }

  @Test func theImageIsBlurredWithTheSigmaThatIsDrawn() throws {
    let image = Golden.sample([3, 13, 17], seed: 8)
    let pipeline = try Experiment.pipeline(["gaussian_blur: [5, 7]"], for: image.type)
    guard case .gaussianBlur(let step) = pipeline.steps[0] else { return #expect(Bool(false)) }
    #expect(step == GaussianBlurStep(width: 5, height: 7, sigma: ValueRange(0.1, 2)))
    let sigma = step.draw(draws(5))
    let fixed = try Experiment.pipeline(
      ["gaussian_blur: {kernel_size: [5, 7], sigma: \(sigma)}"], for: image.type)
    let augmentation = draws(5).augmentation
    #expect(
      pipeline.apply(image, sampleIndices: [5], augmenting: augmentation)
        == fixed.apply(image, sampleIndices: [9], augmenting: augmentation))
    #expect(pipeline.apply(image, sampleIndices: [5], augmenting: nil) == image)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("gaussian_blur: 4", for: greyBytes)
        == "kernel_size: 'kernel_size' must be odd, found 4 (write 5)")
    #expect(
      try Experiment.refusal("gaussian_blur: [35, 3]", for: greyBytes)
        == "kernel_size: 'kernel_size' of 35 is too large: the images have a width of 17, which "
        + "allows at most 33")
    #expect(
      try Experiment.refusal("gaussian_blur: [33, 27]", for: greyBytes)
        == "kernel_size: 'kernel_size' of 27 is too large: the images have a height of 13, which "
        + "allows at most 25")
    #expect(
      try Experiment.refusal("gaussian_blur: {kernel_size: 3, sigma: [2, 1]}", for: greyBytes)
        == "sigma: 'sigma' is an empty range, from 2 to 1 (write [1, 2])")
    #expect(
      try Experiment.refusal("gaussian_blur: {kernel_size: 3, sigma: 0}", for: greyBytes)
        == "'sigma' must be at least 0.001 and at most 1000, found 0")
  }
}

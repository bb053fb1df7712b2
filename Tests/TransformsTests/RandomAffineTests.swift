import Testing

@testable import Transforms

@Suite struct RandomAffineTests {
  @Test(arguments: Golden.cases("affine")) func isTorchvision(golden: Golden) throws {
    let step = RandomAffineStep(
      degrees: ValueRange(0, 0), interpolation: golden.interpolation, fill: golden.fill)
    let translate = golden.numbers("translate")
    let shear = golden.numbers("shear")
    let parameters = RandomAffineStep.Parameters(
      angle: golden.number("angle"), translation: (translate[0], translate[1]),
      scale: golden.number("scale"), shear: (shear[0], shear[1]))
    golden.expect(golden.applying { step.transform($0, $1, parameters) })
  }

  @Test func parametersAreEven() throws {
    guard
      case .randomAffine(let step) = try Experiment.step(
        "random_affine: {degrees: 10, translate: [0.5, 0.25], scale: [0.8, 1.3], "
          + "shear: [-5, 5, 1, 3]}", for: greyBytes)
    else { return #expect(Bool(false)) }
    let all = (0..<20_000).map { step.draw(draws($0), height: 40, width: 20) }
    #expect(isMeanEven(all.map(\.angle), in: ValueRange(-10, 10)))
    #expect(isMeanEven(all.map(\.translation.x), in: ValueRange(-10, 10)))
    #expect(isMeanEven(all.map(\.translation.y), in: ValueRange(-10, 10)))
    #expect(isMeanEven(all.map(\.scale), in: ValueRange(0.8, 1.3)))
    #expect(isMeanEven(all.map(\.shear.x), in: ValueRange(-5, 5)))
    #expect(isMeanEven(all.map(\.shear.y), in: ValueRange(1, 3)))
    #expect(all.allSatisfy { $0.translation.x == $0.translation.x.rounded() })
  }

  @Test func withoutArgumentsNothingIsMoved() throws {
    guard case .randomAffine(let step) = try Experiment.step("random_affine: 0", for: greyBytes)
    else { return #expect(Bool(false)) }
    let parameters = step.draw(draws(3), height: 13, width: 17)
    #expect(
      parameters
        == .init(angle: 0, translation: (0, 0), scale: 1, shear: (0, 0)))
    let image = Golden.sample([1, 13, 17], seed: 2)
    let result = TransformPipeline(input: image.type, steps: [.randomAffine(step)])
      .apply(image, sampleIndices: [3], augmenting: Augmentation(seed: 1, fold: 0, epoch: 1))
    #expect(result == image)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_affine: {degrees: 0, scale: [1.2, 0.8]}", for: greyBytes)
        == "scale: 'scale' is an empty range, from 1.2 to 0.8 (write [0.8, 1.2])")
    #expect(
      try Experiment.refusal("random_affine: {degrees: 0, shear: [1, 2, 3]}", for: greyBytes)
        == "shear: 'shear' takes 1, 2 or 4 numbers, found 3")
    #expect(
      try Experiment.refusal("random_affine: {degrees: 0, translate: [0.1, 2]}", for: greyBytes)
        == "'translate' must be at least 0 and at most 1, found 2")
  }
}

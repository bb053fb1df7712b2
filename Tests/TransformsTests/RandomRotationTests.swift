import Testing

@testable import Transforms

@Suite struct RandomRotationTests {
  @Test(arguments: Golden.cases("rotation")) func isTorchvision(golden: Golden) throws {
    let step = RandomRotationStep(
      degrees: ValueRange(0, 0), interpolation: golden.interpolation, fill: golden.fill)
    golden.expect(golden.applying { step.rotate($0, $1, angle: golden.number("angle")) })
  }

  @Test func anglesAreEven() throws {
    let step = RandomRotationStep(
      degrees: ValueRange(-10, 30), interpolation: .nearest, fill: [0])
    #expect(isMeanEven((0..<20_000).map { step.draw(draws($0)) }, in: step.degrees))
  }

  @Test func rangesAreRead() throws {
    guard
      case .randomRotation(let half) = try Experiment.step("random_rotation: 15", for: greyBytes),
      case .randomRotation(let whole) = try Experiment.step(
        "random_rotation: {degrees: [5, 20], interpolation: bilinear, fill: 3}", for: colourBytes)
    else { return #expect(Bool(false)) }
    #expect(half.degrees == ValueRange(-15, 15) && half.interpolation == .nearest)
    #expect(whole.degrees == ValueRange(5, 20) && whole.interpolation == .bilinear)
    #expect(half.fill == [0] && whole.fill == [3, 3, 3])
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_rotation: -15", for: greyBytes)
        == "degrees: 'degrees' is -15; one number means from -number to number and cannot be "
        + "negative "
        + "(write 15)")
    #expect(
      try Experiment.refusal("random_rotation: [20, 5]", for: greyBytes)
        == "degrees: 'degrees' is an empty range, from 20 to 5 (write [5, 20])")
    #expect(
      try Experiment.refusal("random_rotation: {degrees: 5, fill: 256}", for: greyBytes)
        == "fill: 'fill' is 256, but the images are bytes, whole numbers from 0 to 255 "
        + "(put to_tensor before it for floats)")
  }
}

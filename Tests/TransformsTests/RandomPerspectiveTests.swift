import Testing

@testable import Transforms

@Suite struct RandomPerspectiveTests {
  @Test(arguments: Golden.cases("perspective")) func isTorchvision(golden: Golden) {
    let values = golden.numbers("corners").map { Int($0) }
    let corners = (0..<4).map { Perspective.Corner(x: values[2 * $0], y: values[2 * $0 + 1]) }
    let step = RandomPerspectiveStep(
      distortion: 0.5, p: 1, interpolation: golden.interpolation, fill: golden.fill)
    golden.expect(golden.applying { step.transform($0, $1, corners) })
  }

  @Test(arguments: [(0.5, 40, 20, 10, 5), (1.0, 41, 20, 20, 10), (0.0, 9, 9, 0, 0)])
  func cornersAreEven(distortion: Double, height: Int, width: Int, mostY: Int, mostX: Int) {
    let step = RandomPerspectiveStep(
      distortion: distortion, p: 0.3, interpolation: .nearest, fill: [0])
    let all = (0..<20_000).compactMap { step.draw(draws($0), height: height, width: width) }
    #expect(isFrequent(all.count, of: 20_000, p: 0.3))
    for corner in 0..<4 {
      let isRight = corner == 1 || corner == 2
      let x = all.map { isRight ? width - 1 - $0[corner].x : $0[corner].x }
      let y = all.map { corner > 1 ? height - 1 - $0[corner].y : $0[corner].y }
      for (values, most) in [(x, mostX), (y, mostY)] {
        for value in 0...most {
          #expect(
            isFrequent(values.count { $0 == value }, of: all.count, p: 1 / Double(most + 1)))
        }
      }
    }
  }

  @Test func cornersThatStayMoveNothing() throws {
    for interpolation in ["nearest", "bilinear"] {
      let image = Golden.sample([3, 13, 17], seed: 4)
      let pipeline = try Experiment.pipeline(
        ["random_perspective: {distortion_scale: 0, p: 1, interpolation: \(interpolation)}"],
        for: image.type)
      #expect(
        pipeline.apply(image, sampleIndices: [1], augmenting: draws(1).augmentation) == image)
    }
  }

  /// No map takes a rectangle to a line.
  @Test func aLineStaysAsItIs() {
    let line = [0, 3, 7, 5].map { Perspective.Corner(x: $0, y: 0) }
    #expect(Perspective(height: 9, width: 9, corners: line) == nil)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_perspective: {distortion_scale: 1.5}", for: greyBytes)
        == "'distortion_scale' must be at least 0 and at most 1, found 1.5")
    #expect(
      try Experiment.refusal("random_perspective: {fill: [1, 2]}", for: colourBytes)
        == "fill: 'fill' has 2 values, but the images have 3 channels")
    #expect(
      try Experiment.refusal("random_perspective: {interpolation: bicubic}", for: colourBytes)
        == "expected one of nearest, bilinear for 'interpolation', found 'bicubic'")
  }
}

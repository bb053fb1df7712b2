import Testing

@testable import Transforms

@Suite struct RandomErasingTests {
  @Test(arguments: Golden.cases("erasing")) func isTorchvision(golden: Golden) throws {
    let part = golden.numbers("part").map { Int($0) }
    let value = golden.numbers("value").map(Float.init)
    let step = RandomErasingStep(
      p: 1, scale: ValueRange(0, 1), ratio: ValueRange(1, 1),
      value: value.count == 1
        ? Array(repeating: value[0], count: golden.input.type.channels) : value)
    golden.expect(
      golden.applying { input, output in
        output.copy(from: input)
        step.erase(
          output, .init(top: part[0], left: part[1], height: part[2], width: part[3]), noise: nil)
      }, tolerance: 0)
  }

  @Test func partsAreWithinTheirRanges() {
    let step = RandomErasingStep(
      p: 0.5, scale: ValueRange(0.02, 0.33), ratio: ValueRange(0.3, 3.3), value: [0])
    let parts = (0..<20_000).compactMap { step.draw(draws($0), height: 100, width: 80) }
    // Some attempts give a part that is too high or too wide, but hardly ever ten after one another.
    #expect(isFrequent(parts.count, of: 20_000, p: 0.5))
    for part in parts {
      let area = Double(part.height * part.width) / 8000
      let ratio = Double(part.height) / Double(part.width)
      #expect(area > 0.015 && area < 0.34 && ratio > 0.25 && ratio < 3.6)
      #expect(part.top >= 0 && part.top + part.height <= 100 && part.height < 100)
      #expect(part.left >= 0 && part.left + part.width <= 80 && part.width < 80)
    }
    // The mean share of the area, drawn evenly where nothing is refused: a square cannot be too large.
    let squares = RandomErasingStep(
      p: 1, scale: ValueRange(0.1, 0.3), ratio: ValueRange(1, 1), value: [0])
    let areas = (0..<20_000).compactMap { squares.draw(draws($0), height: 1000, width: 1000) }
      .map { Double($0.height * $0.width) / 1e6 }
    #expect(areas.count == 20_000)
    #expect(abs(areas.reduce(0, +) / 20_000 - 0.2) < 0.003)
  }

  @Test func whatFitsNowhereIsLeftOut() {
    let step = RandomErasingStep(
      p: 1, scale: ValueRange(1, 1), ratio: ValueRange(1, 1), value: [0])
    #expect(step.draw(draws(1), height: 10, width: 10) == nil)
  }

  @Test func noiseIsNormal() throws {
    let type = ImageType(channels: 3, height: 60, width: 60, isFloat: true)
    let pipeline = try Experiment.pipeline(
      ["random_erasing: {p: 1, scale: [0.3, 0.3], ratio: [1, 1], value: random}"], for: type)
    let zeros = ImageBatch(
      type: type, count: 1, storage: .floats(Array(repeating: 9, count: type.elementCount)))
    let result = pipeline.apply(
      zeros, sampleIndices: [4], augmenting: Augmentation(seed: 1, fold: 0, epoch: 1))
    let noise = result.floats.filter { $0 != 9 }.map(Double.init)
    #expect(noise.count == 3 * 33 * 33)
    let mean = noise.reduce(0, +) / Double(noise.count)
    let variance = noise.map { $0 * $0 }.reduce(0, +) / Double(noise.count)
    #expect(abs(mean) < 0.09 && abs(variance - 1) < 0.13)
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("random_erasing", for: greyBytes)
        == "'random_erasing' needs floats, but the images are bytes (put to_tensor before it)")
    #expect(
      try Experiment.refusal("random_erasing: {scale: [0.5, 0.1]}", for: greyFloats)
        == "scale: 'scale' is an empty range, from 0.5 to 0.1 (write [0.1, 0.5])")
    #expect(
      try Experiment.refusal("random_erasing: {ratio: [2, 1]}", for: greyFloats)
        == "ratio: 'ratio' is an empty range, from 2 to 1 (write [1, 2])")
    #expect(
      try Experiment.refusal("random_erasing: {value: [1, 2]}", for: colourFloats)
        == "value: 'value' has 2 values, but the images have 3 channels")
    #expect(
      try Experiment.refusal("random_erasing: {value: noise}", for: colourFloats)
        .contains("'value'"))
  }
}

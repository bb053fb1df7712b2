import Testing

@testable import Transforms

@Suite struct ColorJitterTests {
  @Test(arguments: Golden.cases("color_jitter")) func isTorchvision(golden: Golden) throws {
    let factor = golden.number("factor")
    let change: ColorJitterStep.Change =
      switch golden.text("change") {
      case "brightness": .brightness(factor)
      case "contrast": .contrast(factor)
      case "saturation": .saturation(factor)
      default: .hue(factor)
      }
    golden.expect(
      golden.applying { input, output in
        output.copy(from: input)
        change.apply(to: output)
      })
  }

  @Test func factorsAndOrdersAreEven() throws {
    guard
      case .colorJitter(let step) = try Experiment.step(
        "color_jitter: {brightness: 0.4, contrast: [0.5, 2], saturation: 3, hue: 0.1}",
        for: colourBytes)
    else { return #expect(Bool(false)) }
    var factors: [[Double]] = [[], [], [], []]
    var orders: [[Int]: Int] = [:]
    for sample in 0..<24_000 {
      var order: [Int] = []
      for change in step.draw(draws(sample)) {
        let (kind, factor) =
          switch change {
          case .brightness(let factor): (0, factor)
          case .contrast(let factor): (1, factor)
          case .saturation(let factor): (2, factor)
          case .hue(let factor): (3, factor)
          }
        order.append(kind)
        factors[kind].append(factor)
      }
      orders[order, default: 0] += 1
    }
    #expect(isMeanEven(factors[0], in: ValueRange(0.6, 1.4)))
    #expect(isMeanEven(factors[1], in: ValueRange(0.5, 2)))
    #expect(isMeanEven(factors[2], in: ValueRange(0, 4)))
    #expect(isMeanEven(factors[3], in: ValueRange(-0.1, 0.1)))
    #expect(orders.count == 24)
    #expect(orders.values.allSatisfy { isFrequent($0, of: 24_000, p: 1 / 24) })
  }

  @Test func mistakesAreExplained() throws {
    #expect(
      try Experiment.refusal("color_jitter: {brightness: [1.5, 0.5]}", for: greyBytes)
        == "brightness: 'brightness' is an empty range, from 1.5 to 0.5 (write [0.5, 1.5])")
    #expect(
      try Experiment.refusal("color_jitter: {hue: -0.1}", for: greyBytes)
        == "hue: 'hue' is -0.1; one number means from -number to number and cannot be negative "
        + "(write 0.1)")
    #expect(
      try Experiment.refusal("color_jitter: {hue: 0.6}", for: greyBytes)
        == "'hue' must be at least -0.5 and at most 0.5, found 0.6")
  }
}

import Testing

@testable import Transforms

/// `trivial_augment_wide`, `rand_augment` and `auto_augment`.
@Suite struct PolicyTests {
  @Test(arguments: Golden.cases("trivial_augment_wide"))
  func trivialAugmentIsTorchvision(golden: Golden) {
    let change = PolicyMagnitudes.wide(count: Int(golden.number("bins"))).change(
      PolicyOperation.choices[Int(golden.number("operation"))], index: Int(golden.number("bin")),
      isNegative: golden.number("negative") == 1, height: golden.input.type.height,
      width: golden.input.type.width)
    golden.expect(golden.applying([change]))
  }

  @Test(arguments: Golden.cases("rand_augment"))
  func randAugmentIsTorchvision(golden: Golden) {
    let magnitudes = PolicyMagnitudes.usual(count: Int(golden.number("bins")))
    let changes = zip(golden.numbers("operations"), golden.numbers("negative")).map {
      magnitudes.change(
        PolicyOperation.choices[Int($0)], index: Int(golden.number("magnitude")),
        isNegative: $1 == 1, height: golden.input.type.height, width: golden.input.type.width)
    }
    golden.expect(golden.applying(changes))
  }

  @Test(arguments: Golden.cases("auto_augment"))
  func autoAugmentIsTorchvision(golden: Golden) throws {
    let policy = try #require(AugmentPolicy(rawValue: golden.text("policy")))
    let pair = policy.pairs[Int(golden.number("pair"))]
    #expect([pair.first.p, pair.second.p] == golden.numbers("p"))
    let changes = [pair.first, pair.second].map {
      AutoAugmentStep.magnitudes.change(
        $0.operation, index: $0.magnitude, isNegative: golden.number("negative") == 1,
        height: golden.input.type.height, width: golden.input.type.width)
    }
    golden.expect(golden.applying(changes))
  }

  @Test(arguments: Golden.cases("policy_magnitudes"))
  func magnitudesAreTorchvisions(golden: Golden) {
    let bins = Int(golden.number("bins"))
    let magnitudes: PolicyMagnitudes =
      golden.text("form") == "wide" ? .wide(count: bins) : .usual(count: bins)
    let operations = PolicyOperation.choices.filter(\.hasMagnitude)
    let values = operations.flatMap { operation in
      (0..<bins).map { index in
        Float(
          magnitudes.change(
            operation, index: index, isNegative: false, height: Int(golden.number("height")),
            width: Int(golden.number("width"))
          ).magnitude)
      }
    }
    #expect(values == golden.output.floats)
  }

  @Test func trivialAugmentDrawsEvenly() {
    let step = TrivialAugmentWideStep(bins: 31, interpolation: .nearest, fill: [0])
    let all = (0..<20_000).map { step.draw(draws($0), height: 32, width: 32) }
    for operation in PolicyOperation.choices {
      #expect(
        isFrequent(all.count { $0.operation == operation }, of: 20_000, p: 1 / 14.0))
    }
    let turns = all.filter { $0.operation == .rotate }.map(\.magnitude)
    #expect(Set(turns.map { Int(($0 / 4.5).rounded()) }) == Set(-30...30))
    #expect(isFrequent(turns.count { $0 < 0 }, of: turns.count, p: 15 / 31.0))
    #expect(all.filter { $0.operation == .posterize }.allSatisfy { $0.magnitude > 0 })
  }

  @Test func randAugmentDrawsEvenlyAndIndependently() {
    let step = RandAugmentStep(
      operations: 2, magnitude: 9, bins: 31, interpolation: .nearest, fill: [0])
    var pairs: [String: Int] = [:]
    var negative = 0
    for sample in 0..<40_000 {
      let changes = step.draw(draws(sample), height: 32, width: 32)
      pairs[changes.map(\.operation.rawValue).joined(separator: " "), default: 0] += 1
      if changes[0].operation == .rotate, changes[0].magnitude < 0 { negative += 1 }
      if changes[0].operation == .rotate { #expect(abs(abs(changes[0].magnitude) - 9) < 1e-5) }
    }
    #expect(pairs.count == 14 * 14)
    #expect(pairs.values.allSatisfy { isFrequent($0, of: 40_000, p: 1 / 196.0) })
    #expect(isFrequent(negative, of: 40_000, p: 1 / 28.0))
  }

  @Test(arguments: AugmentPolicy.allCases) func autoAugmentKeepsItsProbabilities(
    policy: AugmentPolicy
  ) {
    let step = AutoAugmentStep(policy: policy, interpolation: .nearest, fill: [0])
    let all = (0..<20_000).map { step.draw(draws($0), height: 32, width: 32) }
    for operation in PolicyOperation.allCases {
      // Twice in one image at most; counted once for each of its two places.
      let expected = policy.pairs.flatMap { [$0.first, $0.second] }
        .filter { $0.operation == operation }.map { $0.p / 25 }.reduce(0, +)
      let count = all.flatMap { $0 }.count { $0.operation == operation }
      #expect(abs(Double(count) / 20_000 - expected) < 0.025)
    }
    let pairs = policy.pairs.map { [$0.first.operation, $0.second.operation] }
    #expect(
      all.filter { $0.count == 2 }.allSatisfy { pairs.contains($0.map(\.operation)) })
  }

  /// A pipeline applies what is drawn, in order, and nothing in evaluation.
  @Test(arguments: [
    "trivial_augment_wide: {fill: [1, 2, 3]}", "rand_augment: {num_ops: 3, fill: [1, 2, 3]}",
    "auto_augment: {policy: cifar10, fill: [1, 2, 3]}", "rand_augment: {num_ops: 0}",
  ])
  func imagesAreChangedAsDrawn(text: String) throws {
    let image = Golden.sample([3, 13, 17], seed: 5)
    let pipeline = try Experiment.pipeline([text], for: image.type)
    #expect(pipeline.apply(image, sampleIndices: [0], augmenting: nil) == image)
    for sample in 0..<40 {
      let drawn: [PolicyChange] =
        switch pipeline.steps[0] {
        case .trivialAugmentWide(let step): [step.draw(draws(sample), height: 13, width: 17)]
        case .randAugment(let step): step.draw(draws(sample), height: 13, width: 17)
        case .autoAugment(let step): step.draw(draws(sample), height: 13, width: 17)
        default: []
        }
      var expected = image
      for change in drawn {
        expected = Golden(name: "", input: expected, output: expected, arguments: [:])
          .applying { change.apply($0, $1, interpolation: .nearest, fill: [1, 2, 3]) }
      }
      #expect(
        pipeline.apply(image, sampleIndices: [sample], augmenting: draws(sample).augmentation)
          == expected)
    }
  }

  @Test func mistakesAreExplained() throws {
    for name in ["trivial_augment_wide", "rand_augment", "auto_augment"] {
      #expect(
        try Experiment.refusal(name, for: colourFloats)
          == "'\(name)' needs bytes, but the images are floats (put it before to_tensor)")
      let two = ImageType(channels: 2, height: 5, width: 5, isFloat: false)
      #expect(
        try Experiment.refusal(name, for: two)
          == "'\(name)' needs grey images or 3 colour channels, but the images have 2")
      #expect(
        try Experiment.refusal("\(name): {fill: [1, 2]}", for: colourBytes)
          == "fill: 'fill' has 2 values, but the images have 3 channels")
    }
    #expect(
      try Experiment.refusal("rand_augment: {magnitude: 31}", for: colourBytes)
        == "magnitude: 'magnitude' is 31, but with 'num_magnitude_bins' of 31 it is at most 30")
    #expect(
      try Experiment.refusal("trivial_augment_wide: {num_magnitude_bins: 1}", for: colourBytes)
        == "'num_magnitude_bins' must be at least 2 and at most 1000, found 1")
    #expect(
      try Experiment.refusal("auto_augment: mnist", for: colourBytes)
        == "expected one of imagenet, cifar10, svhn for 'policy', found 'mnist'")
  }
}

extension Golden {
  /// What `changes` make of the input, one after the other.
  fileprivate func applying(_ changes: [PolicyChange]) -> ImageBatch {
    let policy = PreparedPolicy(
      input: input.type, interpolation: interpolation,
      fill: fill.count == 1 ? Array(repeating: fill[0], count: input.type.channels) : fill
    ) { _ in [] }
    return applying(scratch: policy.scratchSize) { policy.apply(changes, $0, $1, $2) }
  }
}

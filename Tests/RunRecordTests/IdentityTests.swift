import ExperimentConfig
import RunRecord
import TestSupport
import Testing

struct IdentityTests {
  @Test func isEqualForEqualRuns() throws {
    let first = try identity()
    #expect(try identity().hex == first.hex)
    #expect(first.hex.count == 64 && first.hex.allSatisfy(\.isHexDigit))
    #expect(first.short == first.hex.prefix(6))
  }

  /// However a configuration is written.
  @Test(arguments: [
    "model: [linear: {features: 10}]\ndata:\n  dataset: mnist\nseed: 42\n",
    "seed: 42\ndata: {dataset: {mnist: {}}, batch_size: 64}\nmodel: [linear: 10]\noptimizer: adam\n",
    "seed: 42\ndata: {dataset: mnist}\nmodel: [linear: 10]\noptimizer: {adam: 0.001}\nweights: null\n",
  ])
  func isEqualForEqualConfigurations(_ text: String) throws {
    #expect(try identity(text).hex == identity().hex)
  }

  @Test(arguments: [
    ["name=other"], ["+description=What this is for"], ["seed=42"], ["lr=0.001"], ["threads=2"],
  ])
  func isIndependentOfWhatChangesNoNumber(_ overrides: [String]) throws {
    #expect(try identity(overrides: overrides).hex == identity().hex)
  }

  /// The file lies elsewhere, its fingerprint is the same.
  @Test func isIndependentOfPaths() throws {
    let folder = try TemporaryFolder()
    let identities = try ["a", "b"].map {
      let path = try folder.write([], "\($0).safetensors")
      return try identity(overrides: ["weights=\(path)"], weights: "w").hex
    }
    #expect(identities[0] == identities[1])
    let first = Resolved(.path("/a"), .default)
    #expect(first.canonicalForm == Resolved(.path("/b"), .default).canonicalForm)
  }

  @Test func changesWithEachPart() throws {
    var all = [
      try identity(), try identity(dataset: "e"), try identity(weights: "d"),
      try identity(weights: ""), try identity(libtorch: "2.13.1"), try identity(processors: 3),
      try identity(dataset: "2.13.0", libtorch: "d"),
    ]
    for override in [
      "seed=43", "lr=1e-4", "threads=1", "device=cpu", "batch_size=32", "dataset=digits",
      "+data.shuffle=false", "+train.epochs=11", "+train.max_steps=3", "+metrics=[f1]",
      "+metrics=[accuracy, f1]", "+metrics=[f1, accuracy]", "+loss=mse", "optimizer=sgd",
      "model=[{linear: 11}]", "model=[{linear: 10}, {linear: 10}]", "+data.limit.train=5",
      "+data.limit.test=5", "+data.fallback=digits", "+data.split={validation: 0.1}",
    ] {
      let name = override.hasPrefix("+") ? String(override.dropFirst()) : override
      all.append(try identity(overrides: [name]))
    }
    #expect(Set(all.map(\.hex)).count == all.count)
  }
}

import Diagnostics
import ExperimentConfig
import RunRecord
import Tasks

/// A catalog of the few components that these tests' experiments name.
let catalog = Catalog([
  .layer: [
    ComponentSchema(
      "linear", main: "features",
      [Field("features", .integer(.atLeast(1)), .required, doc: "Outputs.")], doc: "Linear.")
  ],
  .dataset: [ComponentSchema("mnist", doc: "Digits."), ComponentSchema("digits", doc: "Digits.")],
  .transform: [ComponentSchema("to_tensor", doc: "To floats.")],
  .loss: LossRegistry.schemas,
  .optimizer: OptimizerRegistry.schemas,
  .metric: [ComponentSchema("accuracy", doc: "Share."), ComponentSchema("f1", doc: "Mean.")],
])

let experiment = """
  name: sample
  seed: 42
  data: {dataset: mnist}
  model: [linear: 10]
  optimizer: {adam: {lr: 1e-3}}

  """

struct LoadFailure: Error {
  let diagnostics: [Diagnostic]
}

func load(
  _ text: String, file: String = "experiments/sample.yaml", overrides: [String] = [],
  processors: Int = 2
) throws -> Resolved {
  let diagnostics = DiagnosticCollector()
  let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: processors)
  let loaded = loader.load(
    SourceFile(name: file, text: text), overrides: overrides, into: diagnostics)
  guard let loaded else { throw LoadFailure(diagnostics: diagnostics.sorted) }
  return loaded.resolved
}

func identity(
  _ text: String = experiment, overrides: [String] = [], dataset: String = "d",
  weights: String? = nil, libtorch: String = "2.13.0", processors: Int = 2
) throws -> Identity {
  try Identity(
    configuration: load(text, overrides: overrides, processors: processors), dataset: dataset,
    weights: weights, libtorch: libtorch)
}

let sampleInfo = RunInfo(
  status: .running, identity: String(repeating: "a", count: 64), name: "sample",
  seed: 9_007_199_254_740_991, command: ["runner", "a b.yaml", "lr=1e-3"],
  git: RunInfo.Source(commit: "c0ffee", isDirty: true),
  dataset: RunInfo.Dataset(
    requested: "mnist", used: "digits", fingerprint: "f", origin: "drawn",
    files: [.init(path: "/data/ü\n", sha256: String(repeating: "0", count: 64))]),
  weights: RunInfo.Weights(
    source: "w.safetensors", used: "w.safetensors", path: "/w.safetensors",
    sha256: String(repeating: "1", count: 64)),
  versions: RunInfo.Versions(libtorch: "2.13.0"), host: "host", cpu: "cpu",
  cpuCapability: "AVX512", device: "cpu", threads: 2, warnings: ["\"careful\""],
  started: "2026-11-23T01:19:59Z")

let sampleSummary = RunSummary(
  status: "finished", identity: String(repeating: "a", count: 64), dataset: "digits",
  parameters: .init(total: 109_386, trainable: 109_000), epochs: 10, bestEpoch: 3,
  validation: ["loss": .nan, "accuracy": 0.1 + 0.2, "f1_macro": 1], test: ["loss": .infinity])

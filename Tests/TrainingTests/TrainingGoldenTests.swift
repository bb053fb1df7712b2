import DataSchema
import Datasets
import Execution
import ExperimentConfig
import Files
import FoundationEssentials
import Graph
import RunRecord
import Testing
import Torch
import Training
import Weights

/// Training against PyTorch: the same initial weights and data order give the same losses.
@Suite struct TrainingGoldenTests {
  private static let mnist = ProcessInfo.processInfo.environment["RUNNER_DATA"]

  @Test func theFormulaIsTheOneOfTheGoldens() throws {
    struct File: Decodable {
      struct Salt: Decodable {
        let salt: UInt32
        let sha256: String
      }
      let salts: [Salt]
    }
    let url = TrainingGolden.folder.appending(path: "formula.json")
    let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    #expect(!file.salts.isEmpty)
    for salt in file.salts {
      #expect(Digest.hex(of: try FormulaImages.make(salt: salt.salt).pixels) == salt.sha256)
    }
  }

  @Test(arguments: [
    "adam", "adam_amsgrad", "adamw", "sgd", "sgd_nesterov", "rmsprop", "rmsprop_momentum",
    "rmsprop_centered", "adam_label_smoothing", "adam_mse", "adam_bce_with_logits", "cnn",
  ])
  func lossesEqualPyTorchs(run: String) throws {
    let golden = try TrainingGolden.load(run)
    try compare(golden, FormulaImages.make(salt: #require(golden.salt)))
  }

  @Test(.enabled(if: mnist != nil, "RUNNER_DATA is not set: no MNIST to compare with"))
  func lossesEqualPyTorchsOnMNIST() async throws {
    let environment = DataEnvironment(
      variables: ["RUNNER_DATA": try #require(Self.mnist)],
      workingDirectory: FileManager.default.currentDirectoryPath)
    let dataset = try await MNIST.acquire(environment: environment) { _ in }
    let source = try #require(try DatasetRegistry.make(named: "mnist", in: .empty)).open(
      .train, of: dataset)
    try compare(
      TrainingGolden.load("mnist"), ImagesInMemory(reading: source.prefix(12_800)))
  }

  private func compare(_ golden: TrainingGolden, _ images: ImagesInMemory) throws {
    let log = TrainingLog()
    let result = try Trainer(golden.job(images)).run(log)
    let losses = log.losses
    #expect(losses.count == golden.steps)
    var worst = 0.0
    for (ours, theirs) in zip(losses, golden.losses) {
      worst = max(worst, abs(ours - theirs) / abs(theirs))
    }
    #expect(worst <= 1e-5, "largest relative difference \(worst)")
    for (name, expected) in golden.buffers ?? [:] {
      let found = try #require(result.model.state.first { $0.parameter.name == name })
      let values = try found.tensor.doubles()
      let scale = expected.data.map(abs).max() ?? 1
      for (ours, theirs) in zip(values, expected.data) {
        #expect(abs(ours - theirs) <= 1e-3 * max(scale, 1e-6), "\(name)")
      }
    }
  }
}

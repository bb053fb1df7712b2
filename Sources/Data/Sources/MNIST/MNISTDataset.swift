import DataSchema
import ExperimentConfig

struct MNISTDataset: IDXFormat {
  static let schema = ComponentSchema(
    "mnist",
    doc: "Handwritten digits (LeCun, Cortes, Burges): 60,000 + 10,000 grey images of 28×28, ten "
      + "classes. Looked for in $RUNNER_DATA and the cache, or downloaded.")

  init(_ arguments: Arguments, in environment: DataEnvironment) {}

  let dataSchema = DataSchema(
    image: ImageSize(channels: 1, height: 28, width: 28), target: MNIST.images.target,
    counts: [.train: 60_000, .test: 10_000])

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await MNIST.acquire(environment: environment, progress: progress)
  }
}

import ExperimentConfig

struct DigitsDataset: DatasetDefinition {
  static let schema = ComponentSchema(
    "digits",
    doc: "Handwriting-like digits drawn by this program: 60,000 + 10,000 grey images of 28×28, ten "
      + "classes, the same for everyone, in MNIST's form. Needs no download.")

  init(_ arguments: Arguments) {}

  let facts = DatasetFacts(
    channels: 1, height: Digits.height, width: Digits.width, classes: Digits.classCount,
    trainCount: Digits.trainCount, testCount: Digits.testCount)

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await DigitsCache.acquire(environment: environment, progress: progress)
  }
}

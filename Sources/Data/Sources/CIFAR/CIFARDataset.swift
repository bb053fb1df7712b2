import DataSchema
import ExperimentConfig

/// CIFAR-10; see ``CIFARRelease``.
struct CIFAR10Dataset: IDXFormat {
  static let schema = ComponentSchema(
    "cifar10",
    doc:
      "Photographs (Krizhevsky): 50,000 + 10,000 colour images of 32×32, ten classes. The unpacked "
      + "files (cifar-10-batches-py as torchvision and Keras keep them, or cifar-10-batches-bin) "
      + "or either archive are looked for in $RUNNER_DATA, its folder cifar10 and Keras's folder, "
      + "or downloaded; converted once into the cache.")

  private static let release = CIFARRelease.cifar10

  init(_ arguments: Arguments, in environment: DataEnvironment) {}

  let dataSchema = release.schema(labels: 0)

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await CIFARFiles(release: Self.release)
      .acquire(labels: 0, environment: environment, progress: progress)
  }
}

/// CIFAR-100; see ``CIFARRelease``.
struct CIFAR100Dataset: IDXFormat {
  static let schema = ComponentSchema(
    "cifar100", main: "labels",
    [
      Field(
        "labels", .choice(["fine", "coarse"]), default: "fine",
        doc: "The 100 classes, or the 20 superclasses of five classes each.")
    ],
    doc:
      "Photographs (Krizhevsky): 50,000 + 10,000 colour images of 32×32 in 100 classes. Found and "
      + "cached like cifar10, with cifar-100-python, cifar-100-binary and a folder cifar100.")

  private static let release = CIFARRelease.cifar100

  let dataSchema: DataSchema
  private let labels: Int

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    labels = try arguments.string("labels") == "coarse" ? 0 : 1
    dataSchema = Self.release.schema(labels: labels)
  }

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await CIFARFiles(release: Self.release)
      .acquire(labels: labels, environment: environment, progress: progress)
  }
}

extension CIFARRelease {
  /// What the data set holds with one kind of label.
  func schema(labels: Int) -> DataSchema {
    DataSchema(
      image: ImageSize(channels: 3, height: CIFARBatch.side, width: CIFARBatch.side),
      target: DataField("label", .category(kinds[labels].names)), counts: counts)
  }
}

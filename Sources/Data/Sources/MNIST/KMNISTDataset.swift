import DataSchema
import ExperimentConfig

/// Kuzushiji-MNIST: Clanuwat, Bober-Irizar, Kitamoto, Lamb, Yamamoto, Ha, "Deep Learning for Classical Japanese
/// Literature", arXiv:1812.01718.
struct KMNISTDataset: IDXFormat {
  static let schema = ComponentSchema(
    "kmnist",
    doc:
      "Handwritten Japanese characters (Clanuwat et al.): 60,000 + 10,000 grey images of 28×28, "
      + "ten classes. Its compressed files are looked for in $RUNNER_DATA (kmnist, or KMNIST/raw "
      + "as torchvision keeps them) and the cache, or downloaded.")

  /// SHA-256 as TensorFlow Datasets and torchvision publish them.
  private static let images = DownloadableImages(
    name: "kmnist",
    target: DataField(
      "label", .category(["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"])),
    checksums: .archives([
      .trainImages: "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
      .trainLabels: "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
      .testImages: "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
      .testLabels: "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ]),
    folders: ["kmnist", "KMNIST/raw"], largestFile: 64 << 20)

  private static let mirrors = ["http://codh.rois.ac.jp/kmnist/dataset/kmnist"]

  init(_ arguments: Arguments, in environment: DataEnvironment) {}

  let dataSchema = DataSchema(
    image: ImageSize(channels: 1, height: 28, width: 28), target: images.target,
    counts: [.train: 60_000, .test: 10_000])

  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    try await Self.images.acquire(
      environment: environment, mirrors: Self.mirrors, progress: progress)
  }
}

import DataSchema
import ExperimentConfig

/// Fashion-MNIST: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
/// Learning Algorithms", arXiv:1708.07747.
struct FashionMNISTDataset: IDXFormat {
  static let schema = ComponentSchema(
    "fashion_mnist",
    doc: "Images of clothes (Xiao, Rasul, Vollgraf): 60,000 + 10,000 grey images of 28×28, ten "
      + "classes. Its compressed files are looked for in $RUNNER_DATA (fashion_mnist, or "
      + "FashionMNIST/raw as torchvision keeps them) and the cache, or downloaded.")

  private static let images = DownloadableImages(
    name: "fashion_mnist",
    target: DataField(
      "label",
      .category([
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
        "Ankle boot",
      ])),
    checksums: .archives([
      .trainImages: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      .trainLabels: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      .testImages: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      .testLabels: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ]),
    folders: ["fashion_mnist", "FashionMNIST/raw"], largestFile: 64 << 20)

  private static let mirrors = [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
  ]

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

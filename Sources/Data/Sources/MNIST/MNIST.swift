import DataSchema

/// The MNIST database of handwritten digits: 60,000 training and 10,000 test images of 28 × 28 grey pixels in
/// 10 classes.
///
/// Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition",
/// Proceedings of the IEEE, 1998.
package enum MNIST {
  package static let images = DownloadableImages(
    name: "mnist",
    target: .digits,
    checksums: .contents([
      .trainImages: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      .trainLabels: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      .testImages: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      .testLabels: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ]),
    folders: ["mnist", "MNIST/raw", "."], largestFile: 64 << 20)

  package static let mirrors = [
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
  ]

  /// Finds MNIST on this machine or downloads it into the cache.
  ///
  /// Searches `$RUNNER_DATA/mnist`, `$RUNNER_DATA/MNIST/raw` (torchvision's layout), `$RUNNER_DATA` and
  /// `datasets/mnist` in the cache. Every file is read and verified against its known hash. Throws
  /// `DataError`: of kind `invalid` if a file in `$RUNNER_DATA` is damaged or a different file, of kind
  /// `unavailable` if MNIST is not found and cannot be downloaded, after at most 20 seconds without a
  /// network; `CancellationError` if the task is cancelled. `progress` is called from any thread.
  package static func acquire(
    environment: DataEnvironment,
    progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset {
    let mirrors = try environment.mnistMirrors() ?? mirrors
    return try await images.acquire(
      environment: environment, mirrors: mirrors, progress: progress)
  }

  /// MNIST if it is on this machine; `nil` if it would have to be downloaded.
  package static func find(
    environment: DataEnvironment
  ) async throws(DataError) -> AcquiredDataset? {
    try await images.find(environment: environment)
  }
}

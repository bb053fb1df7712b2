import DataSchema
import Files

/// The two parts that a data set comes in.
package enum DataSplit: String, Sendable, CaseIterable, Codable {
  case train
  case test
}

/// The four files of a data set in MNIST's layout, in the order that fingerprints take them.
package enum ImageFileRole: Int, Sendable, CaseIterable {
  case trainImages
  case trainLabels
  case testImages
  case testLabels

  /// The file's name as MNIST has it, without `.gz`.
  package var fileName: String {
    switch self {
    case .trainImages: "train-images-idx3-ubyte"
    case .trainLabels: "train-labels-idx1-ubyte"
    case .testImages: "t10k-images-idx3-ubyte"
    case .testLabels: "t10k-labels-idx1-ubyte"
    }
  }
}

extension ImageFileRole: CustomStringConvertible {
  package var description: String {
    switch self {
    case .trainImages: "training images"
    case .trainLabels: "training labels"
    case .testImages: "test images"
    case .testLabels: "test labels"
    }
  }
}

/// One of the four files, found and checked.
package struct ImageFile: Hashable, Sendable, Codable {
  /// From the root; the file is gzip-compressed or not.
  package let path: String
  /// Of the uncompressed file, in hexadecimal.
  package let sha256: String

  package init(path: String, sha256: String) {
    self.path = path
    self.sha256 = sha256
  }
}

/// Where a data set's files were found.
package enum DataOrigin: String, Sendable, Codable, CaseIterable {
  /// In the folder that the user named, in the experiment or by `$RUNNER_DATA`.
  case folder
  /// In the cache, from an earlier download.
  case cache
  /// Nowhere, so that at least one file was downloaded just now.
  case download
  /// Drawn by this program just now.
  case drawn
}

/// A data set on this machine: four files that have been read through once and found right. Loading
/// it later gives the same bytes, or says that they changed.
package struct AcquiredDataset: Hashable, Sendable {
  /// The data set's name in messages and records.
  package let name: String
  package let trainImages: ImageFile
  package let trainLabels: ImageFile
  package let testImages: ImageFile
  package let testLabels: ImageFile
  /// What its labels are; `nil` if only the pictures are wanted.
  package let target: DataField?
  package let origin: DataOrigin

  /// SHA-256, in hexadecimal, of the four hashes in hexadecimal, each followed by a line feed, in the
  /// order of `ImageFileRole`. It depends on the contents alone, not on where or how they lie.
  package var fingerprint: String {
    Digest.hex(of: ImageFileRole.allCases.map { self[$0].sha256 + "\n" }.joined().utf8)
  }

  package subscript(role: ImageFileRole) -> ImageFile {
    switch role {
    case .trainImages: trainImages
    case .trainLabels: trainLabels
    case .testImages: testImages
    case .testLabels: testLabels
    }
  }

  /// The data set whose file for each role is what `file` says.
  package init(
    name: String, target: DataField?, origin: DataOrigin, _ file: (ImageFileRole) -> ImageFile
  ) {
    self.name = name
    self.target = target
    self.origin = origin
    trainImages = file(.trainImages)
    trainLabels = file(.trainLabels)
    testImages = file(.testImages)
    testLabels = file(.testLabels)
  }
}

// Reading the contents.
extension AcquiredDataset {
  /// Reads one part. Throws where a file cannot be read any more, has changed since it was acquired,
  /// or does not hold images and labels that belong together.
  package func load(_ split: DataSplit) throws(DataError) -> LabelledImages {
    let images = split == .train ? trainImages : testImages
    let labels = split == .train ? trainLabels : testLabels
    return try LabelledImages(
      images: Self.read(images), imagesPath: images.path,
      targets: targets(split), targetsPath: labels.path)
  }

  /// Reads the targets of one part and nothing else. Throws as ``load(_:)`` does.
  package func targets(_ split: DataSplit) throws(DataError) -> Targets {
    let file = split == .train ? trainLabels : testLabels
    let (numbers, sha256) = try IDX.readNumbersWithDigest(file.path)
    try Self.check(file, sha256)
    return try TargetFile.targets(numbers, of: target?.kind, path: file.path)
  }

  /// Reads both parts at once, each on a thread of its own.
  package func load() async throws(DataError) -> (train: LabelledImages, test: LabelledImages) {
    async let test = Result { () throws(DataError) in try load(.test) }
    let train = Result { () throws(DataError) in try load(.train) }
    return try await (train.get(), test.get())
  }

  private static func read(_ file: ImageFile) throws(DataError) -> IDXArray {
    let (array, sha256) = try IDX.readWithDigest(file.path)
    try check(file, sha256)
    return array
  }

  private static func check(_ file: ImageFile, _ sha256: String) throws(DataError) {
    if sha256 == file.sha256 { return }
    throw DataError(path: file.path, reason: "has changed since this run began")
  }
}

import DataSchema

/// The four files of a data set in MNIST's layout, in the order used by fingerprints.
package enum IDXRole: Int, Sendable, CaseIterable {
  case trainImages
  case trainLabels
  case testImages
  case testLabels

  /// MNIST's name of the file, without `.gz`.
  package var fileName: String {
    switch self {
    case .trainImages: "train-images-idx3-ubyte"
    case .trainLabels: "train-labels-idx1-ubyte"
    case .testImages: "t10k-images-idx3-ubyte"
    case .testLabels: "t10k-labels-idx1-ubyte"
    }
  }

  package var split: DataSplit {
    switch self {
    case .trainImages, .trainLabels: .train
    case .testImages, .testLabels: .test
    }
  }

  package var contents: DataFile.Contents {
    switch self {
    case .trainImages, .testImages: .inputs
    case .trainLabels, .testLabels: .targets
    }
  }

  /// A data file with this role.
  func file(_ path: String, sha256: String) -> DataFile {
    DataFile(path: path, sha256: sha256, split: split, contents: contents)
  }
}

extension IDXRole: CustomStringConvertible {
  package var description: String {
    switch self {
    case .trainImages: "training images"
    case .trainLabels: "training labels"
    case .testImages: "test images"
    case .testLabels: "test labels"
    }
  }
}

import DataSchema

/// The role of a file in a data set in MNIST's format, parsed from its name. Besides MNIST's own names, it
/// accepts those of related and repackaged data sets: `train-images.idx3-ubyte`, `test_labels.idx`,
/// `emnist-letters-train-images-idx3-ubyte.gz`, `train/images.idx`.
struct IDXFileName: Hashable {
  let role: IDXRole
  /// The words before the role, such as `emnist`, `letters`; empty for MNIST's own names.
  let prefix: [String]

  private static let splits: [String: DataSplit] = [
    "train": .train, "training": .train, "t10k": .test, "test": .test, "testing": .test,
  ]
  private static let images: Set = ["images", "image", "imgs", "img"]
  private static let labels: Set = ["labels", "label"]
  private static let formats: Set = ["idx", "idx1", "idx2", "idx3", "idx4", "ubyte", "uint8"]

  /// - Parameter path: the path relative to the data set's folder, with or without `.gz`.
  /// - Returns: `nil` for any other name.
  init?(_ path: String) {
    var words = path.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    if words.last == "gz", path.lowercased().hasSuffix(".gz") { words.removeLast() }
    // Only the format may follow at the end: 'train-images.zip' is not one of these files.
    while let word = words.last, Self.formats.contains(word) { words.removeLast() }
    guard let kind = words.popLast() else { return nil }
    let isImages = Self.images.contains(kind)
    guard isImages || Self.labels.contains(kind) else { return nil }
    let places = words.indices.filter { Self.splits[words[$0]] != nil }
    guard places.count == 1, let split = Self.splits[words[places[0]]] else { return nil }
    words.remove(at: places[0])
    prefix = words
    role =
      switch (split, isImages) {
      case (.train, true): .trainImages
      case (.train, false): .trainLabels
      case (.test, true): .testImages
      case (.test, false): .testLabels
      }
  }

  /// Whether a folder of this name holds the files of one split.
  static func isSplit(_ folder: String) -> Bool { splits[folder.lowercased()] != nil }
}

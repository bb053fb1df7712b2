import DataSchema

/// A user's own data set: a folder with four IDX files that have MNIST's names or similar ones (see
/// `IDXFileName`), each optionally compressed.
package enum IDXFolder {
  /// The data set's name in records.
  package static let name = "idx"

  /// Reads the four files in `folder`; a relative path is resolved against the environment's working
  /// directory. Since the contents are not known beforehand, the fingerprint identifies them.
  ///
  /// Throws if a file is missing, ambiguous or damaged, or if training and test images differ in size.
  package static func acquire(
    folder: String, environment: DataEnvironment
  ) async throws(DataError) -> AcquiredDataset {
    let folder = environment.absolute(folder)
    guard FileSearch.isFolder(folder) else {
      throw DataError(path: folder, reason: "is not a folder")
    }
    let paths = try paths(in: folder)
    let found = try await FileSearch.forEachRole { role throws(DataError) in
      let path = paths[role.rawValue]
      let isLabels = role == .trainLabels || role == .testLabels
      let (shape, sha256) = try IDX.inspect(path, takesNumbers: isLabels)
      return (file: role.file(path, sha256: sha256), shape: shape)
    }
    let train = found[.trainImages].map { Array($0.shape.dropFirst()) } ?? []
    let test = found[.testImages].map { Array($0.shape.dropFirst()) } ?? []
    for (role, shape) in [(IDXRole.trainImages, train), (.testImages, test)]
    where shape.isEmpty && found[role] != nil {
      throw DataError(
        path: paths[role.rawValue],
        reason:
          "holds one number per example, as labels do; expected images (have the files of images "
          + "and labels been swapped?)")
    }
    guard train == test else {
      throw DataError(
        path: paths[IDXRole.testImages.rawValue],
        reason: "holds images of \(describe(test)), but the training images are \(describe(train))")
    }
    return AcquiredDataset(
      name: name, files: IDXRole.allCases.compactMap { found[$0]?.file }, origin: .folder)
  }

  /// Opens a split of the files that ``acquire(folder:environment:)`` found.
  ///
  /// - Parameter target: the contents of the label files.
  /// - Throws: ``DataError`` if the files have changed since, or contain other targets.
  package static func open(
    _ split: DataSplit, of data: AcquiredDataset, target: DataField
  ) throws(DataError) -> any ExampleSource {
    try IDXSource(split, of: data, target: target)
  }

  /// The file for each role, in order of the roles. A single error names all missing files.
  private static func paths(in folder: String) throws(DataError) -> [String] {
    let named = try FileSearch.named(in: folder, subfolders: true)
    let missing = IDXRole.allCases.filter { named[$0] == nil }
    guard missing.isEmpty else {
      throw DataError(
        path: folder,
        reason: "lacks \(missing.map(\.fileName).joined(separator: ", ")) (similar names such as "
          + "test-images.idx and train/images.idx are found too, each optionally with .gz)")
    }
    return IDXRole.allCases.compactMap { named[$0] }
  }

  private static func describe(_ size: [Int]) -> String {
    size.map(String.init).joined(separator: " × ")
  }
}

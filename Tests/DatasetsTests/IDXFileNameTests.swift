import DataSchema
import Datasets
import Glibc
import Testing

/// Data sets whose files are not called exactly as MNIST's are.
struct IDXFileNameTests {
  private func acquire(_ folder: TemporaryFolder) async throws -> AcquiredDataset {
    try await IDXFolder.acquire(folder: "mine", environment: folder.environment())
  }

  private func write(_ names: [String], into folder: TemporaryFolder) throws -> [String] {
    try zip(IDXRole.allCases, names).map { role, name in
      let bytes = Tiny.contents[role] ?? []
      return try folder.write(name.hasSuffix(".gz") ? gzip(bytes) : bytes, "mine/" + name)
    }
  }

  @Test(arguments: [
    // Kaggle's copy of MNIST.
    [
      "train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte",
      "t10k-labels.idx1-ubyte",
    ],
    [
      "train-images.idx3-ubyte.gz", "train-labels.idx1-ubyte.gz", "t10k-images.idx3-ubyte.gz",
      "t10k-labels.idx1-ubyte.gz",
    ],
    [
      "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte",
      "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte",
    ],
    [
      "emnist-balanced-train-images-idx3-ubyte.gz", "emnist-balanced-train-labels-idx1-ubyte.gz",
      "emnist-balanced-test-images-idx3-ubyte.gz", "emnist-balanced-test-labels-idx1-ubyte.gz",
    ],
    ["train_images.idx", "train_labels.idx", "test_images.idx", "test_labels.idx"],
    ["train/images.idx", "train/labels.idx", "test/images.idx", "test/labels.idx"],
    ["TRAIN-IMAGES.IDX3", "Train-Labels.IDX1", "test images.idx", "t10k.labels.idx1.ubyte.GZ"],
    // Each by its own fashion.
    [
      "train-images-idx3-ubyte", "train-labels.idx1-ubyte.gz", "test-images-idx3-ubyte.gz",
      "t10k/labels",
    ],
  ])
  func commonNamesAreFound(_ names: [String]) async throws {
    let folder = try TemporaryFolder()
    let paths = try write(names, into: folder)
    // What else may lie there.
    for other in [
      "train-images.zip", "train-labels.csv", "README", "._train-images-idx3-ubyte",
      "train-images-idx3-ubyte.md5", "emnist-letters-mapping.txt", "images.idx",
    ] {
      try folder.write([1, 2, 3], "mine/" + other)
    }
    let found = try await acquire(folder)
    #expect(IDXRole.allCases.map { found.files[$0.rawValue].path } == paths)
    #expect(try found.load(.test).targets.classNumbers == [2, 1, 0, 2])
  }

  @Test(arguments: [
    ("train-images.idx3-ubyte", "training images"), ("test-labels-idx1-ubyte.gz", "test labels"),
    ("emnist-train-images-idx3-ubyte", "training images"), ("test/labels.idx1", "test labels"),
  ])
  func twoFilesForOneRoleAreNamed(_ other: String, _ role: String) async throws {
    let folder = try TemporaryFolder()
    let names = IDXRole.allCases.map(\.fileName)
    _ = try write(names, into: folder)
    try folder.write([1], "mine/" + other)
    let error = await #expect(throws: DataError.self) { try await acquire(folder) }
    let own = try #require(
      names.first { $0.hasPrefix(role == "test labels" ? "t10k-l" : "train-i") })
    let both = [own, other].sorted()
    #expect(error?.path == folder.path + "/mine")
    #expect(
      error?.reason
        == "is ambiguous: \(both[0]) and \(both[1]) could both be the \(role); keep one data "
        + "set per "
        + "folder")
  }

  @Test func partsOfDifferentDataSetsAreNotMixed() async throws {
    let folder = try TemporaryFolder()
    _ = try write(
      [
        "kmnist-train-images-idx3-ubyte", "fashion-train-labels-idx1-ubyte",
        "kmnist-t10k-images-idx3-ubyte", "kmnist-t10k-labels-idx1-ubyte",
      ], into: folder)
    let error = await #expect(throws: DataError.self) { try await acquire(folder) }
    #expect(
      error?.reason.hasPrefix(
        "is ambiguous: kmnist-train-images-idx3-ubyte and fashion-train-labels-idx1-ubyte seem to")
        == true, "\(String(describing: error))")
  }

  @Test func anUncompressedFileIsTakenBeforeItsCompressedTwin() async throws {
    let folder = try TemporaryFolder()
    let names = ["train-images.idx", "train-labels.idx", "test-images.idx", "test-labels.idx"]
    let paths = try write(names, into: folder)
    _ = try write(names.map { $0 + ".gz" }, into: folder)
    let found = try await acquire(folder)
    #expect(IDXRole.allCases.map { found.files[$0.rawValue].path } == paths)
  }

  /// A name that is no UTF-8 must not become another file's.
  @Test func aNameThatIsNotUTF8IsIgnored() async throws {
    let folder = try TemporaryFolder()
    let paths = try write(IDXRole.allCases.map(\.fileName), into: folder)
    var name = Array((folder.path + "/mine/train-images.idx3").utf8CString)
    name.insert(CChar(bitPattern: 0xE9), at: name.count - 9)
    let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
    #expect(descriptor >= 0)
    close(descriptor)
    #expect(try await acquire(folder).files[0].path == paths[0])
  }

  /// MNIST itself as others pack it, in the folder that `RUNNER_DATA` names.
  @Test(arguments: ["data/", "data/tiny/"])
  func aPublishedDataSetUnderOtherNames(_ place: String) async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(bytes, place + role.fileName.replacing("-idx", with: ".idx"))
    }
    // Another data set beside it.
    try folder.write([1], place + "emnist-train-images-idx3-ubyte")
    let found = try await Tiny.images.acquire(
      environment: folder.environment(["RUNNER_DATA": folder.path + "/data"]), mirrors: []
    ) { _ in }
    #expect(found.origin == .folder)
    #expect(found.files[3].path == folder.path + "/" + place + "t10k-labels.idx1-ubyte")
  }

  @Test func membersOfGzipBecomeOneDataSet() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(
        gzip(Array(bytes.prefix(9))) + gzip(Array(bytes.dropFirst(9))) + [0, 0, 0],
        "mine/\(role.fileName).gz")
      try folder.write(bytes, "plain/\(role.fileName)")
    }
    let plain = try await IDXFolder.acquire(folder: "plain", environment: folder.environment())
    #expect(try await acquire(folder).fingerprint == plain.fingerprint)
  }
}

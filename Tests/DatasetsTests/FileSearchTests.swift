import DataSchema
import Datasets
import Glibc
import Testing

/// Where a data set's files are looked for. No test here may need a download: the mirrors list is
/// empty, so that one would be an error.
struct FileSearchTests {
  private func acquire(
    _ environment: DataEnvironment, _ log: ProgressLog = ProgressLog()
  ) async throws -> AcquiredDataset {
    try await Tiny.images.acquire(environment: environment, mirrors: []) { log.add($0) }
  }

  @Test(arguments: ["data/tiny/", "data/", "cache/datasets/tiny/"], [false, true])
  func findsAllPlaces(place: String, compressed: Bool) async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(
        compressed ? gzip(bytes) : bytes, place + role.fileName + (compressed ? ".gz" : ""))
    }
    let found = try await acquire(folder.environment(["RUNNER_DATA": folder.path + "/data"]))
    #expect(found.origin == (place.hasPrefix("data") ? .folder : .cache))
    #expect(found.files[0].path.hasPrefix(folder.path + "/" + place))
    let sums = IDXRole.allCases.map { hexadecimalSHA256(Tiny.contents[$0] ?? []) + "\n" }
    #expect(found.fingerprint == hexadecimalSHA256(Array(sums.joined().utf8)))

    let (train, test) = (try found.load(.train), try found.load(.test))
    #expect(train.count == 6)
    #expect(test.targets.classNumbers == [2, 1, 0, 2])
    #expect(train.targets.classNumbers.count == train.count)
  }

  @Test func theUsersOwnFolderWins() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(bytes, "data/tiny/\(role.fileName)")
      try folder.write([], "cache/datasets/tiny/\(role.fileName)")
    }
    let found = try await acquire(folder.environment(["RUNNER_DATA": folder.path + "/data"]))
    #expect(found.origin == .folder)
  }

  @Test(arguments: [true, false])
  func aWrongFileOfTheUsersIsAnErrorAndNeverPassedOver(damaged: Bool) async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(bytes, "cache/datasets/tiny/\(role.fileName)")
    }
    let other = idx([6], [0, 0, 0, 0, 0, 0])
    let path = try folder.write(
      damaged ? [0, 0] : other, "data/tiny/\(IDXRole.trainLabels.fileName)")
    let environment = folder.environment(["RUNNER_DATA": folder.path + "/data"])
    let error = await #expect(throws: DataError.self) { try await acquire(environment) }
    #expect(error?.path == path)
    #expect(error?.kind == .invalid)
    let reason =
      "is not tiny's train-labels-idx1-ubyte: the SHA-256 of its contents is"
      + " \(hexadecimalSHA256(other)), expected "
      + hexadecimalSHA256(Tiny.contents[.trainLabels] ?? [])
    #expect(error?.reason == (damaged ? "is truncated within its IDX header" : reason))
  }

  @Test func aLinkThatLeadsNowhereIsSaid() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/train-images-idx3-ubyte"
    #expect(symlink("/nonexistent/elsewhere", path) == 0)
    let environment = folder.environment(["RUNNER_DATA": folder.path])
    await #expect(
      throws: DataError(path: path, reason: "cannot open it: No such file or directory")
    ) { try await acquire(environment) }
  }

  @Test func aMissingDataFolderIsSaid() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(bytes, "cache/datasets/tiny/\(role.fileName)")
    }
    let log = ProgressLog()
    let found = try await acquire(folder.environment(["RUNNER_DATA": "absent"]), log)
    #expect(found.origin == .cache)
    #expect(log.events == [.noDataFolder(folder.path + "/absent")])
  }

  @Test func withoutAPlaceForDownloads() async throws {
    let environment = DataEnvironment(variables: [:], workingDirectory: "/")
    await #expect(
      throws: DataError(
        path: "tiny", reason: "there is no folder for downloads: set HOME or RUNNER_CACHE",
        kind: .unavailable)
    ) { try await acquire(environment) }
  }

  @Test func aFileThatChangesBeforeItIsLoadedIsSaid() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents { try folder.write(bytes, role.fileName) }
    let found = try await acquire(folder.environment(["RUNNER_DATA": folder.path]))
    let path = try folder.write(
      idx([6], [0, 0, 0, 0, 0, 0]), IDXRole.trainLabels.fileName)
    #expect(throws: DataError(path: path, reason: "has changed since this run began")) {
      try found.load(.train)
    }
    #expect(try found.load(.test).count == 4)
  }
}

import DataSchema
import Datasets
import Testing

/// A data set of which only the compressed files' hashes are published.
struct PublishedArchiveTests {
  private static let images = DownloadableImages(
    name: "boxed", target: Tiny.images.target,
    checksums: .archives(Tiny.contents.mapValues { hexadecimalSHA256(gzip($0)) }),
    folders: ["boxed", "Boxed/raw"], largestFile: 4096)

  private func acquire(_ folder: TemporaryFolder) async throws -> AcquiredDataset {
    try await Self.images.acquire(
      environment: folder.environment(["RUNNER_DATA": folder.path + "/data"]), mirrors: []
    ) { _ in }
  }

  @Test(arguments: ["boxed", "Boxed/raw"])
  func compressedFilesAreFoundInEitherLayout(_ place: String) async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(gzip(bytes), "data/\(place)/\(role.fileName).gz")
      // As torchvision leaves them beside each other; another data set has the same names.
      try folder.write(bytes, "data/\(place)/\(role.fileName)")
      try folder.write([1, 2, 3], "data/\(role.fileName)")
    }
    let found = try await acquire(folder)
    #expect(found.origin == .folder)
    #expect(found.files.allSatisfy { $0.path.hasSuffix(".gz") })
    // The fingerprint is that of the contents, as for every data set in this format.
    let sums = IDXRole.allCases.map { hexadecimalSHA256(Tiny.contents[$0] ?? []) + "\n" }
    #expect(found.fingerprint == hexadecimalSHA256(Array(sums.joined().utf8)))
    #expect(try found.load(.test).count == 4)
  }

  @Test func compressedFilesUnderOtherNamesAreFoundBesideTheirUncompressedTwins() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      let name = role.fileName.replacing("-idx", with: ".idx")
      try folder.write(gzip(bytes), "data/boxed/\(name).gz")
      try folder.write(bytes, "data/boxed/\(name)")
    }
    #expect(try await acquire(folder).files.allSatisfy { $0.path.hasSuffix(".gz") })
  }

  @Test func anotherFileOfThatNameIsAnError() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(gzip(bytes), "data/boxed/\(role.fileName).gz")
    }
    let other = gzip(Tiny.contents[.trainLabels] ?? [], level: 1)
    let path = try folder.write(other, "data/boxed/\(IDXRole.trainLabels.fileName).gz")
    let error = await #expect(throws: DataError.self) { try await acquire(folder) }
    #expect(error?.path == path)
    #expect(error?.reason.contains("the SHA-256 of the compressed file is") == true)
  }

  @Test func uncompressedCopiesAreNotTaken() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(bytes, "data/boxed/\(role.fileName)")
    }
    let error = await #expect(throws: DataError.self) { try await acquire(folder) }
    #expect(error?.kind == .unavailable)
  }
}

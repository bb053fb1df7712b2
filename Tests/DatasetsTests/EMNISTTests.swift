import DataSchema
import Downloads
import ExperimentConfig
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// EMNIST's archive, with one of a few images in its place.
struct EMNISTTests {
  private let folder: TemporaryFolder
  private let log = ProgressLog()

  init() throws { folder = try TemporaryFolder() }

  /// Three training and two test images, with labels that count from 1.
  private static let split = EMNISTSplit(
    "letters", ["a", "b", "c"], firstLabel: 1, train: 3, test: 2)

  /// Images as they are published: rows and columns exchanged.
  private static func published(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { image in
      (0..<784).map { UInt8(truncatingIfNeeded: $0 / 28 + 3 * ($0 % 28) + 100 * image) }
    }
  }

  private static func upright(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { image in
      (0..<784).map { UInt8(truncatingIfNeeded: $0 % 28 + 3 * ($0 / 28) + 100 * image) }
    }
  }

  private static let members: [String: [UInt8]] = [
    "train-images-idx3": idx([3, 28, 28], published(3)), "train-labels-idx1": idx([3], [1, 3, 2]),
    "test-images-idx3": idx([2, 28, 28], published(2)), "test-labels-idx1": idx([2], [2, 1]),
  ]

  private static func archive(
    _ changes: [String: [UInt8]] = [:], without absent: String? = nil
  ) -> [UInt8] {
    var members = members
    members.merge(changes) { $1 }
    if let absent { members[absent] = nil }
    return ZipText(
      members.sorted { $0.key < $1.key }.map {
        ZipText.Entry("gzip/emnist-letters-\($0.key)-ubyte.gz", gzip($0.value))
      } + [ZipText.Entry("gzip/emnist-letters-mapping.txt", Array("1 65 97".utf8))]
    ).bytes
  }

  private func files(_ archive: [UInt8], mirrors: [String] = []) -> EMNISTFiles {
    EMNISTFiles(
      split: Self.split,
      archive: PublishedFile(name: "gzip.zip", checksum: .sha256(hexadecimalSHA256(archive))),
      mirrors: mirrors)
  }

  private func acquire(_ files: EMNISTFiles) async throws -> AcquiredDataset {
    try await files.acquire(
      environment: folder.environment(["RUNNER_DATA": folder.path + "/data"])
    ) { [log] in log.add($0) }
  }

  private func expectUpright(_ found: AcquiredDataset) throws {
    for (split, count, labels) in [(DataSplit.train, 3, [0, 2, 1]), (.test, 2, [1, 0])] {
      let source = try IDXSource(
        split, of: found, target: DataField("label", .category(Self.split.classes)))
      #expect(source.schema.image == ImageSize(channels: 1, height: 28, width: 28))
      #expect(try source.images(Array(0..<count)) == Self.upright(count))
      #expect(source.targets.classNumbers == labels.map { Int32($0) })
    }
  }

  @Test(arguments: ["emnist", "EMNIST/raw"])
  func theArchiveIsFoundInEitherFolder(_ place: String) async throws {
    try folder.write(Self.archive(), "data/\(place)/gzip.zip")
    let found = try await acquire(files(Self.archive()))
    #expect(found.name == "emnist" && found.origin == .folder)
    try expectUpright(found)
    #expect(try await acquire(files(Self.archive())).origin == .cache)
    let names = try folder.names(in: "cache/datasets/emnist")
    #expect(
      names == [
        ".lock", "emnist-letters-test-images-idx3-ubyte", "emnist-letters-test-labels-idx1-ubyte",
        "emnist-letters-train-images-idx3-ubyte", "emnist-letters-train-labels-idx1-ubyte",
        "emnist-letters.sha256",
      ])
  }

  @Test func aDownloadedArchiveServesTheOtherDataSetsToo() async throws {
    let server = try LoopbackServer(["/tiny/gzip.zip": Self.archive()])
    defer { server.stop() }
    let source = files(Self.archive(), mirrors: [server.base])
    let found = try await acquire(source)
    #expect(found.origin == .download)
    try expectUpright(found)
    #expect(folder.exists("cache/datasets/emnist/gzip.zip"))
    // As if another of its data sets had been converted before.
    try FileManager.default.removeItem(
      atPath: folder.path + "/cache/datasets/emnist/emnist-letters.sha256")
    #expect(try await acquire(source).origin == .cache)
    #expect(server.requests.count == 1)
  }

  @Test func aDamagedArchiveInTheCacheIsDownloadedAgain() async throws {
    try folder.write([1, 2, 3], "cache/datasets/emnist/gzip.zip")
    let server = try LoopbackServer(["/tiny/gzip.zip": Self.archive()])
    defer { server.stop() }
    let found = try await acquire(files(Self.archive(), mirrors: [server.base]))
    try expectUpright(found)
    #expect(
      log.events.contains {
        if case .damaged(let error) = $0 { error.path.hasSuffix("gzip.zip") } else { false }
      })
  }

  @Test func anotherArchiveOfTheUserIsAnError() async throws {
    let path = try folder.write(Array("other".utf8), "data/emnist/gzip.zip")
    let error = await #expect(throws: DataError.self) { try await acquire(files(Self.archive())) }
    #expect(error?.path == path && error?.kind == .invalid)
    #expect(error?.reason.hasPrefix("is not EMNIST's gzip.zip: its SHA-256 is") == true)
  }

  /// Archives with the right hash and wrong contents, as only a test can make them.
  @Test(arguments: [
    (archive(without: "train-labels-idx1"), "does not hold gzip/emnist-letters-train-labels"),
    (archive(["train-labels-idx1": idx([3], [1, 4, 2])]), "has the label 4, expected 1 to 3"),
    (archive(["train-labels-idx1": idx([3], [1, 0, 2])]), "has the label 0, expected 1 to 3"),
    (archive(["test-labels-idx1": idx([1], [1])]), "has the shape [1], expected [2]"),
    (
      archive(["test-images-idx3": idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])]),
      "expected [2, 28, 28]"
    ),
    (archive(["test-images-idx3": Array("not IDX".utf8)]), "is not an IDX file"),
    (Array("not a zip file".utf8), "zip"),
  ])
  func hostileArchivesAreErrors(_ archive: [UInt8], _ reason: String) async throws {
    try folder.write(archive, "data/emnist/gzip.zip")
    let error = await #expect(throws: DataError.self) { try await acquire(files(archive)) }
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "none")")
    #expect(error?.kind == .invalid)
    // Nothing half-made counts, and no temporary file stays.
    let names = try folder.names(in: "cache/datasets/emnist")
    #expect(!names.contains("emnist-letters.sha256"))
    #expect(!names.contains { $0.hasSuffix(".gz") })
  }

  @Test func withoutACopyOrANetworkItIsUnavailable() async throws {
    let error = await #expect(throws: DataError.self) {
      try await acquire(files(Self.archive(), mirrors: ["http://127.0.0.1:9"]))
    }
    #expect(error?.kind == .unavailable)
  }

  @Test func whatIsPublished() throws {
    #expect(EMNISTSplit.all.map(\.classes.count) == [62, 47, 47, 26, 10, 10])
    #expect(
      EMNISTSplit.all.map { ($0.counts[.train] ?? 0) + ($0.counts[.test] ?? 0) }
        == [814_255, 814_255, 131_600, 145_600, 280_000, 70_000])
    let dataset = try #require(try DatasetRegistry.make(named: "emnist", in: .empty))
    #expect(dataset.dataSchema.description == "47 classes of 1×28×28")
    let kmnist = try #require(try DatasetRegistry.make(named: "kmnist", in: .empty))
    #expect(kmnist.dataSchema.description == "10 classes of 1×28×28")
    #expect(kmnist.dataSchema.counts == [.train: 60_000, .test: 10_000])
  }
}

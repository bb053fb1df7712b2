import Crypto
import DataSchema
import Downloads
import ExperimentConfig
import Foundation
import TestSupport
import Testing

@testable import Datasets

/// CIFAR's layouts, with a release of six images in their place.
struct CIFARTests {
  private let folder: TemporaryFolder
  private let log = ProgressLog()

  init() throws { folder = try TemporaryFolder() }

  /// Two files of two training images and one of two test images, with two kinds of labels.
  private enum Tiny {
    static let coarse = CIFARRelease.Labels(key: "coarse_labels", names: ["animal", "thing"])
    static let fine = CIFARRelease.Labels(key: "fine_labels", names: ["cat", "dog", "car"])
    static let kinds = [coarse, fine]

    static let batches: [(name: String, split: DataSplit, coarse: [UInt8], fine: [UInt8])] = [
      ("one", .train, [0, 1], [1, 2]), ("two", .train, [0, 0], [0, 1]),
      ("three", .test, [1, 0], [2, 0]),
    ]

    /// Images that differ, whose planes, rows and columns do too.
    static func pixels(_ batch: Int) -> [UInt8] {
      (0..<(2 * CIFARBatch.pixelCount)).map {
        UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 1024 &+ 50 * batch)
      }
    }

    static func binary(_ batch: Int) -> [UInt8] {
      let (_, _, coarse, fine) = batches[batch]
      let pixels = pixels(batch)
      return (0..<2).flatMap { image in
        [coarse[image], fine[image]]
          + pixels[(image * CIFARBatch.pixelCount)...].prefix(CIFARBatch.pixelCount)
      }
    }

    /// As Python 2 pickled it.
    static func pickle(_ batch: Int) -> [UInt8] {
      func text(_ text: String) -> [UInt8] {
        Array("U".utf8) + [UInt8(text.utf8.count)] + Array(text.utf8)
      }
      func list(_ labels: [UInt8]) -> [UInt8] {
        Array("](".utf8) + labels.flatMap { Array("K".utf8) + [$0] } + Array("e".utf8)
      }
      let pixels = pixels(batch)
      let array =
        Array("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK".utf8) + [0, 0x85]
        + text("b")
        + [0x87] + Array("R(K".utf8) + [1] + Array("K".utf8) + [2] + Array("M".utf8) + [
          0, 12, 0x86,
        ]
        + Array("cnumpy\ndtype\n".utf8) + text("u1") + Array("K".utf8) + [0] + Array("K".utf8) + [
          1, 0x87,
        ]
        + Array("R".utf8) + [0x89] + Array("T".utf8)
        + (0..<4).map { UInt8(truncatingIfNeeded: pixels.count >> (8 * $0)) } + pixels
        + Array("tb".utf8)
      let (_, _, coarse, fine) = batches[batch]
      return [0x80, 2] + Array("}(".utf8) + text("coarse_labels") + list(coarse) + text("data")
        + array
        + text("fine_labels") + list(fine) + Array("u.".utf8)
    }

    static func contents(_ batch: Int, pickled: Bool) -> [UInt8] {
      pickled ? pickle(batch) : binary(batch)
    }

    static func fileName(_ batch: Int, pickled: Bool) -> String {
      batches[batch].name + (pickled ? "" : ".bin")
    }

    static func folder(pickled: Bool) -> String { pickled ? "tiny-python" : "tiny-binary" }

    /// The archive, whose files are in no order and not alone.
    static func archive(pickled: Bool) -> [UInt8] {
      let folder = folder(pickled: pickled)
      return gzip(
        tar(
          [("\(folder)/", nil), ("\(folder)/readme.html", Array("hello".utf8))]
            + [2, 1, 0].map {
              ("\(folder)/" + fileName($0, pickled: pickled), contents($0, pickled: pickled))
            }))
    }

    static func layout(pickled: Bool, archive: [UInt8]? = nil) -> CIFARRelease.Layout {
      func files(_ split: DataSplit) -> [PublishedFile] {
        batches.indices.filter { batches[$0].split == split }.map { batch in
          let bytes = contents(batch, pickled: pickled)
          let md5 = Insecure.MD5.hash(data: bytes).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
          }
          return PublishedFile(
            name: fileName(batch, pickled: pickled),
            checksum: pickled ? .md5(md5.joined()) : .sha256(hexadecimalSHA256(bytes)))
        }
      }
      return CIFARRelease.Layout(
        archive: PublishedFile(
          name: folder(pickled: pickled) + ".tar.gz",
          checksum: .sha256(hexadecimalSHA256(archive ?? Tiny.archive(pickled: pickled)))),
        folder: folder(pickled: pickled), kerasFolders: pickled ? ["tiny-target/tiny-python"] : [],
        isPickled: pickled, files: [.train: files(.train), .test: files(.test)],
        largestFile: 10_000)
    }

    static func release(
      mirrors: [String] = [], counts: [DataSplit: Int] = [.train: 4, .test: 2],
      archive: [UInt8]? = nil
    ) -> CIFARRelease {
      CIFARRelease(
        name: "tiny", kinds: kinds, counts: counts,
        layouts: [layout(pickled: false, archive: archive), layout(pickled: true)],
        mirrors: mirrors)
    }
  }

  private func acquire(
    _ release: CIFARRelease = Tiny.release(), labels: Int = 1,
    with variables: [String: String] = [:]
  ) async throws -> AcquiredDataset {
    let own = ["RUNNER_DATA": folder.path + "/data"].merging(variables) { $1 }
    return try await CIFARFiles(release: release).acquire(
      labels: labels, environment: folder.environment(own)
    ) { [log] in log.add($0) }
  }

  private func error(
    _ release: CIFARRelease = Tiny.release(), _ variables: [String: String] = [:],
    location: SourceLocation = #_sourceLocation
  ) async -> DataError? {
    await #expect(throws: DataError.self, sourceLocation: location) {
      try await acquire(release, with: variables)
    }
  }

  private func expectTiny(
    _ found: AcquiredDataset, kind: CIFARRelease.Labels = Tiny.fine,
    location: SourceLocation = #_sourceLocation
  ) throws {
    for (split, batches) in [(DataSplit.train, [0, 1]), (.test, [2])] {
      let source = try IDXSource(
        split, of: found, target: DataField("label", .category(kind.names)))
      #expect(
        source.schema.image == ImageSize(channels: 3, height: 32, width: 32),
        sourceLocation: location)
      #expect(
        try source.images(Array(0..<source.count)) == batches.flatMap { Tiny.pixels($0) },
        sourceLocation: location)
      let labels = batches.flatMap {
        kind.key == "fine_labels" ? Tiny.batches[$0].fine : Tiny.batches[$0].coarse
      }
      #expect(source.targets.classNumbers == labels.map { Int32($0) }, sourceLocation: location)
    }
  }

  private func unpack(_ place: String, pickled: Bool) throws {
    for batch in 0..<3 {
      try folder.write(
        Tiny.contents(batch, pickled: pickled),
        "\(place)/\(Tiny.fileName(batch, pickled: pickled))")
    }
  }

  @Test(arguments: [true, false], ["data", "data/tiny"])
  func unpackedFilesAreFound(_ pickled: Bool, _ place: String) async throws {
    try unpack("\(place)/\(Tiny.folder(pickled: pickled))", pickled: pickled)
    let found = try await acquire()
    #expect(found.origin == .folder)
    try expectTiny(found)
  }

  @Test(arguments: [true, false], ["data", "data/tiny"])
  func archivesAreFound(_ pickled: Bool, _ place: String) async throws {
    try folder.write(
      Tiny.archive(pickled: pickled), "\(place)/\(Tiny.folder(pickled: pickled)).tar.gz")
    let found = try await acquire()
    #expect(found.origin == .folder)
    try expectTiny(found)
  }

  /// The fingerprint is that of the images and labels, not of the form in which they came.
  @Test func allFormsAreTheSameData() async throws {
    var fingerprints: Set<String> = []
    for pickled in [true, false] {
      let own = try TemporaryFolder()
      for batch in 0..<3 {
        try own.write(
          Tiny.contents(batch, pickled: pickled),
          "data/\(Tiny.folder(pickled: pickled))/\(Tiny.fileName(batch, pickled: pickled))")
      }
      let found = try await CIFARFiles(release: Tiny.release()).acquire(
        labels: 1, environment: own.environment(["RUNNER_DATA": own.path + "/data"])
      ) { _ in }
      fingerprints.insert(found.fingerprint)
    }
    #expect(fingerprints.count == 1)
  }

  @Test func bothKindsOfLabelsAreKept() async throws {
    try unpack("data/tiny-python", pickled: true)
    let fine = try await acquire(labels: 1)
    try expectTiny(fine)
    // From the cache: the source is gone.
    let coarse = try await acquire(labels: 0, with: ["RUNNER_DATA": folder.path + "/none"])
    #expect(coarse.origin == .cache)
    try expectTiny(coarse, kind: Tiny.coarse)
    #expect(coarse.fingerprint != fine.fingerprint)
    #expect(
      try folder.names(in: "cache/datasets/tiny") == [
        ".lock", "SHA256SUMS", "test-coarse-labels-idx1-ubyte", "test-fine-labels-idx1-ubyte",
        "test-images-idx4-ubyte", "train-coarse-labels-idx1-ubyte", "train-fine-labels-idx1-ubyte",
        "train-images-idx4-ubyte",
      ])
  }

  @Test func kerasFolderIsUsed() async throws {
    try unpack("home/datasets/tiny-target/tiny-python", pickled: true)
    let found = try await acquire(with: ["KERAS_HOME": folder.path + "/home"])
    #expect(found.origin == .folder)
    try expectTiny(found)
  }

  @Test func aDamagedCopyOfKerasIsReportedAndReplaced() async throws {
    try unpack("home/.keras/datasets/tiny-target/tiny-python", pickled: true)
    try folder.write([1, 2, 3], "home/.keras/datasets/tiny-target/tiny-python/two")
    let server = try LoopbackServer(["/tiny/tiny-binary.tar.gz": Tiny.archive(pickled: false)])
    defer { server.stop() }
    let found = try await acquire(
      Tiny.release(mirrors: [server.base]), with: ["HOME": folder.path + "/home"])
    #expect(found.origin == .download)
    #expect(
      log.events.contains {
        if case .damaged(let error) = $0 { error.path.hasSuffix("/two") } else { false }
      })
    try expectTiny(found)
  }

  @Test func downloadsOnceAndKeepsNoArchive() async throws {
    let server = try LoopbackServer(["/tiny/tiny-binary.tar.gz": Tiny.archive(pickled: false)])
    defer { server.stop() }
    let release = Tiny.release(mirrors: [server.base])
    let found = try await acquire(release)
    #expect(found.origin == .download)
    try expectTiny(found)
    #expect(!folder.exists("cache/datasets/tiny/tiny-binary.tar.gz"))
    #expect(try await acquire(release).origin == .cache)
    #expect(server.requests.count == 1)
  }

  @Test func aChangedFileInTheCacheIsMadeAgain() async throws {
    try unpack("data/tiny-python", pickled: true)
    let first = try await acquire()
    let name = "cache/datasets/tiny/train-fine-labels-idx1-ubyte"
    try folder.write(idx([4], [0, 0, 0, 0]), name)
    let again = try await acquire()
    #expect(again.fingerprint == first.fingerprint && again.origin == .folder)
    #expect(
      log.events.contains {
        if case .damaged(let error) = $0 {
          error.path.hasSuffix(name) && error.reason.contains("SHA256SUMS")
        } else {
          false
        }
      })
    // Opened data notice a later change.
    try folder.write(idx([4], [0, 0, 0, 0]), name)
    #expect(throws: DataError.self) { try expectTiny(again) }
  }

  @Test func aDamagedFileOfTheUserIsAnError() async throws {
    try unpack("data/tiny-python", pickled: true)
    let path = try folder.write([1, 2, 3], "data/tiny-python/two")
    let found = await error()
    #expect(found?.path == path && found?.kind == .invalid)
    #expect(
      found?.reason
        == "is not tiny's two: its MD5 is 5289df737df57326fcdd22597afb1fac, expected "
        + Insecure.MD5.hash(data: Tiny.pickle(1)).map {
          ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }
        .joined())
  }

  @Test func aMissingFileOfTheUserIsAnError() async throws {
    try folder.write(Tiny.binary(0), "data/tiny-binary/one.bin")
    let found = await error()
    #expect(found?.path.hasSuffix("data/tiny-binary/two.bin") == true && found?.kind == .invalid)
  }

  @Test func anotherArchiveOfTheUserIsAnError() async throws {
    let path = try folder.write(gzip([1, 2, 3]), "data/tiny-binary.tar.gz")
    let found = await error()
    #expect(found?.path == path && found?.kind == .invalid)
    #expect(found?.reason.hasPrefix("is not tiny's tiny-binary.tar.gz: its SHA-256 is") == true)
  }

  /// Archives with the right hash and wrong contents, as only a test can make them.
  @Test(arguments: [
    (gzip(Array("not a tar archive".utf8)), "is truncated within a header"),
    (gzip([UInt8](repeating: 7, count: 600)), "its checksum is wrong"),
    (gzip(tar([("tiny-binary/one.bin", [0, 1])])), "which is not a whole number of images"),
    (gzip(tar([("tiny-binary/one.bin", [UInt8](repeating: 0, count: 10_001))])), "at most 10000"),
    (gzip(tar([])), "does not hold one.bin"),
    (
      gzip(Array(tar([("tiny-binary/one.bin", [UInt8](repeating: 0, count: 2000))])[..<1500])),
      "is truncated"
    ),
    ([1, 2, 3], "is not a gzip file"),
    (Array(gzip(tar([("x", [UInt8](repeating: 1, count: 9000))]))[..<50]), "is truncated"),
  ])
  func hostileArchivesAreErrors(_ archive: [UInt8], _ reason: String) async throws {
    try folder.write(archive, "data/tiny-binary.tar.gz")
    let found = await error(Tiny.release(archive: archive))
    #expect(found?.reason.contains(reason) == true)
    #expect(found?.kind == .invalid)
  }

  @Test func otherNumbersOfImagesAreAnError() async throws {
    try unpack("data/tiny-python", pickled: true)
    let found = await error(Tiny.release(counts: [.train: 5, .test: 2]))
    #expect(found?.reason == "holds 4 train images, but tiny has 5")
  }

  @Test func labelsBeyondTheClassesAreAnError() {
    let bytes = [UInt8](repeating: 9, count: 2 + CIFARBatch.pixelCount)
    #expect(throws: DataError.self) {
      try CIFARBatch(binary: bytes, kinds: Tiny.kinds, path: "one.bin")
    }
  }

  @Test func withoutACopyOrANetworkItIsUnavailable() async throws {
    let found = await error(Tiny.release(mirrors: ["http://127.0.0.1:9"]))
    #expect(found?.kind == .unavailable)
    #expect(
      found?.reason.contains("set RUNNER_DATA to a folder that holds tiny-binary.tar.gz") == true)
  }

  /// Whatever is wrong with the cache, no file that the user named is.
  @Test func aCacheThatCannotBeUsedIsUnavailable() async throws {
    try unpack("data/tiny-python", pickled: true)
    // A folder in the way of a file.
    try folder.write([1], "cache/datasets/tiny/train-images-idx4-ubyte/x")
    let found = await error()
    #expect(found?.kind == .unavailable)
    #expect(found?.path.hasSuffix("train-images-idx4-ubyte") == true)
  }

  @Test func whatIsPublished() throws {
    let ten = CIFARRelease.cifar10.schema(labels: 0)
    #expect(ten.description == "10 classes of 3×32×32")
    #expect(CIFARNames.fine.count == 100 && CIFARNames.fine == CIFARNames.fine.sorted())
    #expect(CIFARNames.coarse.count == 20 && CIFARNames.coarse == CIFARNames.coarse.sorted())
    let hundred = try #require(try DatasetRegistry.make(named: "cifar100", in: .empty))
    #expect(hundred.dataSchema.target.kind == .category(CIFARNames.fine))
    for release in [CIFARRelease.cifar10, .cifar100] {
      for layout in release.layouts {
        for file in [layout.archive] + layout.files.values.joined() {
          switch file.checksum {
          case .sha256(let sum): #expect(sum.count == 64 && sum.allSatisfy(\.isHexDigit))
          case .md5(let sum): #expect(sum.count == 32 && sum.allSatisfy(\.isHexDigit))
          }
        }
      }
    }
  }
}

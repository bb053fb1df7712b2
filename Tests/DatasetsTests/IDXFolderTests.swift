import DataSchema
import Datasets
import Foundation
import Testing

struct IDXFolderTests {
  private func acquire(_ folder: TemporaryFolder, _ name: String) async throws -> AcquiredDataset {
    try await IDXFolder.acquire(folder: name, environment: folder.environment())
  }

  @Test func readsAUsersFolder() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents {
      try folder.write(gzip(bytes), "mine/\(role.fileName).gz")
      try folder.write(bytes, "plain/\(role.fileName)")
    }
    let found = try await acquire(folder, "mine")
    #expect(found.name == "idx")
    #expect(found.origin == .folder)
    #expect(found.files[0].path == folder.path + "/mine/train-images-idx3-ubyte.gz")
    #expect(try Set(found.load(.train).targets.classNumbers) == [0, 1, 2])
    // Packing and place do not matter, contents do.
    let plain = try await acquire(folder, folder.path + "/plain")
    #expect(plain.fingerprint == found.fingerprint)
    try folder.write(idx([4], [0, 0, 0, 0]), "plain/\(IDXRole.testLabels.fileName)")
    let changed = try await acquire(folder, "plain")
    #expect(changed.fingerprint != found.fingerprint)
  }

  @Test func allMissingFilesAreNamed() async throws {
    let folder = try TemporaryFolder()
    for role in [IDXRole.trainImages, .trainLabels] {
      try folder.write(Tiny.gzipped(role), "mine/\(role.fileName).gz")
    }
    await #expect(
      throws: DataError(
        path: folder.path + "/mine",
        reason: "lacks t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (similar names such as "
          + "test-images.idx and train/images.idx are found too, each optionally with .gz)")
    ) { try await acquire(folder, "mine") }
    await #expect(throws: DataError(path: folder.path + "/none", reason: "is not a folder")) {
      try await acquire(folder, "none")
    }
  }

  @Test func bothPartsHoldImagesOfOneSize() async throws {
    let folder = try TemporaryFolder()
    for (role, bytes) in Tiny.contents { try folder.write(bytes, "mine/\(role.fileName)") }
    let path = try folder.write(
      idx([4, 3, 2], [UInt8](repeating: 0, count: 24)), "mine/t10k-images-idx3-ubyte")
    await #expect(
      throws: DataError(
        path: path, reason: "holds images of 3 × 2, but the training images are 2 × 3")
    ) { try await acquire(folder, "mine") }
  }
}

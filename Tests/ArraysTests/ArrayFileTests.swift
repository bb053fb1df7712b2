import Arrays
import DataSchema
import Files
import Foundation
import TestSupport
import Testing

struct ArrayFileTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let array = NPYText(
    "<u2", "(3, 2)", values: bytes([1, 2, 3, 4, 5, 6] as [UInt16]))

  @Test func namesItsArrays() throws {
    #expect(
      try Fixtures.open("medmnist.npz").names == [
        "train_images", "train_labels", "val_images", "val_labels", "test_images", "test_labels",
      ])
    let path = try folder.write(Self.array.bytes, "x_train.npy")
    #expect(try ArrayFile(path).names == ["x_train"])
    #expect(try ArrayFile(path).format == .npy)
  }

  @Test func saysWhatItHolds() throws {
    let error = #expect(throws: DataError.self) { try Fixtures.open("medmnist.npz")["images"] }
    #expect(
      error?.reason
        == "has no array 'images'; it holds 'train_images', 'train_labels', 'val_images', "
        + "'val_labels', 'test_images', 'test_labels'")
  }

  /// What a file is does not depend on its name.
  @Test(arguments: ["medmnist.npz", "version2.npy", "types.safetensors"])
  func isRecognizedByItsContents(_ name: String) throws {
    let path = try folder.write(try Fixtures.bytes(name), "anything")
    #expect(name.hasSuffix(try ArrayFile(path).format.rawValue))
  }

  @Test func hasTheDigestOfTheFile() throws {
    for name in ["medmnist.npz", "version1.npy", "types.safetensors"] {
      #expect(try Fixtures.open(name).sha256() == Digest.hex(of: try Fixtures.bytes(name)))
    }
  }

  @Test(
    arguments: [
      ([], "is empty"), (Array("version https://git-lfs.github.com/spec/v1".utf8), "is a Git LFS"),
      (
        [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0],
        "is a pickle, which could run arbitrary code and is not read"
      ),
      ([0x1F, 0x8B, 8, 0], "is compressed with gzip; unpack it first"),
      ([0x89, 0x48, 0x44, 0x46, 13, 10], "is an HDF5 file; save its data sets with numpy.savez"),
      (Array("a,b\n1,2\n3,4\n".utf8), "holds no arrays: expected .npy, .npz or .safetensors"),
      ([0x50, 0x4B, 3, 4], "its zip file is truncated"),
    ] as [([UInt8], String)])
  func refusesOtherFiles(_ contents: [UInt8], _ reason: String) throws {
    let path = try folder.write(contents, "x.npy")
    let error = #expect(throws: DataError.self) { try ArrayFile(path) }
    #expect(error?.reason.hasPrefix(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func refusesMissingFilesAndFolders() throws {
    #expect(throws: DataError(path: "/nowhere.npy", attempt: "open it", code: ENOENT)) {
      try ArrayFile("/nowhere.npy")
    }
    #expect(throws: DataError(path: folder.path, reason: "expected a file, found a folder")) {
      try ArrayFile(folder.path)
    }
  }

  /// Somebody shortens the file after its header was read: an error, no crash.
  @Test func survivesTruncation() throws {
    let path = try folder.write(Self.array.bytes, "x.npy")
    let array = try ArrayFile(path)["x"]
    #expect(truncate(path, Self.array.bytes.count - 3) == 0)
    #expect(try array.bytes(0..<1) == [1, 0, 2, 0])
    #expect(throws: DataError(path: path, reason: "was truncated while it was being read")) {
      try array.bytes(0..<3)
    }
  }

  @Test func unpacksUpToALimit() throws {
    let path = Fixtures.path("medmnist.npz")
    // 6 images of 60 bytes after a header of 128 bytes.
    #expect(try ArrayFile(path, limit: 488)["train_images"].rowCount == 6)
    let error = #expect(throws: DataError.self) {
      try ArrayFile(path, limit: 487)["train_images"]
    }
    #expect(error?.reason == "its entry 'train_images.npy' has 488 bytes; the limit is 487")
    // Stored arrays take no memory.
    #expect(try ArrayFile(Fixtures.path("types.npz"), limit: 0)["bool"].rowCount == 2)
  }

  @Test func findsDamage() throws {
    var contents = try Fixtures.bytes("compressed.npz")
    let start = try #require(contents.firstRange(of: Array("little_f8.npy".utf8))?.upperBound)
    contents[start + 60] ^= 0xFF
    let file = try ArrayFile(try folder.write(contents, "x.npz"))
    let error = #expect(throws: DataError.self) {
      let array = try file["little_f8"]
      _ = try array.bytes(0..<array.rowCount)
    }
    #expect(
      error?.reason.hasPrefix("its entry 'little_f8.npy' is damaged: ") == true,
      "\(error?.reason ?? "")")
    #expect(try file["bool"].shape == [2, 3])
  }

  /// The checksum of an array that is read in place is verified on demand.
  @Test func verifiesStoredArrays() throws {
    var contents = try Fixtures.bytes("types.npz")
    let start = try #require(contents.firstRange(of: Array("little_i4.npy".utf8))?.upperBound)
    contents[start + 20 + 128] ^= 1
    let file = try ArrayFile(try folder.write(contents, "x.npz"))
    try file.verify("bool")
    let error = #expect(throws: DataError.self) { try file.verify("little_i4") }
    #expect(error?.reason == "its entry 'little_i4.npy' is damaged: its CRC-32 is wrong")
    for name in ["compressed.npz", "version1.npy", "types.safetensors"] {
      let file = try Fixtures.open(name)
      for array in file.names { try file.verify(array) }
    }
  }
}

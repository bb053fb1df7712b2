import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Files that hold no weights are called what they are.
struct FileKindTests {
  @Test(arguments: [
    ("", "is empty"),
    (
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 46830571\n",
      "is a Git LFS pointer, not the weights themselves; run 'git lfs pull' to fetch them"
    ),
    (
      "<!DOCTYPE html>\n<html><body>404</body></html>",
      "is a web page (HTML), not the weights themselves; download the file itself"
    ),
    (
      "\u{FEFF}  <HTML lang=\"en\">",
      "is a web page (HTML), not the weights themselves; download the file itself"
    ),
    (
      "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
      "is XML, as servers send when a download fails, not weights"
    ),
    ("Not Found: the file is gone", "is a text file, not weights"),
    (
      "{\"error\": \"Repository not found\"}",
      "is JSON, but not a weights index: it has no weight_map; give the file with the weights"
    ),
    ("GGUF\u{3}\0\0\0\0\0", "is a GGUF file, not a PyTorch state dict"),
  ])
  func textsAreNamed(_ text: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), "model.pth")
    #expect(throws: FileError(path: path, reason: reason)) { try StateDictFile(reading: path) }
  }

  @Test(
    arguments: [
      ([0x1F, 0x8B, 8, 0], "is compressed with gzip; unpack it first"),
      ([0x28, 0xB5, 0x2F, 0xFD], "is compressed with zstd; unpack it first"),
      (
        [0x89, 0x48, 0x44, 0x46, 0x0D],
        "is an HDF5 file, as written by Keras, not a PyTorch state dict"
      ),
      ([0x89, 0x50, 0x4E, 0x47, 0x0D], "is a PNG image, not a PyTorch state dict"),
      ([0xFF, 0xFE, 0, 1], "is neither a .safetensors file nor one written by torch.save"),
    ] as [([UInt8], String)])
  func othersAreNamed(_ start: [UInt8], _ reason: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(start + [UInt8](repeating: 7, count: 40), "model.pth")
    #expect(throws: FileError(path: path, reason: reason)) { try StateDictFile(reading: path) }
  }

  @Test(arguments: [
    (
      "storages",
      "is a tar file as written by PyTorch before 0.2; load it with that version and save it again"
    ),
    ("weights/model.pth", "is a tar archive; unpack it first"),
  ])
  func tarFilesAreTold(_ name: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let header =
      Array(name.utf8) + [UInt8](repeating: 0, count: 257 - name.utf8.count) + Array("ustar\0".utf8)
    let path = try folder.write(header + [UInt8](repeating: 0, count: 300), "model.tar")
    #expect(throws: FileError(path: path, reason: reason)) { try StateDictFile(reading: path) }
  }

  @Test func aFolderIsNamed() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) { try StateDictFile(reading: folder.path) }
  }
}

import Foundation
import TestSupport

/// Every reader of files from outside.
package enum FuzzedReaders {
  package static let all: [FuzzedReader] =
    [yaml, delimited, compressedDelimited, idx, compressedIDX, npy, npz, safeTensors]
    + [pyTorch, oldPyTorch, cifarBatch, compressedTar, tar, zip]
    + [png, jpeg, tiff, webp, bmp, pnm, coco, outlines, detections, voc]

  /// A file of `Tests/Fixtures`.
  static func fixture(_ name: String) throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: tests.appending(path: "Fixtures/" + name)))
  }

  /// The files in a folder of `Tests/Fixtures` with one of the extensions that are at most `limit` bytes long, by
  /// name.
  static func fixtures(
    in folder: String, _ extensions: [String], limit: Int = 1 << 13
  ) throws -> [[UInt8]] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let path = tests.appending(path: "Fixtures/" + folder).path(percentEncoded: false)
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .filter { name in extensions.contains { name.hasSuffix("." + $0) } }
      .map { try fixture(folder + "/" + $0) }.filter { $0.count <= limit }
  }

  static func words(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}

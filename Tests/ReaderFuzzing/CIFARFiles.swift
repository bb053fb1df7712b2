import Datasets
import Foundation
import TestSupport

extension FuzzedReaders {
  static let cifarBatch = FuzzedReader(
    "cifar",
    words: words(
      "}", "(", ")", "]", "u", "s", "e", "a", "t", "R", "b", ".", "N", "q\0", "h\0", "K\0",
      "cnumpy\ndtype\n", "c_codecs\nencode\n", "cos\nsystem\n", "U\u{4}data", "u1")
      + [[0x80, 2], [0x85], [0x86], [0x87], [0x88], [0x89], [0x94], [0x93], [0x8A, 4]]
  ) {
    let files = try JSONDecoder().decode(
      CIFARFixture.self, from: Data(fixture("cifar/batches.json"))
    ).files
    return files.sorted { $0.key < $1.key }.map { Array($0.value) }
  } read: { bytes, path in
    let batch = try CIFARBatch(pickle: bytes, kinds: CIFARRelease.cifar100.kinds, path: path)
    try FuzzViolation.require(
      batch.labels.allSatisfy { $0.count * CIFARBatch.pixelCount == batch.pixels.count }
        && batch.pixels.count <= bytes.count,
      "\(batch.labels.map(\.count)) labels and \(batch.pixels.count) pixels")
  }

  /// What `Tests/Fixtures/cifar/make.py` wrote.
  private struct CIFARFixture: Decodable {
    let files: [String: Data]
  }
}

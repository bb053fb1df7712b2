import CZlib
import Crypto
import DataSchema
import Datasets
import Downloads

/// `bytes` as one gzip member.
func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
  deflated(bytes, level: level, flush: Z_FINISH)
}

/// A gzip file that unpacks to `mebibytes` MiB of zeros: one compressed block, many times over. Its
/// end is missing, for nobody should get there.
func gzipBomb(mebibytes: Int, startingWith start: [UInt8] = []) -> [UInt8] {
  // A full flush makes a block independent of what came before, so it can be repeated.
  let block = deflated(
    [UInt8](repeating: 0, count: 1 << 20), level: 9, flush: Z_FULL_FLUSH, header: false)
  var file = deflated(start, level: 9, flush: Z_FULL_FLUSH)
  for _ in 0..<mebibytes { file += block }
  return file
}

private func deflated(
  _ bytes: [UInt8], level: Int32, flush: Int32, header: Bool = true
) -> [UInt8] {
  var stream = z_stream()
  deflateInit2_(
    &stream, level, Z_DEFLATED, header ? 15 + 16 : -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 1024)
  let room = output.count
  input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      deflate(&stream, flush)
    }
  }
  return Array(output.prefix(room - Int(stream.avail_out)))
}

/// An IDX file with these sizes in its header and these bytes after it, whether they fit or not.
func idx(_ shape: [UInt32], _ bytes: [UInt8], type: UInt8 = 8) -> [UInt8] {
  var file: [UInt8] = [0, 0, type, UInt8(shape.count)]
  for size in shape {
    file += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
  }
  return file + bytes
}

func hexadecimalSHA256(_ bytes: [UInt8]) -> String {
  SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A data set of a few bytes in MNIST's layout.
enum Tiny {
  /// The uncompressed files: 6 training and 4 test images of 2 × 3 pixels in 3 classes.
  static let contents: [IDXRole: [UInt8]] = [
    .trainImages: idx([6, 2, 3], (0..<36).map { UInt8($0) }),
    .trainLabels: idx([6], [0, 1, 2, 0, 1, 2]),
    .testImages: idx([4, 2, 3], (0..<24).map { UInt8(100 + $0) }),
    .testLabels: idx([4], [2, 1, 0, 2]),
  ]

  static let images = images(patience: Patience())

  static func images(patience: Patience) -> DownloadableImages {
    DownloadableImages(
      name: "tiny", target: DataField("label", .category(["0", "1", "2"])),
      checksums: .contents(contents.mapValues { hexadecimalSHA256($0) }),
      largestFile: 4096, patience: patience)
  }

  /// What a mirror holds under `/tiny`.
  static let served = Dictionary(
    uniqueKeysWithValues: contents.map { ("/tiny/\($0.fileName).gz", gzip($1)) })

  static func gzipped(_ role: IDXRole) -> [UInt8] { gzip(contents[role] ?? []) }
}

extension AcquiredDataset {
  /// The examples of a split, whose labels are `Tiny`'s classes.
  func load(_ split: DataSplit) throws -> ImagesInMemory {
    try ImagesInMemory(reading: IDXFolder.open(split, of: self, target: Tiny.images.target))
  }
}

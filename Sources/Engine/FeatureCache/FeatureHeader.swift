import Crypto
import Files

/// The first 4096 bytes of an entry's file. Numbers are little-endian:
///
///     0     8  "RUNFEAT1"
///     8     8  rows
///     16    8  width
///     24    8  rows per chunk
///     32    8  creation time in seconds since 1970
///     40   32  key
///     72       data set, model, layers: two bytes for the length, then UTF-8; then zeros
///     4064 32  SHA-256 of the preceding bytes
///
/// The rows that follow are in the machine's byte order, which is little-endian on all supported machines.
struct FeatureHeader: Equatable, Sendable {
  var key: String
  var layout: FeatureLayout
  var created: Int
  var description: FeatureDescription

  private static let magic = Array("RUNFEAT1".utf8)
  private static let hashedBytes = FeatureLayout.headerBytes - FeatureLayout.hashBytes

  /// The header's bytes.
  func encoded() -> [UInt8] {
    var bytes = Self.magic
    for number in [layout.rows, layout.width, layout.rowsPerChunk, created] {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    bytes += Self.bytes(ofKey: key)
    for text in [description.dataset, description.model, description.layers] {
      let utf8 = Array(text.utf8)
      bytes += [UInt8(utf8.count & 255), UInt8(utf8.count >> 8)] + utf8
    }
    bytes += [UInt8](repeating: 0, count: Self.hashedBytes - bytes.count)
    return bytes + SHA256.hash(data: bytes)
  }

  /// - Returns: `nil` if the bytes were not written by ``encoded()``.
  init?(decoding bytes: [UInt8]) {
    guard bytes.count == FeatureLayout.headerBytes, bytes.starts(with: Self.magic),
      SHA256.hash(data: bytes[..<Self.hashedBytes]).elementsEqual(bytes[Self.hashedBytes...])
    else { return nil }
    func number(_ index: Int) -> Int {
      (0..<8).reduce(0) { $0 | Int(bytes[8 + 8 * index + $1]) << (8 * $1) }
    }
    guard let layout = FeatureLayout(rows: number(0), width: number(1)),
      layout.rowsPerChunk == number(2)
    else { return nil }
    var rest = bytes[72..<Self.hashedBytes]
    func text() -> String? {
      guard rest.count >= 2 else { return nil }
      let count = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      guard count <= FeatureDescription.limit, rest.count >= 2 + count else { return nil }
      defer { rest = rest.dropFirst(2 + count) }
      return String(validating: rest.dropFirst(2).prefix(count), as: UTF8.self)
    }
    guard let dataset = text(), let model = text(), let layers = text() else { return nil }
    self.layout = layout
    created = number(3)
    key = bytes[40..<72].hexadecimal
    description = FeatureDescription(dataset: dataset, model: model, layers: layers)
  }

  init(key: String, layout: FeatureLayout, created: Int, description: FeatureDescription) {
    self.key = key
    self.layout = layout
    self.created = created
    self.description = description
  }

  private static func bytes(ofKey key: String) -> [UInt8] {
    let digits = key.utf8.map { $0 < UInt8(ascii: "a") ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  /// Whether `key` is 64 lower-case hexadecimal digits.
  static func isKey(_ key: some StringProtocol) -> Bool {
    key.utf8.count == 64
      && key.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}

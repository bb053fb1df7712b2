import ExperimentConfig
import Files

/// The file of an index: a line with the version, the summary as JSON, the columns, and the SHA-256 of
/// everything before it.
extension ImageIndex {
  private static let version = Array("runner image index 1\n".utf8)

  /// The contents of the file.
  func encoded() throws -> [UInt8] {
    var bytes = Self.version
    func add<Value>(_ values: [Value]) {
      withUnsafeBytes(of: UInt64(values.count).littleEndian) { bytes += $0 }
      values.withUnsafeBytes { bytes += $0 }
    }
    add(try JSONText.encode(summary))
    add(names)
    add(nameEnds)
    add(parts)
    add(classes)
    add(heights)
    add(widths)
    add(sizes)
    add(stamps)
    add(hashes)
    return bytes + Digest.bytes(of: bytes)
  }

  /// - Returns: `nil` if the bytes are not those of an index, or damaged: it is then built again.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= Self.version.count + 32, bytes.starts(with: Self.version) else {
      return nil
    }
    let end = bytes.count - 32
    guard bytes[end...].elementsEqual(Digest.bytes(of: bytes[..<end])) else { return nil }
    var place = Self.version.count
    func take<Value>(_: Value.Type) -> [Value]? {
      guard place + 8 <= end else { return nil }
      let count = bytes.withUnsafeBytes {
        UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      }
      place += 8
      let stride = MemoryLayout<Value>.stride
      guard count <= UInt64((end - place) / stride) else { return nil }
      let size = Int(count) * stride
      let values = [Value](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
        bytes.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[place..<(place + size)]))
        }
        filled = Int(count)
      }
      place += size
      return values
    }
    guard let json = take(UInt8.self),
      let summary = try? JSONText.decode(Summary.self, from: json),
      let names = take(UInt8.self),
      let nameEnds = take(UInt32.self), let parts = take(UInt8.self),
      let classes = take(UInt32.self), let heights = take(UInt32.self),
      let widths = take(UInt32.self), let sizes = take(Int64.self),
      let stamps = take(Int64.self), let hashes = take(UInt8.self), place == end
    else { return nil }
    let counts = [
      nameEnds.count, classes.count, heights.count, widths.count, sizes.count, stamps.count,
      hashes.count / 32,
    ]
    guard counts.allSatisfy({ $0 == parts.count }),
      classes.allSatisfy({ Int($0) < summary.classes.count }),
      nameEnds.last.map({ Int($0) }) ?? 0 == names.count
    else { return nil }
    self.init(
      summary: summary, names: names, nameEnds: nameEnds, parts: parts, classes: classes,
      heights: heights, widths: widths, sizes: sizes, stamps: stamps, hashes: hashes)
  }
}

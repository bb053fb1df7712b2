import CZlib
import Files

/// The directory of a zip file as `torch.save` writes it: entries one after another in one folder. PyTorch
/// stores them uncompressed; other programs may have repacked them with deflate. Anything ambiguous that such
/// files never contain is rejected: duplicate names, overlapping entries, contradictory headers.
///
/// APPNOTE.TXT, version 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
struct ZipArchive {
  struct Entry: Equatable {
    let name: String
    /// CRC-32 of the contents.
    let checksum: UInt32
    /// The byte range of the contents in the file, compressed or not.
    let range: Range<Int>
    /// The unpacked size in bytes.
    let size: Int
    /// Whether the contents are deflated.
    let isPacked: Bool
  }

  let entries: [String: Entry]
  /// The common folder of all names, without the slash; empty if they share none.
  let root: String
  /// The unpacked size of all contents in bytes.
  let unpackedSize: Int

  /// The error for an archive of TorchScript.
  static let holdsCode = "is a TorchScript archive, which holds code; save model.state_dict()"

  /// Reads the directory and the header of every entry, but no contents.
  init(_ file: OpenedFile) throws(FileError) {
    let directory = try ZipEnd(file)
    var reader = ZipFields(
      try file.bytes(at: directory.range), file, at: directory.range.lowerBound)
    var entries: [String: Entry] = [:]
    var extents: [Range<Int>] = []
    var (total, unpacked) = (0, 0)
    let unpackedLimit = Self.unpackedLimit(file.size)
    for _ in 0..<directory.count {
      let record = try CentralRecord(&reader)
      let name = HeaderFault.shown(record.name)
      let (range, extent) = try record.locate(in: file, before: directory.range.lowerBound)
      // Other programs also list folders.
      let isFolder = record.name.hasSuffix("/") && range.isEmpty
      guard Self.isPlain(isFolder ? String(record.name.dropLast()) : record.name) else {
        throw file.fault("its entry \(name) has a bad name")
      }
      guard record.contentSize <= UInt64(unpackedLimit - unpacked) else {
        throw file.fault("its entries unpack to more than \(unpackedLimit) bytes")
      }
      unpacked += Int(record.contentSize)
      let entry = Entry(
        name: record.name, checksum: record.checksum, range: range,
        size: Int(record.contentSize), isPacked: record.isPacked)
      guard entries.updateValue(entry, forKey: record.name) == nil else {
        throw file.fault("it has the entry \(name) twice")
      }
      extents.append(extent)
      // Also keeps the amount that is read here below the file's size.
      total += extent.count
      guard total <= directory.range.lowerBound else {
        throw file.fault("entries of its zip directory overlap")
      }
    }
    guard reader.isAtEnd else { throw file.fault("its zip directory holds more than it counts") }
    extents.sort { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    for (first, second) in zip(extents, extents.dropFirst())
    where second.lowerBound < first.upperBound {
      throw file.fault("entries of its zip directory overlap")
    }
    entries = entries.filter { !$0.key.hasSuffix("/") && !$0.key.hasPrefix("__MACOSX/") }
    let roots = Set(entries.keys.map { $0.prefix { $0 != "/" } })
    if roots.count == 1, let root = roots.first,
      entries.keys.allSatisfy({ $0.utf8.count > root.utf8.count })
    {
      self.root = String(root)
    } else {
      root = ""
    }
    self.entries = entries
    unpackedSize = unpacked
  }

  /// Weights hardly compress; a higher ratio indicates a zip bomb.
  private static func unpackedLimit(_ size: Int) -> Int {
    max(64 << 20, size.multipliedReportingOverflow(by: 64).partialValue)
  }

  /// The entry `name` in the common folder; `nil` if there is no such entry or folder.
  subscript(_ name: String) -> Entry? { root.isEmpty ? nil : entries["\(root)/\(name)"] }

  /// Describes a zip file that `torch.save` did not write.
  var description: String {
    let names = entries.keys.sorted()
    if names.contains(where: { $0.hasSuffix("/archive_format") }) {
      return "is a program of torch.export, not a state dict; save model.state_dict()"
    }
    let weights = names.first { name in
      [".pth", ".pt", ".bin", ".ckpt", ".safetensors"].contains { name.hasSuffix($0) }
    }
    if let weights {
      return "is a zip archive that holds \(HeaderFault.shown(weights)); unpack it first"
    }
    if names.contains(where: { $0.hasSuffix(".npy") }) {
      return "is a NumPy archive (.npz), not a state dict; save it with torch.save or safetensors"
    }
    if names.contains("model.weights.h5") {
      return "is a Keras model, not a state dict of PyTorch"
    }
    if names.contains("data.pkl") {
      return
        "is a zip file whose data.pkl is not in a folder, unlike in files that torch.save wrote"
    }
    let inside = names.prefix(3).map { HeaderFault.shown($0) }.joined(separator: ", ")
    return "is a zip file, but not one that torch.save wrote: it has no data.pkl"
      + (names.isEmpty ? "" : "; it holds \(inside)\(names.count > 3 ? ", …" : "")")
  }

  /// Reads a stored entry and verifies its CRC-32 against the directory's.
  static func verify(_ entry: Entry, in file: OpenedFile) throws(FileError) {
    var sum = crc32(0, nil, 0)
    var position = entry.range.lowerBound
    while position < entry.range.upperBound {
      let end = min(position + 1 << 20, entry.range.upperBound)
      sum = try file.bytes(at: position..<end).withUnsafeBufferPointer {
        crc32(sum, $0.baseAddress, UInt32($0.count))
      }
      position = end
    }
    guard sum == UInt(entry.checksum) else {
      throw file.fault("its entry \(HeaderFault.shown(entry.name)) is damaged: its CRC-32 is wrong")
    }
  }

  /// Whether a name is a relative path without `..`, of ordinary characters.
  private static func isPlain(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
      && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
  }
}

extension OpenedFile {
  /// An error about this file.
  func fault(_ reason: String) -> FileError { FileError(path: path, reason: reason) }
}

/// Consecutive little-endian fields.
struct ZipFields {
  private let bytes: [UInt8]
  private let file: OpenedFile
  private let start: Int
  private var position = 0

  init(_ bytes: [UInt8], _ file: OpenedFile, at start: Int) {
    self.bytes = bytes
    self.file = file
    self.start = start
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func take(_ count: Int) throws(FileError) -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else {
      throw file.fault("its zip record at byte \(start) breaks off")
    }
    position += count
    return bytes[(position - count)..<position]
  }

  mutating func number(_ size: Int) throws(FileError) -> UInt64 {
    try take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func signature(_ last: (UInt8, UInt8), of record: String) throws(FileError) {
    guard try Array(take(4)) == [0x50, 0x4B, last.0, last.1] else {
      throw file.fault("its zip file lacks \(record)")
    }
  }

  func fault(_ reason: String) -> FileError { file.fault(reason) }
}

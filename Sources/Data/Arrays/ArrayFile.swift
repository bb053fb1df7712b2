import Archives
import DataSchema
import Files
import SafeTensorsFormat
import Synchronization

/// A file of arrays: `.npy`, `.npz` or `.safetensors`, told apart by what is in it. Opening it reads names and
/// headers; values are read when they are asked for. Pickle is never read.
package final class ArrayFile: Sendable {
  /// What the file is.
  package enum Format: String, Sendable {
    case npy = ".npy"
    case npz = ".npz"
    case safeTensors = ".safetensors"
  }

  /// Where the arrays are.
  private enum Contents: Sendable {
    case array(ArrayStorage)
    case archive(ZipArchive)
    case tensors(SafeTensorsHeader)
  }

  /// An array of an `.npz` file may unpack to this many bytes, 16 GiB.
  package static let standardLimit = 1 << 34

  package let path: String
  package let format: Format
  /// The names of all arrays in the file's order. A `.npy` file has one, which is called like the file.
  package let names: [String]
  private let file: OpenedFile
  private let contents: Contents
  private let limit: Int
  /// Compressed arrays that have been asked for, so that each is unpacked once.
  private let packed = Mutex<[String: PackedMember]>([:])

  /// - Parameters:
  ///   - path: a regular file.
  ///   - limit: the largest size in bytes of an array that has to be unpacked into memory.
  /// - Throws: ``DataError`` if it is none of the three formats, or damaged.
  package init(_ path: String, limit: Int = ArrayFile.standardLimit) throws(DataError) {
    self.path = path
    self.limit = limit
    file = try DataError.wrap { () throws(FileError) in try OpenedFile(path) }
    let whole = ArrayStorage.file(file, offset: 0, size: file.size)
    let start = try whole.bytes(at: 0..<min(file.size, 512))
    guard let format = Self.format(of: start) else {
      throw DataError(path: path, reason: ArrayFileKind.fault(start))
    }
    self.format = format
    switch format {
    case .npy:
      names = [Self.stem(of: path)]
      contents = .array(whole)
    case .npz:
      let archive = try DataError.wrap { [file] () throws(FileError) in try ZipArchive(file) }
      names = try Self.arrayNames(in: archive)
      contents = .archive(archive)
    case .safeTensors:
      let header = try DataError.wrap { [file] () throws(FileError) in
        try SafeTensorsHeader(file)
      }
      names = header.tensors.map(\.name)
      contents = .tensors(header)
    }
  }

  /// The array called `name`. A compressed one is unpacked when its values are first read, and kept in memory as
  /// long as this object or the array.
  ///
  /// - Throws: ``DataError`` if there is none, it holds no numbers, or it is damaged.
  package subscript(name: String) -> NumericArray {
    get throws(DataError) {
      guard names.contains(name) else {
        throw DataError(
          path: path,
          reason: "has no array \(FileError.quoted(name)); it holds \(Self.list(names))")
      }
      switch contents {
      case .array(let storage): return try npy(storage, name: name, place: path)
      case .archive(let archive):
        let (storage, place) = try member(name, of: archive)
        return try npy(storage, name: name, place: place)
      case .tensors(let header): return try tensor(name, header)
      }
    }
  }

  /// SHA-256 of the whole file, in hexadecimal, which is read for it.
  package func sha256() throws(DataError) -> String {
    try DataError.wrap { () throws(FileError) in try Digest.hex(of: file) }
  }

  /// Verifies the checksum of an array that is stored in an `.npz` file, which reading it in place does not.
  /// Compressed arrays are verified when they are unpacked; the other formats have no checksums.
  ///
  /// - Throws: ``DataError`` if it is damaged.
  package func verify(_ name: String) throws(DataError) {
    guard case .archive(let archive) = contents, let member = archive[name + ".npy"],
      member.method == .stored
    else { return }
    try DataError.wrap { () throws(FileError) in try archive.verify(stored: member) }
  }

  // MARK: Formats

  private func npy(
    _ storage: ArrayStorage, name: String, place: String
  ) throws(DataError) -> NumericArray {
    let header = try NPYHeader(storage, path: place)
    return NumericArray(
      path: path, name: name, shape: header.shape, elementType: header.type,
      isFortranOrder: header.isFortranOrder, isBigEndian: header.isBigEndian,
      values: storage, offset: header.size)
  }

  /// The bytes of a member of an archive, and how errors name it.
  private func member(
    _ name: String, of archive: ZipArchive
  ) throws(DataError) -> (storage: ArrayStorage, place: String) {
    let entry = name + ".npy"
    let place = "\(path): \(FileError.printable(entry))"
    guard let member = archive[entry] else {
      throw DataError(path: path, reason: "has no entry \(FileError.quoted(entry))")
    }
    return try DataError.wrap { [file, limit] () throws(FileError) in
      if member.method == .stored {
        let range = try archive.contents(of: member)
        return (.file(file, offset: range.lowerBound, size: range.count), place)
      }
      if let packed = packed.withLock({ $0[name] }) { return (.packed(packed), place) }
      let packed = try PackedMember(member, of: archive, limit: limit)
      self.packed.withLock { $0[name] = packed }
      return (.packed(packed), place)
    }
  }

  private func tensor(
    _ name: String, _ header: SafeTensorsHeader
  ) throws(DataError) -> NumericArray {
    guard let tensor = header.tensors.first(where: { $0.name == name }) else {
      throw DataError(path: path, reason: "has no tensor \(FileError.quoted(name))")
    }
    guard let type = NumericType(safeTensors: tensor.type) else {
      throw DataError(
        path: path,
        reason:
          "the tensor \(FileError.quoted(name)) has the type \(tensor.type), which is not "
          + "supported; save tensor.float()")
    }
    let values = ArrayStorage.file(
      file, offset: header.bytes.count + tensor.offsets.lowerBound, size: tensor.offsets.count)
    return NumericArray(
      path: path, name: name, shape: tensor.shape, elementType: type, isFortranOrder: false,
      isBigEndian: false, values: values, offset: 0)
  }

  private static func arrayNames(in archive: ZipArchive) throws(DataError) -> [String] {
    let files = archive.members.filter { !$0.isDirectory }.map(\.name)
    let names = files.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    if names.isEmpty, !files.isEmpty {
      throw DataError(
        path: archive.path,
        reason: "is a zip file without arrays (.npy); it holds \(list(files))")
    }
    return names
  }

  // MARK: Recognition

  /// The format of a file that begins with these bytes; `nil` if it is none of the three.
  package static func format(of start: [UInt8]) -> Format? {
    if start.starts(with: NPYHeader.magic) { return .npy }
    // A zip file begins with an entry, or with its end if it has none.
    let isZip = [[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6]].contains { start.starts(with: $0) }
    if isZip { return .npz }
    // The JSON of the header begins right after its size.
    return start.count > 8 && start[8] == UInt8(ascii: "{") ? .safeTensors : nil
  }

  private static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
  }

  /// Names for a message: at most ten.
  package static func list(_ names: [String]) -> String {
    if names.isEmpty { return "nothing" }
    return names.prefix(10).map { FileError.quoted($0) }.joined(separator: ", ")
      + (names.count > 10 ? " and \(names.count - 10) more" : "")
  }
}

extension NumericType {
  /// The type that `.safetensors` files call `name`.
  ///
  /// - Returns: `nil` for complex numbers and floats of 8 bits or less.
  init?(safeTensors name: String) {
    switch name {
    case "BOOL": self = .bool
    case "U8": self = .uint8
    case "I8": self = .int8
    case "U16": self = .uint16
    case "I16": self = .int16
    case "U32": self = .uint32
    case "I32": self = .int32
    case "U64": self = .uint64
    case "I64": self = .int64
    case "BF16": self = .bfloat16
    case "F16": self = .float16
    case "F32": self = .float32
    case "F64": self = .float64
    default: return nil
    }
  }
}

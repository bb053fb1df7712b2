import Archives
import Files

/// A state dict written by `torch.save`: a zip file since PyTorch 1.6, before that pickles followed by the
/// values. Opening it does not read the values.
///
/// https://github.com/pytorch/pytorch/blob/v2.13.0/torch/serialization.py
final class PyTorchFile {
  let search: StateDictSearch
  private let file: OpenedFile
  /// The byte range of each storage, by key.
  private let storages: [String: Place]
  /// The zip file; `nil` for the older format.
  private let archive: PyTorchArchive?
  private let isBigEndian: Bool
  /// Keys of storages whose checksums were verified.
  private var verified: Set<String> = []
  /// The last storage that was unpacked: neighbouring tensors often share theirs.
  private var unpacked: (key: String, bytes: [UInt8])?

  struct Place {
    let range: Range<Int>
    /// For the zip format.
    var entry: ArchiveMember?
  }

  /// - Throws: ``FileError`` with what is wrong.
  init(zip file: OpenedFile) throws(FileError) {
    let archive = try PyTorchArchive(file)
    guard let pickle = archive["data.pkl"] else { throw file.fault(archive.description) }
    isBigEndian = try Self.isBigEndian(archive, file)
    let source: PickleBytes
    let end: Int
    if pickle.method == .deflated {
      source = PickleBytes(file, unpacked: try archive.zip.read(pickle, limit: .max))
      end = pickle.size
    } else {
      try archive.zip.verify(stored: pickle)
      let range = try archive.zip.contents(of: pickle)
      source = PickleBytes(file, range)
      end = range.upperBound
    }
    var unpickler = Unpickler(source, skipsStorages: true) { storage throws(FileError) in
      let key = FileError.quoted(storage.key)
      guard let entry = archive["data/" + storage.key] else {
        throw file.fault("its storage \(key) is missing")
      }
      guard entry.size == storage.byteCount else {
        throw file.fault(
          "its storage \(key) has \(entry.size) bytes, expected \(storage.byteCount)")
      }
    }
    let top = try unpickler.read()
    guard unpickler.source.position == end else {
      throw file.fault("its pickle has data after its end")
    }
    var storages: [String: Place] = [:]
    for storage in unpickler.heap.storages {
      guard let entry = archive["data/" + storage.key] else { continue }
      storages[storage.key] = Place(range: try archive.zip.contents(of: entry), entry: entry)
    }
    self.storages = storages
    self.archive = archive
    self.file = file
    search = StateDictSearch(
      heap: unpickler.heap, top: top, file: file,
      limit: Self.limit(max(file.size, archive.unpackedSize)))
  }

  private static func isBigEndian(
    _ archive: PyTorchArchive, _ file: OpenedFile
  ) throws(FileError) -> Bool {
    guard let order = archive["byteorder"] else { return false }
    guard order.size <= 16 else { throw file.fault("its byte order is unknown") }
    switch String(decoding: try archive.zip.read(order), as: UTF8.self) {
    case "little": return false
    case "big": return true
    default: throw file.fault("its byte order is unknown")
    }
  }

  private static func limit(_ size: Int) -> Int {
    max(16 << 20, size.multipliedReportingOverflow(by: 8).partialValue)
  }

  /// The first pickle of the older format: 0x1950a86a20f9469cfc6c.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// - Throws: ``FileError`` with what is wrong.
  init(pickles file: OpenedFile) throws(FileError) {
    // Storages follow the pickles, in an order that the last pickle specifies.
    var unpickler = Unpickler(
      PickleBytes(file, 0..<file.size), skipsStorages: false
    ) { storage throws(FileError) in
      guard storage.byteCount <= file.size else {
        throw file.fault(
          "its storage \(FileError.quoted(storage.key)) claims \(storage.byteCount) bytes, more "
            + "than the file holds")
      }
    }
    guard case .longInteger(let text) = try unpickler.read(),
      unpickler.heap.texts[text] == Self.magic
    else {
      throw file.fault(
        "is a pickle, but not one written by torch.save" + StateDictSearch.hint + " with torch.save"
      )
    }
    guard case .integer(1001) = try unpickler.read() else {
      throw file.fault("was written by an unknown version of torch.save")
    }
    try Self.checkOrder(unpickler.read(), unpickler.heap, file)
    let top = try unpickler.read()
    let keys = try unpickler.read()
    storages = try Self.places(
      keys, unpickler.heap, file, from: unpickler.source.position)
    self.file = file
    archive = nil
    isBigEndian = false
    search = StateDictSearch(
      heap: unpickler.heap, top: top, file: file, limit: Self.limit(file.size))
  }

  private static func checkOrder(
    _ system: PickleValue, _ heap: PickleHeap, _ file: OpenedFile
  ) throws(FileError) {
    guard case .dictionary(let place) = system else {
      throw file.fault("was written by an unknown version of torch.save")
    }
    for (key, value) in heap.dictionaries[place].pairs where heap.text(key) == "little_endian" {
      guard case .bool(true) = value else { throw file.fault("its values are not little-endian") }
    }
  }

  /// Each storage: its number of elements in eight bytes, then the elements.
  private static func places(
    _ keys: PickleValue, _ heap: PickleHeap, _ file: OpenedFile, from start: Int
  ) throws(FileError) -> [String: Place] {
    guard case .list(let list) = keys else { throw file.fault("has no list of its storages") }
    var announced: [String: PickledStorage] = [:]
    for storage in heap.storages {
      let root = storage.root
      guard announced.updateValue(root, forKey: root.key) ?? root == root else {
        throw file.fault(
          "its storage \(FileError.quoted(root.key)) is declared in two different ways")
      }
    }
    var places: [String: Place] = [:]
    var position = start
    for key in heap.sequences[list] {
      guard let name = heap.text(key), let storage = announced[name], places[name] == nil else {
        throw file.fault("the list of its storages does not match its pickle")
      }
      guard file.size - position >= 8, storage.byteCount <= file.size - position - 8 else {
        throw file.fault("is truncated in its storage \(FileError.quoted(name))")
      }
      let count = try file.bytes(at: position..<(position + 8)).reversed()
        .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard count == UInt64(storage.count) else {
        throw file.fault(
          "its storage \(FileError.quoted(name)) has \(count) elements, expected \(storage.count)")
      }
      places[name] = Place(range: (position + 8)..<(position + 8 + storage.byteCount))
      position += 8 + storage.byteCount
    }
    guard places.count == announced.count else {
      throw file.fault("the list of its storages does not match its pickle")
    }
    guard position == file.size else { throw file.fault("has data after its last storage") }
    return places
  }

  /// A tensor's values in row-major order, little endian.
  func bytes(of tensor: PickledTensor) throws(FileError) -> [UInt8] {
    let key = tensor.storage.key
    guard let place = storages[key] else {
      throw file.fault("its storage \(FileError.quoted(key)) is missing")
    }
    let size = tensor.storage.elementSize
    let wanted = (tensor.offset * size)..<((tensor.offset + tensor.extent) * size)
    var run: [UInt8]
    if let entry = place.entry, let archive, entry.method == .deflated {
      let bytes: [UInt8]
      if let unpacked, unpacked.key == key {
        bytes = unpacked.bytes
      } else {
        bytes = try archive.zip.read(entry, limit: .max)
        unpacked = (key, bytes)
      }
      run = Array(bytes[wanted])
    } else {
      if let entry = place.entry, let archive, !verified.contains(key) {
        try archive.zip.verify(stored: entry)
        verified.insert(key)
      }
      let start = place.range.lowerBound
      run = try file.bytes(at: (start + wanted.lowerBound)..<(start + wanted.upperBound))
    }
    if isBigEndian { Self.swap(&run, unit: tensor.storage.type.hasPrefix("C") ? size / 2 : size) }
    return Self.isRowMajor(tensor) ? run : Self.gather(tensor, from: run)
  }

  /// Reverses the bytes of each number.
  private static func swap(_ bytes: inout [UInt8], unit: Int) {
    for start in stride(from: 0, to: bytes.count - unit + 1, by: unit) where unit > 1 {
      bytes[start..<(start + unit)].reverse()
    }
  }

  private static func isRowMajor(_ tensor: PickledTensor) -> Bool {
    var expected = 1
    for (size, stride) in zip(tensor.shape, tensor.strides).reversed() where size != 1 {
      if stride != expected { return tensor.count == 0 }
      expected *= size
    }
    return true
  }

  /// Visits all indices, the last one fastest.
  private static func gather(_ tensor: PickledTensor, from run: [UInt8]) -> [UInt8] {
    let size = tensor.storage.elementSize
    var index = [Int](repeating: 0, count: tensor.shape.count)
    var place = 0
    var values: [UInt8] = []
    values.reserveCapacity(tensor.count * size)
    for _ in 0..<tensor.count {
      values += run[(place * size)..<((place + 1) * size)]
      for axis in index.indices.reversed() {
        index[axis] += 1
        place += tensor.strides[axis]
        if index[axis] < tensor.shape[axis] { break }
        place -= index[axis] * tensor.strides[axis]
        index[axis] = 0
      }
    }
    return values
  }
}

import Files

/// A state dict that `torch.save` wrote: since PyTorch 1.6 a zip file, before that pickles with the
/// values behind them. Opening it reads what it holds, not the values.
///
/// https://github.com/pytorch/pytorch/blob/v2.13.0/torch/serialization.py
final class PyTorchFile {
  /// In the order of the state dict.
  let tensors: [(name: String, tensor: PickledTensor)]
  private let file: OpenedFile
  /// Where a storage's bytes lie, by its key.
  private let storages: [String: Place]
  /// Keys of storages whose checksums were found right.
  private var verified: Set<String> = []

  struct Place {
    let range: Range<Int>
    /// Of the zip form, for its checksum.
    var entry: ZipArchive.Entry?
  }

  /// - Throws: ``FileError`` with what is wrong.
  init(zip file: OpenedFile) throws(FileError) {
    let archive = try ZipArchive(file)
    if archive["constants.pkl"] != nil
      || archive.entries.keys.contains(where: { $0.hasPrefix(archive.root + "/code/") })
    {
      throw file.fault(ZipArchive.holdsCode)
    }
    guard let pickle = archive["data.pkl"] else {
      throw file.fault("is a zip file, but not one of torch.save: it has no data.pkl")
    }
    if let order = archive["byteorder"] {
      guard order.range.count == 6, try file.bytes(at: order.range) == Array("little".utf8) else {
        throw file.fault("its values are not little-endian")
      }
    }
    try ZipArchive.verify(pickle, in: file)
    var unpickler = Unpickler(PickleBytes(file, pickle.range)) { storage throws(FileError) in
      let key = HeaderFault.shown(storage.key)
      guard let entry = archive["data/" + storage.key] else {
        throw file.fault("its storage \(key) is missing")
      }
      guard entry.range.count == storage.byteCount else {
        throw file.fault(
          "its storage \(key) has \(entry.range.count) bytes, \(storage.byteCount) are announced")
      }
    }
    let top = try unpickler.read()
    guard unpickler.source.position == pickle.range.upperBound else {
      throw file.fault("its pickle has something behind its end")
    }
    tensors = try StateDictSearch(heap: unpickler.heap, file: file).tensors(in: top)
    var storages: [String: Place] = [:]
    for storage in unpickler.heap.storages {
      guard let entry = archive["data/" + storage.key] else { continue }
      storages[storage.key] = Place(range: entry.range, entry: entry)
    }
    self.storages = storages
    self.file = file
    try checkSize()
  }

  /// The first pickle of the older form: 0x1950a86a20f9469cfc6c.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// - Throws: ``FileError`` with what is wrong.
  init(pickles file: OpenedFile) throws(FileError) {
    // Storages lie behind the pickles, in an order that only the last one says.
    var unpickler = Unpickler(PickleBytes(file, 0..<file.size)) { storage throws(FileError) in
      guard storage.byteCount <= file.size else {
        throw file.fault(
          "its storage \(HeaderFault.shown(storage.key)) announces \(storage.byteCount) bytes, more "
            + "than there are")
      }
    }
    guard case .longInteger(let text) = try unpickler.read(),
      unpickler.heap.texts[text] == Self.magic
    else { throw file.fault("is a pickle, but not one of torch.save") }
    guard case .integer(1001) = try unpickler.read() else {
      throw file.fault("is of an unknown version of torch.save")
    }
    try Self.checkOrder(unpickler.read(), unpickler.heap, file)
    let top = try unpickler.read()
    let keys = try unpickler.read()
    tensors = try StateDictSearch(heap: unpickler.heap, file: file).tensors(in: top)
    storages = try Self.places(
      keys, unpickler.heap, file, from: unpickler.source.position)
    self.file = file
    try checkSize()
  }

  private static func checkOrder(
    _ system: PickleValue, _ heap: PickleHeap, _ file: OpenedFile
  ) throws(FileError) {
    guard case .dictionary(let place) = system else {
      throw file.fault("is of an unknown version of torch.save")
    }
    for (key, value) in heap.dictionaries[place].pairs where heap.text(key) == "little_endian" {
      guard case .bool(true) = value else { throw file.fault("its values are not little-endian") }
    }
  }

  /// Each storage: the number of its elements in eight bytes, then they.
  private static func places(
    _ keys: PickleValue, _ heap: PickleHeap, _ file: OpenedFile, from start: Int
  ) throws(FileError) -> [String: Place] {
    guard case .list(let list) = keys else { throw file.fault("lacks the list of its storages") }
    var announced: [String: PickledStorage] = [:]
    for storage in heap.storages {
      guard announced.updateValue(storage, forKey: storage.key) ?? storage == storage else {
        throw file.fault("its storage \(HeaderFault.shown(storage.key)) is announced in two ways")
      }
    }
    var places: [String: Place] = [:]
    var position = start
    for key in heap.sequences[list] {
      guard let name = heap.text(key), let storage = announced[name], places[name] == nil else {
        throw file.fault("the list of its storages does not fit its pickle")
      }
      guard file.size - position >= 8, storage.byteCount <= file.size - position - 8 else {
        throw file.fault("breaks off in its storage \(HeaderFault.shown(name))")
      }
      let count = try file.bytes(at: position..<(position + 8)).reversed()
        .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard count == UInt64(storage.count) else {
        throw file.fault(
          "its storage \(HeaderFault.shown(name)) has \(count) elements, \(storage.count) are "
            + "announced")
      }
      places[name] = Place(range: (position + 8)..<(position + 8 + storage.byteCount))
      position += 8 + storage.byteCount
    }
    guard places.count == announced.count else {
      throw file.fault("the list of its storages does not fit its pickle")
    }
    guard position == file.size else { throw file.fault("has something behind its last storage") }
    return places
  }

  /// A few bytes can be spread over any shape with strides of 0, and be shared by any number of
  /// tensors. Real state dicts share little. Counted is what the values take once converted, which is
  /// at most eight bytes each.
  private func checkSize() throws(FileError) {
    let limit = max(16 << 20, file.size.multipliedReportingOverflow(by: 8).partialValue)
    var total = 0
    for (_, tensor) in tensors {
      guard let bytes = SafeTensors.byteCount(tensor.shape, max(8, tensor.storage.elementSize)),
        bytes <= limit - total
      else {
        throw file.fault("its tensors unfold to more than \(limit) bytes, it has \(file.size)")
      }
      total += bytes
    }
  }

  /// A tensor's values in row-major order.
  func bytes(of tensor: PickledTensor) throws(FileError) -> [UInt8] {
    let key = tensor.storage.key
    guard let place = storages[key] else {
      throw file.fault("its storage \(HeaderFault.shown(key)) is missing")
    }
    if let entry = place.entry, !verified.contains(key) {
      try ZipArchive.verify(entry, in: file)
      verified.insert(key)
    }
    let size = tensor.storage.elementSize
    let start = place.range.lowerBound + tensor.offset * size
    let run = try file.bytes(at: start..<(start + tensor.extent * size))
    return Self.isRowMajor(tensor) ? run : Self.gather(tensor, from: run)
  }

  private static func isRowMajor(_ tensor: PickledTensor) -> Bool {
    var expected = 1
    for (size, stride) in zip(tensor.shape, tensor.strides).reversed() where size != 1 {
      if stride != expected { return tensor.count == 0 }
      expected *= size
    }
    return true
  }

  /// Walks over all indices, the last one fastest.
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

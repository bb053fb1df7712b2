import Files
import Glibc
import SafeTensorsFormat

/// State dicts in a file, or in several files with an index, in the format of `.safetensors` or of
/// `torch.save`. Opening a file validates its structure; values are read one tensor at a time when requested.
package final class StateDictFile {
  package let path: String
  /// All state dicts of the file, at least one; a checkpoint may hold several.
  package let dicts: [StateDict]
  /// The tensors of the preferred state dict, in the file's order.
  package var tensors: [Tensor] { dicts[preferred].tensors }
  private let file: OpenedFile
  private let format: Format
  private let preferred: Int
  private let places: [String: Int]

  /// A tensor without its values.
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let shape: [Int]
    /// The type's name in `.safetensors`: F64, F32, F16, BF16, I64, I32, …
    package let type: String
  }

  private enum Format {
    case safeTensors(SafeTensors.Stream)
    case pyTorch(PyTorchFile)
    case shards(ShardIndex)
  }

  /// Opens the file. The format is detected from its first bytes, not from its name.
  ///
  /// - Throws: ``FileError`` if the file is invalid.
  package convenience init(reading path: String) throws(FileError) {
    try self.init(path, isShard: false)
  }

  /// - Parameter isShard: whether to reject an index of other files.
  convenience init(_ path: String, isShard: Bool) throws(FileError) {
    try self.init(OpenedFile(path), isShard: isShard) { () throws(FileError) in
      // The file may be a link into a run's directory.
      let real = realpath(path, nil)
      defer { free(real) }
      let place = FrozenTensors.name(beside: real.map { String(cString: $0) } ?? path)
      return try OpenedFile(place)
    }
  }

  /// Opens a file of a run directory. It must not be an index of other files.
  package convenience init(_ name: String, in folder: RootedDirectory) throws(FileError) {
    try self.init(folder.open(name), isShard: true) { () throws(FileError) in
      try folder.open(FrozenTensors.name(beside: name))
    }
  }

  private init(
    _ file: OpenedFile, isShard: Bool, sibling: () throws(FileError) -> OpenedFile
  ) throws(FileError) {
    self.file = file
    path = file.path
    let dicts: [StateDict]
    (format, dicts) = try Self.open(file, isShard: isShard, sibling: sibling)
    self.dicts = dicts
    let preferred =
      dicts.indices.min {
        (dicts[$0].rank(), -dicts[$0].tensors.count) < (dicts[$1].rank(), -dicts[$1].tensors.count)
      } ?? 0
    self.preferred = preferred
    places = Dictionary(
      dicts[preferred].tensors.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func open(
    _ file: OpenedFile, isShard: Bool, sibling: () throws(FileError) -> OpenedFile
  ) throws(FileError) -> (Format, [StateDict]) {
    let start = try file.bytes(at: 0..<min(file.size, 512))
    if start.isEmpty { throw try FileKind.fault(file, start) }
    if start.starts(with: [0x50, 0x4B, 3, 4]) {
      let opened = try PyTorchFile(zip: file)
      return (.pyTorch(opened), try opened.search.all())
    }
    // A .safetensors file begins with any eight bytes and '{'. In the other formats the ninth byte is a
    // letter or part of a magic number.
    if start.count < 9 || start[8] == UInt8(ascii: "{") {
      let stream = try SafeTensors.Stream(file, sibling: sibling)
      var dict = StateDict(key: [])
      for (place, tensor) in stream.tensors.enumerated() {
        dict.add(
          Tensor(name: tensor.name, shape: tensor.shape, type: tensor.type), .safeTensors(place))
      }
      return (.safeTensors(stream), [dict])
    }
    if start[0] == 0x80, (2...5).contains(start[1]) {
      let opened = try PyTorchFile(pickles: file)
      return (.pyTorch(opened), try opened.search.all())
    }
    if !isShard, ShardIndex.begins(start) {
      let index = try ShardIndex(file)
      return (.shards(index), [index.dict])
    }
    throw try FileKind.fault(file, start)
  }

  /// The state dict under a key of the file.
  ///
  /// - Returns: `nil` if the file has no such key.
  /// - Throws: ``FileError`` if there is no state dict under the key.
  package func dict(underKey key: String) throws(FileError) -> StateDict? {
    guard case .pyTorch(let opened) = format else { return nil }
    return try opened.search.find(key)
  }

  /// Top-level keys that a user may have meant, in quotation marks; empty for files that only have tensor
  /// names.
  package var keys: [String] {
    if case .pyTorch(let opened) = format { opened.search.topKeys } else { [] }
  }

  /// The SHA-256 of the whole file, in hexadecimal; reads the whole file. The hash of an index covers its
  /// shards, and that of weights whose frozen tensors are stored apart covers those.
  ///
  /// - Throws: ``FileError``, also if the frozen tensors are not those that the file was written with.
  package func sha256() throws(FileError) -> String {
    switch format {
    case .safeTensors(let stream): return try stream.sha256()
    case .pyTorch: return try Digest.hex(of: file)
    case .shards(let index):
      var text = try Digest.hex(of: file) + "\n"
      for shard in index.files {
        text += "\(shard.name) \(try shard.file.sha256())\n"
      }
      return Digest.hex(of: Array(text.utf8))
    }
  }

  /// The values of the named tensors, in this order: 32-bit floats and 64-bit integers, converted from the
  /// file's types (``SafeTensors/ElementType/init(converting:)``).
  ///
  /// - Throws: ``FileError`` if one is missing, damaged or of a type that cannot be converted.
  package func entries(named names: [String]) throws(FileError) -> [SafeTensors.Entry] {
    var entries: [SafeTensors.Entry] = []
    for name in names {
      guard let place = places[name] else {
        throw file.fault("has no tensor \(FileError.quoted(name))")
      }
      let tensor = tensors[place]
      guard let type = SafeTensors.ElementType(converting: tensor.type) else {
        throw file.fault(
          "the tensor \(FileError.quoted(name)) has the type \(tensor.type), which is not "
            + "supported")
      }
      entries.append(
        SafeTensors.Entry(
          name: name, type: type, shape: tensor.shape,
          bytes: type.convert(try bytes(dicts[preferred].sources[place]), from: tensor.type)))
    }
    return entries
  }

  /// Like ``entries(named:)``, but also rejects values that are not finite.
  ///
  /// - Throws: ``FileError``, also if a value is NaN or infinite.
  package func finiteEntries(named names: [String]) throws(FileError) -> [SafeTensors.Entry] {
    let entries = try entries(named: names)
    for entry in entries where entry.type == .float32 { try checkFinite(entry.bytes, entry.name) }
    return entries
  }

  private func checkFinite(_ bytes: [UInt8], _ name: String) throws(FileError) {
    guard let bad = NonFinite(bytes) else { return }
    throw file.fault(
      "the tensor \(FileError.quoted(name)) holds \(bad.description); such weights cannot be "
        + "trained or used")
  }

  /// The tensor that a model loads, under the model's name.
  ///
  /// - Throws: ``FileError`` if one is damaged, NaN or infinite.
  package func entry(_ loaded: WeightsMatch.Loaded) throws(FileError) -> SafeTensors.Entry {
    let raw = try bytes(loaded.source)
    let bytes =
      loaded.type == .int64 && SafeTensors.ElementType(converting: loaded.found.type) == .float32
      ? SafeTensors.ElementType.counters(
        SafeTensors.ElementType.float32.convert(raw, from: loaded.found.type))
      : loaded.type.convert(raw, from: loaded.found.type)
    if loaded.type == .float32 { try checkFinite(bytes, loaded.found.name) }
    return SafeTensors.Entry(
      name: loaded.name, type: loaded.type, shape: loaded.shape, bytes: bytes)
  }

  fileprivate func bytes(_ source: StateDict.Source) throws(FileError) -> [UInt8] {
    switch (source, format) {
    case (.safeTensors(let place), .safeTensors(let stream)):
      return try stream.bytes(of: place, 0..<stream.tensors[place].offsets.count)
    case (.pickled(let tensor), .pyTorch(let opened)): return try opened.bytes(of: tensor)
    case (.shard(let shard, let place), .shards(let index)):
      let inner = index.files[shard].file
      return try inner.bytes(inner.dicts[inner.preferred].sources[place])
    default: throw file.fault("has no such tensor")
    }
  }
}

@available(*, unavailable)
extension StateDictFile: Sendable {}

import Files
import SafeTensorsFormat

/// `model.safetensors.index.json` or `pytorch_model.bin.index.json`: which of several files in the same
/// folder contains which tensor.
struct ShardIndex {
  /// The files, sorted by name.
  let files: [(name: String, file: StateDictFile)]
  /// The tensors of all files.
  let dict: StateDict

  private static let largest = 64 << 20
  private static let mostFiles = 1000

  /// Whether a file with these first bytes may be an index.
  static func begins(_ start: [UInt8]) -> Bool {
    start.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }

  /// Opens all files in the index.
  ///
  /// - Throws: ``FileError`` if one is missing, is in another folder, or lacks a tensor that it should
  ///   contain.
  init(_ index: OpenedFile) throws(FileError) {
    let map = try Self.map(index)
    let names = Set(map.map(\.file)).sorted()
    guard names.count <= Self.mostFiles else {
      throw index.fault("lists \(names.count) files, at most \(Self.mostFiles) are allowed")
    }
    let folder = index.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    var files: [(name: String, file: StateDictFile)] = []
    var places: [String: (file: Int, tensors: [String: Int])] = [:]
    for name in names {
      guard Self.isBelow(name) else {
        throw index.fault(
          "names the file \(FileError.quoted(name)), which is outside the index's folder")
      }
      let path = index.path.contains("/") ? "\(folder)/\(name)" : name
      let file: StateDictFile
      do throws(FileError) {
        file = try StateDictFile(path, isShard: true)
      } catch {
        throw FileError(
          path: error.path,
          reason: "\(error.reason) (a part of the weights listed in \(index.path))")
      }
      places[name] = (
        files.count,
        Dictionary(file.tensors.enumerated().map { ($1.name, $0) }) { first, _ in first }
      )
      files.append((name, file))
    }
    var dict = StateDict(key: [])
    for (tensor, name) in map {
      guard let (file, tensors) = places[name], let place = tensors[tensor] else {
        throw index.fault(
          "lists \(FileError.quoted(tensor)) in \(FileError.quoted(name)), which does not have it"
        )
      }
      dict.add(files[file].file.tensors[place], .shard(file, place))
    }
    let listed = Set(map.map(\.tensor))
    for (name, file) in files {
      for tensor in file.tensors where !listed.contains(tensor.name) {
        dict.others.append(
          StateDict.Other(
            name: tensor.name,
            kind: "a tensor of \(FileError.printable(name)) that the index does not list"
          ))
      }
    }
    self.files = files
    self.dict = dict
  }

  private static func map(
    _ index: OpenedFile
  ) throws(FileError) -> [(tensor: String, file: String)] {
    guard index.size <= largest else {
      throw index.fault("is a text file of \(index.size) bytes, too large for a weights index")
    }
    var reader = HeaderReader(
      try index.bytes(at: 0..<index.size), from: 0,
      subject: "is not the JSON of a weights index")
    do throws(HeaderFault) {
      guard let map = try reader.readWeightMap() else {
        throw HeaderFault(
          "is JSON, but not a weights index: it has no weight_map; give the file with the weights"
        )
      }
      if map.isEmpty { throw HeaderFault("is a weights index that lists no tensors") }
      return map
    } catch {
      throw index.fault(error.reason)
    }
  }

  /// Whether a name is a relative path without `..`.
  private static func isBelow(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !name.utf8.contains(0)
  }
}

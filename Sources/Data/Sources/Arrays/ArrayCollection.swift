import Arrays
import DataSchema
import Files

/// The arrays that an experiment can name: those of a file, or the `.npy` files of a folder and of the folders in
/// it. Opening it reads names and headers.
struct ArrayCollection: Sendable {
  let path: String
  /// In the order of the file, or of the bytes of the paths in the folder.
  let names: [String]
  /// `nil` for a folder.
  private let file: ArrayFile?

  /// - Throws: ``DataError`` if there are no arrays.
  init(_ path: String) throws(DataError) {
    self.path = path
    if FileSearch.isFolder(path) {
      file = nil
      names = try Self.names(in: path)
    } else {
      let opened = try ArrayFile(path)
      file = opened
      names = opened.names
    }
  }

  /// Whether it is a single array, which cannot hold inputs and targets.
  var isSingle: Bool { file?.format == .npy }

  /// The name of the array that an experiment calls `text`, perhaps with its ending; `nil` if there is none.
  func name(_ text: String) -> String? {
    if names.contains(text) { return text }
    guard text.hasSuffix(Self.ending) else { return nil }
    let bare = String(text.dropLast(Self.ending.count))
    return names.contains(bare) ? bare : nil
  }

  /// The array called `name`, one of ``names``.
  ///
  /// - Throws: ``DataError`` if it holds no numbers, or is damaged.
  subscript(name: String) -> NumericArray {
    get throws(DataError) {
      if let file { return try file[name] }
      let path = "\(path)/\(name)\(Self.ending)"
      let file = try ArrayFile(path)
      guard file.format == .npy else {
        throw DataError(
          path: path, reason: "is an \(file.format.rawValue) file; give it as the data's 'file'")
      }
      return try file[file.names[0]]
    }
  }

  /// Verifies the checksum of an array that has one and is read in place.
  ///
  /// - Throws: ``DataError`` if it is damaged.
  func verify(_ name: String) throws(DataError) { try file?.verify(name) }

  /// What changes with the files, of each.
  var stamps: [FileStamp?] {
    file == nil
      ? names.map { FileStamp("\(path)/\($0)\(Self.ending)") } : [FileStamp(path)]
  }

  private static let ending = ".npy"

  private static func names(in folder: String) throws(DataError) -> [String] {
    let entries = try list(folder)
    var files = entries
    for entry in entries where FileSearch.isFolder("\(folder)/\(entry)") {
      files += try list("\(folder)/\(entry)").map { "\(entry)/\($0)" }
    }
    let names = files.filter { $0.hasSuffix(ending) && !FileSearch.isFolder("\(folder)/\($0)") }
      .map { String($0.dropLast(ending.count)) }
    if names.isEmpty {
      let other = entries.sorted().first { $0.hasSuffix(".npz") || $0.hasSuffix(".safetensors") }
      throw DataError(
        path: folder,
        reason: "has no .npy files"
          + (other.map { "; to read \(FileError.quoted($0)), give that file" } ?? ""))
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names in a folder that are not hidden.
  private static func list(_ folder: String) throws(DataError) -> [String] {
    try DataError.wrap { () throws(FileError) in
      (try FolderListing.names(in: folder) ?? []).filter { !$0.hasPrefix(".") }
    }
  }
}

import DataSchema
import Diagnostics
import Files
import Glibc

/// What a path holds, as far as names tell.
enum DataKind: Equatable {
  case images
  case table
  case idx

  /// - Parameters:
  ///   - path: from the root.
  ///   - name: what the user calls it.
  /// - Throws: `InputError` if there is nothing there, or nothing that an experiment can be written for.
  init(_ path: String, name: String) throws {
    let shown = InitText.oneLine(name)
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw InputError(
        "there is no file or folder '\(shown)'", hint: "--data takes \(Self.supported)")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      self = try Self.folder(path, shown)
    } else if let kind = Self.file(name) {
      self = kind
    } else {
      throw InputError(
        "'\(shown)' is not data that 'runner init' supports", hint: "--data takes \(Self.supported)"
      )
    }
  }

  static let supported =
    "a folder of images with a folder for each class, with masks, or with boxes in COCO's or Pascal VOC's "
    + "format (or a .zip or .tar of them), a .csv or .tsv table, or a folder of MNIST's format"

  private static func file(_ name: String) -> DataKind? {
    var name = name.lowercased()
    if name.hasSuffix(".tar") || name.hasSuffix(".zip") { return .images }
    if name.hasSuffix(".gz") { name.removeLast(3) }
    return [".csv", ".tsv", ".tab", ".txt"].contains { name.hasSuffix($0) } ? .table : nil
  }

  private static func folder(_ path: String, _ shown: String) throws -> DataKind {
    let names = (try FolderListing.names(in: path) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    let isIDX = names.contains { name in
      let name = name.lowercased()
      return name.contains("-ubyte") || name.hasSuffix(".idx") || name.hasSuffix(".idx.gz")
    }
    if isIDX { return .idx }
    let tables = names.filter { file($0) == .table }
    let hasFolders = names.contains { name in
      var status = stat()
      return stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
    if !hasFolders, let first = tables.first {
      throw InputError(
        "'\(shown)' is a folder with \(tables.count) table\(tables.count == 1 ? "" : "s")",
        hint: "choose a file: --data \(ShellWord.quoted("\(shown)/\(first)"))")
    }
    return .images
  }
}

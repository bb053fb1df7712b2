import Files

/// Identifies files without weights in a supported format, to explain common mistakes.
enum FileKind {
  /// Why the file is not supported, worded for users.
  ///
  /// - Parameter start: the file's first bytes, at most 512.
  static func fault(_ file: OpenedFile, _ start: [UInt8]) throws(FileError) -> FileError {
    if start.isEmpty { return file.fault("is empty") }
    if start.starts(with: "version https://git-lfs.github.com/".utf8) {
      return file.fault(
        "is a Git LFS pointer, not the weights themselves; run 'git lfs pull' to fetch them")
    }
    if let compression = compression(start) {
      return file.fault("is compressed with \(compression); unpack it first")
    }
    if isTar(start) { return file.fault(tar(start)) }
    for (magic, name) in others where start.starts(with: magic) {
      return file.fault("is \(name), not a PyTorch state dict")
    }
    if let text = text(start) { return file.fault(text) }
    return file.fault("is neither a .safetensors file nor one written by torch.save")
  }

  private static func compression(_ start: [UInt8]) -> String? {
    let known: [(magic: [UInt8], name: String)] = [
      ([0x1F, 0x8B], "gzip"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xz"),
      ([0x42, 0x5A, 0x68], "bzip2"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
      ([0x04, 0x22, 0x4D, 0x18], "lz4"), ([0x5D, 0, 0], "lzma"),
      ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "7-Zip"), (Array("Rar!".utf8), "RAR"),
    ]
    return known.first { start.starts(with: $0.magic) }?.name
  }

  private static let others: [(magic: [UInt8], name: String)] = [
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file, as written by Keras"),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array (.npy)"),
    (Array("GGUF".utf8), "a GGUF file"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    ([0x7F, 0x45, 0x4C, 0x46], "an executable or library"),
    (Array("%PDF".utf8), "a PDF document"),
    (Array("SQLite format 3".utf8), "an SQLite database"),
  ]

  private static func isTar(_ start: [UInt8]) -> Bool {
    start.count >= 262 && Array(start[257..<262]) == Array("ustar".utf8)
  }

  private static func tar(_ start: [UInt8]) -> String {
    let name = String(decoding: start.prefix(100).prefix { $0 != 0 }, as: UTF8.self)
    let file = name.split(separator: "/").last.map(String.init) ?? name
    return ["sys_info", "pickle", "storages", "tensors"].contains(file)
      ? "is a tar file as written by PyTorch before 0.2; load it with that version and save it "
        + "again"
      : "is a tar archive; unpack it first"
  }

  private static func text(_ start: [UInt8]) -> String? {
    let words = String(decoding: start, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }
      .lowercased()
    if words.hasPrefix("<!doctype html") || words.hasPrefix("<html") || words.hasPrefix("<head")
      || words.hasPrefix("<!--") && words.contains("html")
    {
      return "is a web page (HTML), not the weights themselves; download the file itself"
    }
    if words.hasPrefix("<?xml") || words.hasPrefix("<error") {
      return "is XML, as servers send when a download fails, not weights"
    }
    return isText(start) ? "is a text file, not weights" : nil
  }

  private static func isText(_ start: [UInt8]) -> Bool {
    start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }
      && String(validating: start.prefix(400), as: UTF8.self) != nil
  }
}

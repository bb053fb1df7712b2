import DataSchema

/// What is known of the images of a folder or an archive without decoding them: built once, and kept in the
/// cache.
struct ImageIndex: Sendable, Equatable {
  /// What is known of all images together.
  struct Summary: Codable, Sendable, Equatable {
    /// Names of the classes of the training images, sorted by their bytes.
    var classes: [String]
    /// Images that cannot be read.
    var broken: [Problem] = []
    /// Files that are left out because of their names or places.
    var skipped: [Problem] = []
    /// Whether every image has been decoded, and not only its header read.
    var isDecoded = false
    /// Whether `train/` is a folder above the class folders.
    var hasSplits = false
  }

  /// A file and what is wrong with it.
  struct Problem: Codable, Sendable, Equatable {
    var path: String
    var reason: String
  }

  var summary: Summary
  /// Paths from the root, one after the other, and where each ends.
  var names: [UInt8] = []
  var nameEnds: [UInt32] = []
  /// ``FolderLayout/Part``, ascending.
  var parts: [UInt8] = []
  /// Positions in ``Summary/classes``.
  var classes: [UInt32] = []
  /// In pixels, upright.
  var heights: [UInt32] = []
  var widths: [UInt32] = []
  /// Of the files, in bytes.
  var sizes: [Int64] = []
  /// See ``ListedFile/stamp``.
  var stamps: [Int64] = []
  /// SHA-256 of the files, 32 bytes each.
  var hashes: [UInt8] = []

  var count: Int { parts.count }

  /// The path of an image from the root.
  func name(_ index: Int) -> String {
    let start = index == 0 ? 0 : Int(nameEnds[index - 1])
    return String(decoding: names[start..<Int(nameEnds[index])], as: UTF8.self)
  }

  func hash(_ index: Int) -> ArraySlice<UInt8> { hashes[(index * 32)..<((index + 1) * 32)] }

  /// The images of a part.
  func range(_ part: FolderLayout.Part) -> Range<Int> {
    let start = parts.firstIndex(of: part.rawValue) ?? 0
    return start..<(start + parts.count { $0 == part.rawValue })
  }

  mutating func append(
    _ image: FolderLayout.Image, class number: Int, height: Int, width: Int, sha256: [UInt8]
  ) {
    names += image.file.path.utf8
    nameEnds.append(UInt32(names.count))
    parts.append(image.part.rawValue)
    classes.append(UInt32(number))
    heights.append(UInt32(height))
    widths.append(UInt32(width))
    sizes.append(Int64(image.file.size))
    stamps.append(image.file.stamp)
    hashes += sha256
  }
}

/// The path of an image as a table writes it, from the folder or archive of the images.
enum ImagePath: Equatable {
  /// Without `.`, `..` and doubled slashes.
  case inside(String)
  /// Why it is none, worded to follow the text.
  case refused(String)

  /// Paths from the root of the file system are taken if they lead into `root`; nothing leads out of it.
  ///
  /// - Parameter root: the folder or archive, from the root of the file system.
  init(_ text: String, in root: String) {
    guard !text.utf8.contains(0) else {
      self = .refused("contains a NUL byte")
      return
    }
    guard var parts = Self.parts(text) else {
      self = .refused(Self.outside(root))
      return
    }
    if text.hasPrefix("/") {
      let above = Self.parts(root) ?? []
      guard parts.starts(with: above) else {
        self = .refused(Self.outside(root))
        return
      }
      parts.removeFirst(above.count)
    }
    self = parts.isEmpty ? .refused("names no file") : .inside(parts.joined(separator: "/"))
  }

  private static func outside(_ root: String) -> String {
    "leads outside \(root); set 'images' to the folder that holds all images"
  }

  /// - Returns: `nil` if the path leads above its start.
  private static func parts(_ path: String) -> [Substring]? {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part != ".." {
        parts.append(part)
      } else if parts.popLast() == nil {
        return nil
      }
    }
    return parts
  }
}

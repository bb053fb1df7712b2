import DataSchema

/// Which image belongs to which mask, by their names.
struct MaskPairs: Sendable {
  struct Pair: Sendable {
    var image: ListedFile
    var mask: ListedFile
    var part: FolderLayout.Part
  }

  /// Where images and masks lie below the root.
  enum Folders: Sendable, Hashable {
    /// In folders called `images` and `masks`, at any depth.
    case named
    /// Below these two paths, each with a slash at the end.
    case paths(images: String, masks: String)
  }

  /// By split, then by the bytes of the images' paths.
  let pairs: [Pair]
  /// Images without a mask and masks without an image, and files that cannot be read.
  let broken: [(path: String, reason: String)]
  /// Files that are left out because of their names or places.
  let skipped: [(path: String, reason: String)]

  /// A file by its name without folders and ending.
  private struct Named {
    var file: ListedFile
    var part: FolderLayout.Part?
  }

  /// - Parameters:
  ///   - files: in any order.
  ///   - suffix: what the name of a mask has behind that of its image.
  init(_ files: [ListedFile], _ folders: Folders, suffix: String) {
    var images: [String: Named] = [:]
    var masks: [String: Named] = [:]
    var (broken, skipped): ([(path: String, reason: String)], [(path: String, reason: String)]) =
      ([], [])
    for file in files.sorted(by: { ListedFile.precedes($0.path, $1.path) }) {
      guard FolderLayout.endings.contains(file.ending) else {
        skipped.append((file.path, file.problem ?? "is not an image, judging by its name"))
        continue
      }
      guard let (isMask, rest) = Self.role(file, folders) else {
        skipped.append((file.path, "is neither in the folder of images nor in that of masks"))
        continue
      }
      if let problem = file.problem { broken.append((file.path, problem)) }
      var key = rest.joined(separator: "/").dropLast(file.ending.utf8.count)
      if isMask {
        guard key.hasSuffix(suffix) else {
          skipped.append((file.path, "does not end with '\(suffix)'"))
          continue
        }
        key = key.dropLast(suffix.count)
      }
      let part = rest.dropLast().lazy.compactMap { FolderLayout.Part(folder: $0) }.first
      let named = Named(file: file, part: part)
      let earlier =
        isMask
        ? masks.updateValue(named, forKey: String(key))
        : images.updateValue(named, forKey: String(key))
      if let earlier {
        broken.append((file.path, "has the name of \(earlier.file.path)"))
      }
    }
    let hasSplits = images.values.contains { $0.part == .train }
    var pairs: [Pair] = []
    for (key, image) in images {
      guard let mask = masks.removeValue(forKey: key) else {
        broken.append((image.file.path, "has no mask of the same name"))
        continue
      }
      if image.file.problem != nil || mask.file.problem != nil { continue }
      if hasSplits, image.part == nil {
        skipped.append((image.file.path, "is next to the folder train, not in it"))
        continue
      }
      pairs.append(
        Pair(image: image.file, mask: mask.file, part: hasSplits ? image.part ?? .train : .train))
    }
    broken += masks.values.map { ($0.file.path, "is the mask of no image") }
    self.pairs = pairs.sorted {
      $0.part == $1.part
        ? ListedFile.precedes($0.image.path, $1.image.path) : $0.part.rawValue < $1.part.rawValue
    }
    self.broken = broken.sorted { ListedFile.precedes($0.path, $1.path) }
    self.skipped = skipped.sorted { ListedFile.precedes($0.path, $1.path) }
  }

  /// Whether a file is a mask, and the parts of its path without the folder that says so.
  private static func role(
    _ file: ListedFile, _ folders: Folders
  ) -> (isMask: Bool, rest: [Substring])? {
    switch folders {
    case .named:
      var parts = file.parts
      guard let place = parts.dropLast().lastIndex(where: { $0 == "images" || $0 == "masks" })
      else { return nil }
      return (parts.remove(at: place) == "masks", parts)
    case .paths(let images, let masks):
      for (isMask, folder) in [(false, images), (true, masks)] where file.path.hasPrefix(folder) {
        return (isMask, file.path.dropFirst(folder.count).split(separator: "/"))
      }
      return nil
    }
  }
}

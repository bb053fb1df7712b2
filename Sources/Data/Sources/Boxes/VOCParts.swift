import BoxAnnotations
import DataSchema

/// Finds the images of a data set of Pascal VOC, and which its lists name.
enum VOCParts {
  /// - Throws: ``DataError`` if the data cannot be read, or two lists name the same image.
  static func find(_ files: ImageFiles) throws(DataError) -> BoxParts {
    let data = try VOCData(reading: files.path)
    let images = data.annotations.images
    let folder = data.folder + "JPEGImages/"
    var paths: [String: String] = [:]
    for file in files.files
    where file.path.hasPrefix(folder) && FolderLayout.endings.contains(file.ending) {
      let stem = String(file.path.dropFirst(folder.count).dropLast(file.ending.count))
      if let known = paths[stem], ListedFile.precedes(known, file.path) { continue }
      paths[stem] = file.path
    }
    let stems = images.map { "\($0.id)" }
    let all = stems.map { paths[$0] }
    let places = Dictionary(stems.enumerated().map { ($1, $0) }) { first, _ in first }
    var parts: [BoxPart] = []
    var owners: [Int: String] = [:]
    func add(_ part: FolderLayout.Part, _ name: String) throws(DataError) {
      guard let list = data.lists[name] else { return }
      let file = "\(files.path)/\(data.folder)ImageSets/Main/\(name).txt"
      var chosen: Set<Int> = []
      for stem in list {
        guard let place = places[stem] else { continue }
        if let owner = owners.updateValue(name, forKey: place), owner != name {
          throw DataError(path: file, reason: "lists '\(stem)', which \(owner).txt lists too")
        }
        chosen.insert(place)
      }
      parts.append(
        BoxPart(
          part: part, annotations: data.annotations, chosen: chosen.sorted(), paths: all,
          list: file))
    }
    if data.lists["train"] == nil {
      try add(.train, "trainval")
    } else {
      try add(.train, "train")
      try add(.validation, "val")
    }
    try add(.test, "test")
    if parts.isEmpty || data.lists["train"] == nil && data.lists["trainval"] == nil {
      let rest = images.indices.filter { owners[$0] == nil }
      parts.insert(
        BoxPart(
          part: .train, annotations: data.annotations, chosen: rest, paths: all, list: files.path),
        at: 0)
      return BoxParts(parts: parts)
    }
    return BoxParts(
      parts: parts,
      skipped: images.indices.filter { owners[$0] == nil }.map {
        (all[$0] ?? images[$0].file, "is in none of the lists in ImageSets/Main")
      })
  }
}

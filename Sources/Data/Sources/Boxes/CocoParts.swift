import BoxAnnotations
import DataSchema

/// Finds COCO's annotation files and the images that they list.
enum CocoParts {
  /// - Parameters:
  ///   - named: the annotation files that the experiment names; if there are none, they are looked for.
  ///   - outlines: whether the outlines of the objects are read.
  /// - Throws: ``DataError`` if there is no annotation file, it is not clear which it is, or one cannot be read.
  static func find(
    _ files: ImageFiles, named: [BoxReading.Annotations], outlines: Bool
  ) throws(DataError) -> BoxParts {
    let found = named.isEmpty ? try discover(files) : named
    var folders: [String: [String]] = [:]
    for file in files.files where FolderLayout.endings.contains(file.ending) {
      let (folder, name) = split(file.path)
      folders[name, default: []].append(folder)
    }
    var parts: [BoxPart] = []
    for file in found {
      let annotations = try BoxAnnotations.read(file.path, outlines: outlines)
      guard annotations.format == .coco else {
        throw DataError(
          path: file.path, reason: "is data of Pascal VOC; write the data set 'voc' for it")
      }
      let inside =
        file.path.hasPrefix(files.path + "/")
        ? String(file.path.dropFirst(files.path.count + 1)) : nil
      parts.append(
        BoxPart(
          part: file.part, annotations: annotations, chosen: Array(annotations.images.indices),
          paths: paths(of: annotations, file.part, json: inside, folders), list: file.path))
    }
    return BoxParts(parts: parts)
  }

  // MARK: Annotation files

  /// The annotation files below a folder: Roboflow's `_annotations.coco.json`, COCO's `instances….json`, or others
  /// if there are none of these.
  private static func discover(_ files: ImageFiles) throws(DataError) -> [BoxReading.Annotations] {
    let all = files.files.map(\.path).filter { $0.hasSuffix(".json") }
      .sorted(by: ListedFile.precedes)
    let beginnings = ["_annotations.coco", "instances", ""]
    let candidates =
      beginnings.lazy.map { beginning in all.filter { split($0).name.hasPrefix(beginning) } }
      .first { !$0.isEmpty } ?? []
    if candidates.isEmpty {
      throw DataError(
        path: files.path, reason: "holds no .json file; 'annotations' names that of COCO's boxes")
    }
    var found: [FolderLayout.Part: String] = [:]
    for path in candidates {
      guard let part = part(of: path) ?? (candidates.count == 1 ? .train : nil) else {
        throw unclear(files, candidates)
      }
      if found.updateValue(path, forKey: part) != nil { throw unclear(files, candidates) }
    }
    if found[.train] == nil { throw unclear(files, candidates) }
    return FolderLayout.Part.allCases.compactMap { part in
      found[part].map { BoxReading.Annotations(part: part, path: "\(files.path)/\($0)") }
    }
  }

  private static func unclear(_ files: ImageFiles, _ candidates: [String]) -> DataError {
    let shown = candidates.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    return DataError(
      path: files.path,
      reason: "it is not clear which of its files annotate the training images; name them with "
        + "'annotations', 'validation_annotations' and 'test_annotations': \(shown)"
        + (candidates.count > 4 ? ", …" : ""))
  }

  /// The split that a file is named after, or the folder that it is in: `instances_train2017.json`,
  /// `valid/_annotations.coco.json`.
  private static func part(of path: String) -> FolderLayout.Part? {
    let (folder, name) = split(path)
    let stem = name.dropLast(".json".count)
    if let part = words(stem).lazy.compactMap({ FolderLayout.Part(folder: $0) }).first {
      return part
    }
    return folder.split(separator: "/").reversed().lazy
      .compactMap { words($0).lazy.compactMap { FolderLayout.Part(folder: $0) }.first }.first
  }

  /// The parts of a name that consist of letters.
  private static func words(_ name: Substring) -> [Substring] { name.split { !$0.isLetter } }

  /// The folder, with a slash at its end or empty, and the name in it.
  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    return (String(path[...slash]), String(path[path.utf8.index(after: slash)...]))
  }

  // MARK: Images

  /// The path of each image. All are below one folder, which is the one that holds most of them. Where several hold
  /// as good as many, it is that of the annotation file, then one that is named like it (`train2017` for
  /// `instances_train2017.json`), then one that is named after the split.
  ///
  /// - Parameters:
  ///   - json: the annotation file below the root; `nil` if it is elsewhere.
  ///   - folders: those that hold a file, by its name.
  private static func paths(
    of annotations: BoxAnnotations, _ part: FolderLayout.Part, json: String?,
    _ folders: [String: [String]]
  ) -> [String?] {
    let names = annotations.images.map { image in
      image.file.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
    /// The folders below which a file of this name lies.
    func bases(_ name: String) -> [String] {
      let (inner, last) = split(name)
      return (folders[last] ?? []).compactMap { folder in
        guard folder.hasSuffix(inner) else { return nil }
        let base = String(folder.dropLast(inner.count))
        return base.isEmpty || base.hasSuffix("/") ? base : nil
      }
    }
    var counts: [String: Int] = [:]
    for name in names {
      for base in bases(name) { counts[base, default: 0] += 1 }
    }
    let most = counts.values.max() ?? 0
    let own = json.map { split($0) }
    func rank(_ base: String) -> Int {
      let parts = base.split(separator: "/")
      if base == own?.folder { return 0 }
      if let stem = own?.name.dropLast(".json".count), parts.contains(where: { stem.hasSuffix($0) })
      {
        return 1
      }
      let isPart = parts.contains { folder in
        words(folder).contains { FolderLayout.Part(folder: $0) == part }
      }
      return isPart ? 2 : 3
    }
    let best = counts.filter { 2 * $0.value >= most }
      .map { (rank: rank($0.key), missing: -$0.value, base: $0.key) }
      .min { ($0.rank, $0.missing, $0.base) < ($1.rank, $1.missing, $1.base) }
    guard let base = best?.base else { return Array(repeating: nil, count: names.count) }
    return names.map { bases($0).contains(base) ? base + $0 : nil }
  }
}

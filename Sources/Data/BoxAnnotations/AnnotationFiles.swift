import Archives
import DataSchema
import Files

extension BoxAnnotations {
  /// The largest JSON document in an archive, which is unpacked in memory, in bytes.
  static let mostUnpacked = 4 << 30

  /// Reads COCO's `instances….json`, or a folder of Pascal VOC (`Annotations/*.xml`, `ImageSets/Main/*.txt`). Both
  /// may lie in a `.zip` or `.tar`, and the path may lead into it. Folders above those of VOC, such as
  /// `VOCdevkit/VOC2007`, need not be named if there is only one.
  ///
  /// - Parameters:
  ///   - split: which images of a VOC folder, by the name of a file in `ImageSets/Main`; `nil` for all.
  ///   - outlines: whether the outlines of COCO's objects are read, which each then needs; its box it does not.
  /// - Throws: ``DataError`` if it is neither, with the place in the file.
  package static func read(
    _ path: String, split: String? = nil, outlines: Bool = false
  ) throws(DataError)
    -> BoxAnnotations
  {
    let source: JSONSource
    switch try FileTree.open(path) {
    case .file(let file): source = JSONSource(file)
    case .member(let archive, let member): source = try JSONSource(archive, member)
    case .tree(let tree):
      if let folder = try VOCFolder(tree) { return try folder.annotations(split) }
      let name = try tree.onlyFile(
        "its annotations", ["instances"],
        missing:
          "it has neither COCO's instances….json nor VOC's folder Annotations with .xml files"
      )
      return try read("\(path)/\(name)", split: split, outlines: outlines)
    }
    if split != nil {
      throw DataError(
        path: path, reason: "a split can only be chosen for a folder of VOC; a COCO file is one")
    }
    return try CocoFile.read(source, path: path, outlines: outlines)
  }
}

extension Detections {
  /// Reads COCO's format of results from a file, or from the one `.json` in a `.zip` or `.tar`.
  ///
  /// - Parameter annotations: what images and categories are looked up in.
  /// - Throws: ``DataError`` with the place in the file if it is not such a file.
  package static func read(
    _ path: String, for annotations: BoxAnnotations
  ) throws(DataError) -> Detections {
    switch try FileTree.open(path) {
    case .file(let file): return try read(JSONSource(file), path: path, for: annotations)
    case .member(let archive, let member):
      return try read(JSONSource(archive, member), path: path, for: annotations)
    case .tree(let tree):
      let name = try tree.onlyFile("the detections", [], missing: "it has no .json file")
      return try read("\(path)/\(name)", for: annotations)
    }
  }
}

extension JSONSource {
  fileprivate convenience init(
    _ archive: any Archive, _ member: ArchiveMember
  ) throws(DataError) {
    self.init(
      try DataError.wrap { () throws(FileError) in
        try archive.read(member, limit: BoxAnnotations.mostUnpacked)
      })
  }
}

extension FileTree {
  /// The only `.json` file whose name begins with one of `beginnings`, or the only one.
  fileprivate func onlyFile(
    _ what: String, _ beginnings: [String], missing: String
  ) throws(DataError) -> String {
    let files = try files(".json")
    let suitable = files.filter { file in
      let name = file.split(separator: "/").last ?? ""
      return beginnings.contains { name.hasPrefix($0) }
    }
    let candidates = suitable.isEmpty ? files : suitable
    guard let first = candidates.first else { throw DataError(path: path, reason: missing) }
    if candidates.count > 1 {
      let shown = candidates.prefix(4).map { FileError.quoted("\(path)/\($0)") }
      throw DataError(
        path: path,
        reason: "\(candidates.count) files could be \(what); name one: "
          + shown.joined(separator: ", ") + (candidates.count > 4 ? ", …" : ""))
    }
    return first
  }
}

import DataSchema
import Files

/// A data set of Pascal VOC: a file of annotations for each picture, and lists of pictures.
struct VOCFolder {
  private let tree: FileTree
  /// The folder in the tree, with a slash at its end; empty for the tree itself.
  let prefix: String
  /// Stems of the files in `Annotations`, in the order of their bytes.
  private let stems: [String]

  private static let ending = ".xml"

  /// - Returns: `nil` if the tree has no folder `Annotations` with `.xml` files.
  /// - Throws: ``DataError`` if several have.
  init?(_ tree: FileTree) throws(DataError) {
    var folders: [String: [String]] = [:]
    for file in try tree.files(Self.ending) {
      let parts = file.split(separator: "/")
      guard parts.dropLast().last == "Annotations" else { continue }
      let stem = String(parts[parts.count - 1].dropLast(Self.ending.count))
      folders[parts.dropLast(2).map { $0 + "/" }.joined(), default: []].append(stem)
    }
    guard let (prefix, stems) = folders.first else { return nil }
    if folders.count > 1 {
      let names = folders.keys.sorted().map { FileError.quoted("\(tree.path)/\($0)") }
      throw DataError(
        path: tree.path,
        reason: "it holds several data sets; name one: "
          + names.prefix(4).joined(separator: ", "))
    }
    (self.tree, self.prefix, self.stems) = (tree, prefix, stems)
  }

  private func path(_ name: String) -> String { "\(tree.path)/\(prefix)\(name)" }

  /// Reads the objects of a split, or of all pictures.
  ///
  /// Categories are those of all files, so that they do not depend on the split. Detections may name a picture by
  /// its stem, its file, or the number that its digits are.
  func annotations(_ split: String?) throws(DataError) -> BoxAnnotations {
    let wanted = try split.map { name throws(DataError) in try list(name) }
    let chosen = wanted.map(Set.init)
    var names: Set<String> = []
    var files: [(stem: String, file: VOCFile)] = []
    for stem in stems {
      let file = try VOCFile(
        tree.bytes(of: "\(prefix)Annotations/\(stem)\(Self.ending)", limit: VOCFile.limit),
        path: path("Annotations/\(stem)\(Self.ending)"))
      names.formUnion(file.objects.compactMap(\.name))
      if chosen?.contains(stem) ?? true { files.append((stem, file)) }
    }
    let categories = names.map { BoxCategory(id: .text($0), name: $0) }.sorted { $0.id < $1.id }
    let index = BoxAnnotations.index(categories.map(\.id))
    var boxes: [AnnotatedBox] = []
    var images: [AnnotatedImage] = []
    var findings = BoxFindings()
    for (stem, file) in files {
      images.append(
        AnnotatedImage(
          id: .text(stem), file: file.fileName, width: file.width, height: file.height))
      let found = file.boxes(in: images, index, &findings) { "\(stem)\(Self.ending), line \($0)" }
      boxes += found
    }
    return BoxAnnotations(
      path: tree.path, format: .voc, images: images, categories: categories, boxes: boxes,
      findings: findings, imageIndex: Self.names(of: images))
  }

  /// The names of the files in `ImageSets/Main`, without their ending.
  func listNames() throws(DataError) -> [String] {
    try tree.files(".txt").compactMap { name -> String? in
      let start = "\(prefix)ImageSets/Main/"
      return name.hasPrefix(start) ? String(name.dropFirst(start.count).dropLast(4)) : nil
    }
  }

  /// The stems that a file in `ImageSets/Main` lists. The files of single classes have a second column, which says
  /// whether the picture shows it.
  ///
  /// - Throws: ``DataError`` if there is no such list, or it names a picture without annotations.
  func list(_ split: String) throws(DataError) -> [String] {
    let file = "ImageSets/Main/\(split).txt"
    let known = try listNames()
    guard known.contains(split) else {
      let shown = known.prefix(8).map { FileError.quoted($0) }.joined(separator: ", ")
      throw DataError(
        path: path(file),
        reason: "there is no such split"
          + (known.isEmpty ? "" : "; there are \(shown)\(known.count > 8 ? ", …" : "")"))
    }
    let bytes = try tree.bytes(of: prefix + file, limit: 1 << 28)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError(path: path(file), reason: "it is not UTF-8")
    }
    let stems = text.split(whereSeparator: \.isNewline)
      .compactMap { $0.split(whereSeparator: \.isWhitespace).first.map(String.init) }
    if stems.isEmpty { throw DataError(path: path(file), reason: "it lists no images") }
    let annotated = Set(self.stems)
    if let missing = stems.first(where: { !annotated.contains($0) }) {
      throw DataError(
        path: path(file),
        reason: "it lists \(FileError.quoted(missing)), which has no file in Annotations")
    }
    return stems
  }

  /// What detections may call each picture.
  private static func names(of images: [AnnotatedImage]) -> [ItemID: Int] {
    var index = BoxAnnotations.index(images.map(\.id))
    var numbers: [Int: Int?] = [:]
    for (place, image) in images.enumerated() {
      if index[.text(image.file)] == nil, !image.file.isEmpty { index[.text(image.file)] = place }
      // As torchvision and others number them: 2007_000027 is 2007000027.
      if let number = Int(image.id.description.filter { $0 != "_" }) {
        numbers[number] = .some(numbers[number] == nil ? place : nil)
      }
    }
    for case (let number, let place?) in numbers { index[.number(number)] = place }
    return index
  }
}

extension VOCFile {
  /// The objects in the last of `images`. The pixels at both ends belong to a box, so that it is a pixel wider than
  /// the difference of its edges.
  fileprivate func boxes(
    in images: [AnnotatedImage], _ categories: [ItemID: Int], _ findings: inout BoxFindings,
    _ place: (Int) -> String
  ) -> [AnnotatedBox] {
    var found: [AnnotatedBox] = []
    for object in objects {
      guard let name = object.name, let category = categories[.text(name)],
        let left = object.edges["xmin"], let top = object.edges["ymin"],
        let right = object.edges["xmax"], let bottom = object.edges["ymax"]
      else { continue }
      let box = Box(
        x: left - 1, y: top - 1, width: right - left + 1, height: bottom - top + 1)
      guard findings.check(box, in: images[images.count - 1], at: place(object.line)) else {
        continue
      }
      found.append(
        AnnotatedBox(
          image: images.count - 1, category: category, box: box, isDifficult: object.isDifficult,
          isTruncated: object.isTruncated))
    }
    return found
  }
}

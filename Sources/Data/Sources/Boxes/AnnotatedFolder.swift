import BoxAnnotations
import DataSchema
import Files
import ImageFormats

/// What a folder or an archive of images holds besides them, judging by names.
package enum AnnotatedFolder: Equatable, Sendable {
  /// Boxes in COCO's format.
  case coco
  /// Boxes in the format of Pascal VOC.
  case voc
  /// Masks, in a folder `masks` beside `images`.
  case masks

  /// - Parameter path: of the folder or archive, from the root.
  /// - Returns: `nil` if it holds nothing of the kind.
  /// - Throws: ``DataError`` if it cannot be read.
  package static func kind(_ path: String) throws(DataError) -> AnnotatedFolder? {
    let files = try ImageFiles(path).files
    let isVOC = files.contains { file in
      file.path.hasSuffix(".xml") && file.parts.dropLast().last == "Annotations"
    }
    if isVOC { return .voc }
    let documents = files.filter { $0.path.hasSuffix(".json") }
    let isCoco = documents.contains { file in
      let name = file.parts.last ?? ""
      return name.hasPrefix("_annotations.coco") || name.hasPrefix("instances")
    }
    if isCoco { return .coco }
    if documents.count == 1, let only = documents.first,
      // Another kind of file is no reason to stop: the images may be in class folders.
      (try? BoxAnnotations.read("\(path)/\(only.path)")) != nil
    {
      return .coco
    }
    return MaskPairs(files, .named, suffix: "").pairs.isEmpty ? nil : .masks
  }
}

/// What the masks of a folder hold, for an experiment that is written for them.
package struct MaskSurvey: Sendable {
  /// Whether a file `classes.txt` beside the images names the classes.
  package let hasClassList: Bool
  /// The values of the first masks, ascending; empty if a mask is in colours.
  package let values: [Int]

  /// Masks that are looked at.
  private static let most = 200

  /// - Parameter path: of the folder or archive, from the root.
  /// - Throws: ``DataError`` if it, or one of the masks, cannot be read.
  package init(_ path: String) throws(DataError) {
    let files = try ImageFiles(path)
    hasClassList = files.file("classes.txt").problem == nil
    var found: Set<UInt8> = []
    if !hasClassList {
      for pair in MaskPairs(files.files, .named, suffix: "").pairs.prefix(Self.most) {
        let image = try DataError.wrap { () throws(FileError) in
          try MaskImage(decoding: files.read(pair.mask.path), path: files.place(pair.mask.path))
        }
        if image.channels > 1 {
          values = []
          return
        }
        found.formUnion(image.bytes)
      }
    }
    values = found.map(Int.init).sorted()
  }
}

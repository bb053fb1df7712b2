import DataSchema

/// A data set of Pascal VOC with its lists of pictures.
package struct VOCData: Sendable {
  /// Those of all pictures.
  package let annotations: BoxAnnotations
  /// The folder that holds `Annotations` and `JPEGImages`, with a slash at its end; empty for the top.
  package let folder: String
  /// The pictures that each file in `ImageSets/Main` names, by the name of the file: of `train`, `val`, `trainval`
  /// and `test` those that exist.
  package let lists: [String: [String]]

  package static let listNames = ["train", "val", "trainval", "test"]

  /// Reads a folder, `.zip` or `.tar`. Folders above those of VOC, such as `VOCdevkit/VOC2007`, need not be named if
  /// there is only one.
  ///
  /// - Throws: ``DataError`` if there is no folder `Annotations` with `.xml` files, or one cannot be read; if a list
  ///   names a picture without a file there.
  package init(reading path: String) throws(DataError) {
    guard case .tree(let tree) = try FileTree.open(path), let found = try VOCFolder(tree) else {
      throw DataError(
        path: path, reason: "it has no folder Annotations with .xml files, as data of VOC have")
    }
    folder = found.prefix
    annotations = try found.annotations(nil)
    var lists: [String: [String]] = [:]
    for name in try found.listNames() where Self.listNames.contains(name) {
      lists[name] = try found.list(name)
    }
    self.lists = lists
  }
}

import DataSchema

/// What the names and headers of the images in a folder or an archive tell, without reading any pixel.
package struct ImageFolderSurvey: Sendable {
  /// Whether most files are of formats that cameras write and that lose detail: JPEG or WebP.
  package let arePhotographs: Bool
  /// Images that cannot be read, by their paths in the folder.
  package let broken: [String]

  /// - Parameters:
  ///   - path: of the folder or archive, from the root.
  ///   - environment: the one that the data set is made in, so that the files are listed only once.
  /// - Throws: ``DataError`` if it cannot be read.
  package init(_ path: String, in environment: DataEnvironment) throws(DataError) {
    let index = try ImageIndexCache(environment).index(path, decodes: false)
    let endings = [".jpg", ".jpeg", ".webp"]
    let count = (0..<index.count).count { number in
      let name = index.name(number).lowercased()
      return endings.contains { name.hasSuffix($0) }
    }
    broken = index.summary.broken.map(\.path)
    arePhotographs = 2 * count > index.count
  }
}

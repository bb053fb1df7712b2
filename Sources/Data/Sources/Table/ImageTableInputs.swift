import DataSchema
import Tables

extension TableDataset {
  /// The images that another table names, to be predicted: no targets are needed.
  ///
  /// Their paths start from the folder of that table, or from `images` of the experiment if the first of them
  /// is there and not in the folder.
  ///
  /// - Throws: `DataError` with the line of an image that cannot be read.
  func openImages(_ path: String, _ column: ImageColumn) throws(DataError) -> any ExampleSource {
    let options = TableOptions(
      format: reading.options.format, missing: reading.options.missing, types: [column.name: .text])
    let index = try TableIndex(reading: path, options)
    let table = try Table(reading: index, columns: [column.name])
    let names = try table.texts(column.name)
    let texts = (0..<table.rowCount).map { names[$0] }
    let files = try Self.files(of: path, column, first: texts.lazy.compactMap(\.self).first ?? "")
    let images = try NamedImages(
      texts, column, in: files, of: path, decodes: false, cache)
    if let first = images.problems.first {
      throw table.error(
        first.reason + NamedImages.hint(first, column, in: files), row: first.place,
        column: column.name)
    }
    let positions = images.positions.compactMap(\.self)
    let width = dataSchema.target.kind.targetWidth
    return IndexedImages(
      images.index, positions, in: files,
      schema: DataSchema(
        inputs: [
          DataField(
            dataSchema.input.name, images.index.kind(of: positions, channels: column.channels))
        ], targets: dataSchema.targets), channels: column.channels,
      targets: Targets([Float](repeating: 0, count: positions.count * width), width: width),
      isValidation: nil,
      fingerprint: images.index.fingerprint(of: positions, channels: column.channels),
      table: TableRows(index: index, rows: Array(texts.indices)))
  }

  private static func files(
    of path: String, _ column: ImageColumn, first: String
  ) throws(DataError) -> ImageFiles {
    let beside = try ImageFiles(existing: ImageColumn.folder(of: path))
    guard let root = column.root, FileSearch.isFolder(root) || FileSearch.isFile(root) else {
      return beside
    }
    let given = try ImageFiles(existing: root)
    func holds(_ files: ImageFiles) -> Bool {
      guard case .inside(let path) = ImagePath(first + column.suffix, in: files.path) else {
        return false
      }
      return files.file(path).problem == nil
    }
    return !holds(beside) && holds(given) ? given : beside
  }
}

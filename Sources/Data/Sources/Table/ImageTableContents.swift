import DataSchema
import Files
import Tables

/// A table whose rows name images, with the targets of each and which are tested on.
struct ImageTableContents: SplitContents {
  let schema: DataSchema
  let omissions: DatasetOmissions
  private let table: TableIndex
  private let images: NamedImages
  private let root: String
  private let channels: Int
  /// Rows of the table, one an example.
  private let rows: [Int]
  /// Positions of the images in their index, one an example.
  private let positions: [Int]
  private let targets: Targets
  private let valueNames: [String]
  private let parts: TableParts
  private let texts: RowTexts
  private let notes: [String]

  /// - Throws: `DataError` with the line of what cannot be read or used.
  init(
    _ reading: TableReading, _ column: ImageColumn, path: String, _ cache: ImageIndexCache
  ) throws(DataError) {
    table = try TableIndex(reading: path, reading.options)
    _ = try reading.roles.features(of: table)
    root = column.root(ofTable: path)
    channels = column.channels
    let values = try Table(reading: table, columns: [column.name] + reading.roles.targets)
    let found = try TableTargets(
      reading.targetDefinition(in: values), of: values, skipMissing: reading.skipsErrors)
    let names = try values.texts(column.name)
    let files = try ImageFiles(existing: root)
    images = try NamedImages(
      found.rows.map { names[$0] }, column, in: files, of: path, decodes: reading.skipsErrors, cache
    )
    let lines = found.rows.map(values.line(ofRow:))
    if let first = images.problems.first, !reading.skipsErrors {
      let others = images.problems.count - 1
      throw values.error(
        first.reason + NamedImages.hint(first, column, in: files)
          + (others == 0 ? "" : " (and \(others) other row\(others == 1 ? "" : "s"))")
          + "; on_error: skip leaves such rows out", row: found.rows[first.place],
        column: column.name)
    }
    let repeats = RepeatedImages(images.positions, found)
    if let first = repeats.contradictions.first, !reading.skipsErrors {
      throw values.error(
        first.reason(images.index, lines) + "; on_error: skip leaves such rows out",
        row: found.rows[first.place], column: column.name)
    }
    let contradictory = Set(repeats.contradictions.map(\.position))
    let places = images.positions.indices.filter { [images] place in
      images.positions[place].map { !contradictory.contains($0) } ?? false
    }
    omissions = DatasetOmissions(
      broken: images.problems.map { ($0.text, "line \(lines[$0.place]): \($0.reason)") }
        + repeats.contradictions.map { [images] in
          (images.index.name($0.position), $0.reason(images.index, lines))
        })
    guard !places.isEmpty else {
      throw DataError(path: path, reason: "no row has an image that can be used")
    }
    rows = places.map { found.rows[$0] }
    positions = places.compactMap { [images] in images.positions[$0] }
    targets = found.targets.selecting(places)
    valueNames = found.field.kind.valueNames
    texts = try RowTexts(table, column: reading.roles.split)
    parts = try TableParts(reading, rows, targets, found.field, table: values, texts) {
      [images, positions] in images.index.hash(positions[$0])
    }
    notes =
      found.skippedNotes + Self.leftOut(found.rows.count - places.count) + repeats.notes(lines)
    let used = parts.train + parts.test
    var schema = DataSchema(
      inputs: [
        DataField(
          "image",
          images.index.kind(of: used.map { [positions] in positions[$0] }, channels: channels))
      ], targets: [found.field],
      counts: [.train: parts.train.count, .test: parts.test.count])
    schema.validationCount = parts.flags(.train)?.count { $0 }
    self.schema = schema
  }

  private static func leftOut(_ count: Int) -> [String] {
    if count == 0 { return [] }
    return [
      "\(count) row\(count == 1 ? " is" : "s are") left out because of their images; 'runner data' "
        + "lists them"
    ]
  }

  /// The values of all columns, the contents of the images, and the channels that they are read with.
  func fingerprint(_ split: DataSplit) -> String {
    var digest = RunningDigest()
    digest.add("image table 1\n\(schema.target.kind.name)\n\(channels)\n".utf8)
    for name in table.columns.map(\.name).sorted() + valueNames {
      digest.add("\(name.utf8.count) \(name)\n".utf8)
    }
    for place in parts.places(split) {
      digest.add(texts.hash(rows[place]))
      digest.add(images.index.hash(positions[place]))
      digest.add([parts.isValidation?[place] == true ? 1 : 0])
    }
    return digest.hex
  }

  func source(_ split: DataSplit) throws(DataError) -> any ExampleSource {
    let places = parts.places(split)
    return IndexedImages(
      images.index, places.map { positions[$0] }, in: try ImageFiles(reopening: root),
      schema: schema, channels: channels, targets: targets.selecting(places),
      isValidation: parts.flags(split), fingerprint: fingerprint(split), notes: notes,
      table: TableRows(index: table, rows: places.map { rows[$0] }))
  }
}

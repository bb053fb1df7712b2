import DataSchema
import Files

/// What is looked for, and how much of it is listed.
package struct DataAnalysisOptions: Sendable {
  /// Names of the columns if the inputs are vectors; `nil` to number them.
  package var columnNames: [String]?
  /// Files of the data set that cannot be read.
  package var broken: [FileProblem] = []
  /// Files that are left out because of their names or places.
  package var skipped: [FileProblem] = []
  /// Entries of each list; totals are always given.
  package var listLimit = 50
  /// Whether to look for pictures that look alike without being equal.
  package var searchesNear = true

  package init() {}
}

extension DataFindings {
  /// Reads all examples of all parts once, and looks for what is wrong with them. Examples that cannot be
  /// read are listed and left out.
  ///
  /// - Parameter parts: the training examples come first. The inputs of all are of one kind.
  /// - Parameter progress: is called with what is being done, how many examples are done, and of how many.
  package static func analyse(
    _ parts: [DataPart], _ options: DataAnalysisOptions = DataAnalysisOptions(),
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) -> DataFindings {
    var reader = PartReader(parts, options)
    for number in parts.indices { reader.read(number, progress) }
    var findings = DataFindings(
      parts: reader.findings, duplicates: reader.duplicates(progress), columns: reader.columns,
      groups: GroupFindings(parts, limit: options.listLimit),
      broken: CappedList(options.broken, limit: options.listLimit),
      skipped: CappedList(options.skipped, limit: options.listLimit), warnings: [])
    findings.warnings = DataWarning.all(findings)
    return findings
  }
}

/// Reads parts, batch by batch, into what is needed to compare all examples.
private struct PartReader {
  private static let batchSize = 64

  private let parts: [DataPart]
  private let options: DataAnalysisOptions
  private let total: Int
  private var done = 0
  private(set) var findings: [PartFindings] = []
  private(set) var columns: ColumnFindings?

  private var places: [(part: Int, index: Int)] = []
  private var targets: [Int] = []
  private var targetNumbers: [[Float]: Int] = [:]
  private var firsts: [Int] = []
  private var digests: [[UInt8]: Int] = [:]
  private var search = NearDuplicateSearch()
  private var isPictures = false

  init(_ parts: [DataPart], _ options: DataAnalysisOptions) {
    self.parts = parts
    self.options = options
    total = parts.reduce(0) { $0 + $1.indices.count }
  }

  mutating func read(_ number: Int, _ progress: (String, Int, Int) -> Void) {
    let part = parts[number]
    let schema = part.source.schema
    var totals = PictureTotals()
    var values: [Float] = []
    var readable: [Int] = []
    var problems: [FileProblem] = []
    for start in stride(from: 0, to: part.indices.count, by: Self.batchSize) {
      let indices = Array(part.indices[start..<min(start + Self.batchSize, part.indices.count)])
      do throws(DataError) {
        try read(indices, of: number, &totals, &values)
        readable += indices
      } catch {
        // One of them is wrong: each by itself.
        for index in indices {
          do throws(DataError) {
            try read([index], of: number, &totals, &values)
            readable.append(index)
          } catch {
            problems.append(FileProblem(path: error.path, reason: error.reason))
          }
        }
      }
      done += indices.count
      progress("reading examples", done, total)
    }
    let targets = part.source.targets.selecting(part.indices)
    var found = PartFindings(
      name: part.name, examples: part.indices.count, pictures: totals.summary,
      unreadable: CappedList(problems, limit: options.listLimit))
    switch schema.target.kind {
    case .category(let names): found.classes = TargetSummary.classes(names, targets)
    case .labelSet(let names): found.labels = TargetSummary.labels(names, targets)
    case .numbers(let quantities): found.numbers = TargetSummary.numbers(quantities, targets)
    case .mask(let names, _): found.masks = TargetSummary.masks(names, targets)
    case .boxes(let classes):
      found.boxes = TargetSummary.boxes(classes, part, limit: options.listLimit)
    default: break
    }
    findings.append(found)
    if number == 0, case .vector(let size) = schema.input.kind, size > 0 {
      let names = options.columnNames.flatMap { $0.count == size ? $0 : nil }
      columns = ColumnSearch(
        values: values, names: names ?? (1...size).map { "column \($0)" }, target: schema.target,
        targets: part.source.targets.selecting(readable)
      ).findings(limit: options.listLimit)
    }
  }

  /// Reads examples and takes in what they hold, all of them or none.
  private mutating func read(
    _ indices: [Int], of number: Int, _ totals: inout PictureTotals, _ values: inout [Float]
  ) throws(DataError) {
    let source = parts[number].source
    if source.schema.largestImage != nil {
      let pictures = try source.pictures(indices)
      guard pictures.count == indices.count, pictures.sizes.allSatisfy({ $0.count > 0 }) else {
        throw DataError(path: source.schema.input.name, reason: "holds an empty image")
      }
      isPictures = true
      let offsets = pictures.offsets
      pictures.bytes.withUnsafeBufferPointer { bytes in
        for (place, index) in indices.enumerated() {
          let (size, start) = (pictures.sizes[place], offsets[place])
          let picture = UnsafeBufferPointer(rebasing: bytes[start..<offsets[place + 1]])
          totals.add(picture, size: size)
          let shape = [UInt8]("\(size)|".utf8)
          append(index, of: number, digest: Digest.bytes(of: shape + Array(picture)))
          search.append(Thumbnail(picture, size: size))
        }
      }
      return
    }
    guard case .vector(let size) = source.schema.input.kind else { return }
    var batch = ExampleBatch()
    try source.read(indices, into: &batch)
    guard case .numbers(let rows) = batch.take(source.schema.input.name),
      rows.count == indices.count * size
    else { throw DataError(path: source.schema.input.name, reason: "holds no numbers") }
    for (place, index) in indices.enumerated() {
      let row = rows[(place * size)..<((place + 1) * size)]
      let bytes = row.flatMap { value in withUnsafeBytes(of: value.bitPattern) { Array($0) } }
      append(index, of: number, digest: Digest.bytes(of: bytes))
    }
    if number == 0 { values += rows }
  }

  private mutating func append(_ index: Int, of number: Int, digest: [UInt8]) {
    let place = places.count
    places.append((number, index))
    let target = Array(parts[number].source.targets[index])
    targets.append(targetNumbers[target, default: targetNumbers.count])
    targetNumbers[target] = targets[place]
    if let first = digests[digest] {
      firsts.append(first)
    } else {
      digests[digest] = place
      firsts.append(place)
    }
  }

  /// `nil` if no example was read.
  mutating func duplicates(_ progress: (String, Int, Int) -> Void) -> DuplicateFindings? {
    if places.isEmpty { return nil }
    let searches = isPictures && options.searchesNear
    let distinct = firsts.indices.filter { firsts[$0] == $0 }
    let pairs =
      searches
      ? search.pairs(among: distinct) { progress("comparing pictures", $0, distinct.count) } : []
    return DuplicateGrouping(
      parts: parts, places: places, targets: targets, firsts: firsts, pairs: pairs
    ).findings(limit: options.listLimit, searchesNear: searches, limited: search.limited)
  }
}

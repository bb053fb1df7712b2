import RunRecord
import Tasks

/// The content of an index is damaged.
struct IndexDamage: Error {}

/// Writes the content of an index: all texts once, then all runs, as numbers of 64 bits.
struct IndexWriter {
  private var texts: [String] = []
  private var places: [String: Int] = [:]
  private var numbers: [Int64] = []

  /// The number of texts, each with its length; then the numbers, little endian.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(numbers.count * 8 + texts.count * 32)
    func append(_ value: Int64) {
      withUnsafeBytes(of: value.littleEndian) { result.append(contentsOf: $0) }
    }
    append(Int64(texts.count))
    for text in texts {
      append(Int64(text.utf8.count))
      result.append(contentsOf: text.utf8)
    }
    append(Int64(numbers.count))
    for number in numbers { append(number) }
    return result
  }

  mutating func add(_ runs: ListedRuns, _ signatures: [String: RunSignature]) {
    // Values that no run has any more are left out.
    let kept = runs.runs.filter { signatures[$0.entry.name] != nil }
    var used: [UInt32: Int] = [:]
    for run in kept {
      for leaf in run.leaves where used[leaf] == nil { used[leaf] = used.count }
    }
    add(used.count)
    for (leaf, _) in used.sorted(by: { $0.value < $1.value }) {
      let (path, text) = runs.leaves[Int(leaf)]
      add(runs.paths[Int(path)])
      add(text)
    }
    add(kept.count)
    for run in kept {
      guard let signature = signatures[run.entry.name] else { continue }
      add(run.entry)
      for file in signature.files {
        numbers += [file.seconds, file.nanoseconds, file.size, Int64(bitPattern: file.inode)]
      }
      add(run.annotations)
      add(run.leaves.count)
      for leaf in run.leaves { add(used[leaf] ?? 0) }
    }
  }

  private mutating func add(_ entry: RunCatalog.Entry) {
    for text in [entry.name, entry.status, entry.primary, entry.facts.unit.text] { add(text) }
    for text in [entry.experiment, entry.started, entry.ended, entry.dataset] { add(text) }
    add(entry.facts.higherIsBetter ? 1 : 0)
    add(entry.isFallback ? 1 : 0)
    for value in [entry.validationScore, entry.validationLoss, entry.testScore] { add(value) }
    add(entry.epochs ?? -1)
    add(entry.seed == nil ? 0 : 1)
    numbers.append(Int64(bitPattern: entry.seed ?? 0))
    add(entry.testBasis == nil ? 0 : 1)
    if let basis = entry.testBasis {
      add(basis.examples)
      add(basis.models)
      add(basis.by.rawValue)
      add(basis.fitted)
    }
    add(entry.scores.count)
    for (key, value) in entry.scores.sorted(by: { $0.key < $1.key }) {
      add(key)
      add(value)
    }
    add(entry.metrics.count)
    for (key, facts) in entry.metrics.sorted(by: { $0.key < $1.key }) {
      add(key)
      add(facts.unit.text)
      add(facts.higherIsBetter ? 1 : 0)
    }
  }

  private mutating func add(_ annotations: RunAnnotations) {
    add(annotations.tags.count)
    for tag in annotations.tags { add(tag) }
    add(annotations.notes.count)
    for note in annotations.notes {
      add(note.time)
      add(note.text)
    }
  }

  private mutating func add(_ value: Int) { numbers.append(Int64(value)) }

  /// A missing number is a NaN that no calculation gives.
  private mutating func add(_ value: Double?) {
    numbers.append(value.map { Int64(bitPattern: $0.bitPattern) } ?? IndexReader.missing)
  }

  private mutating func add(_ text: String?) {
    guard let text else { return numbers.append(-1) }
    if let place = places[text] { return add(place) }
    places[text] = texts.count
    add(texts.count)
    texts.append(text)
  }
}

/// Reads what ``IndexWriter`` writes. Every place is checked, since the file may be damaged.
struct IndexReader {
  /// The bits of a missing number.
  static let missing = Int64(bitPattern: 0xFFF8_DEAD_0000_0001)

  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var texts: [String] = []
  private var remaining = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// - Parameter folder: of the runs.
  /// - Returns: the runs by name; `table` holds the values of their configurations.
  mutating func runs(
    into table: inout ListedRuns, _ folder: String
  ) throws -> [String: (run: ListedRun, signature: RunSignature)] {
    let count = try count(of: 8)
    texts.reserveCapacity(count)
    for _ in 0..<count {
      let length = try self.count(of: 1)
      texts.append(String(decoding: bytes[position..<(position + length)], as: UTF8.self))
      position += length
    }
    remaining = try self.count(of: 8)
    var leaves: [UInt32] = []
    for _ in 0..<(try items()) {
      leaves.append(table.intern(ConfigurationLeaf(path: try text(), text: try text())))
    }
    var runs: [String: (run: ListedRun, signature: RunSignature)] = [:]
    var metrics: [[Int64]: [String: MetricFacts]] = [:]
    for _ in 0..<(try items()) {
      var run = ListedRun(try entry(in: folder, &metrics))
      let files = try RunSignature.names.map { _ in
        RunSignature.File(
          seconds: try number(), nanoseconds: try number(), size: try number(),
          inode: UInt64(bitPattern: try number()))
      }
      for _ in 0..<(try items()) { run.annotations.add(tags: [try text()]) }
      for _ in 0..<(try items()) {
        run.annotations.add(RunAnnotations.Note(time: try text(), text: try text()))
      }
      let count = try items()
      run.leaves.reserveCapacity(count)
      for _ in 0..<count {
        let place = try items()
        guard leaves.indices.contains(place) else { throw IndexDamage() }
        run.leaves.append(leaves[place])
      }
      runs[run.entry.name] = (run, RunSignature(files: files))
    }
    return runs
  }

  /// - Parameter metrics: descriptions of scores that other runs have too.
  private mutating func entry(
    in folder: String, _ metrics: inout [[Int64]: [String: MetricFacts]]
  ) throws -> RunCatalog.Entry {
    let name = try text()
    var entry = RunCatalog.Entry(name: name, path: "\(folder)/\(name)")
    entry.status = try text()
    entry.primary = try text()
    let unit = MetricUnit(text: try text())
    entry.experiment = try optionalText()
    entry.started = try optionalText()
    entry.ended = try optionalText()
    entry.dataset = try optionalText()
    entry.facts = MetricFacts(unit: unit, higherIsBetter: try number() == 1)
    entry.isFallback = try number() == 1
    entry.validationScore = try value()
    entry.validationLoss = try value()
    entry.testScore = try value()
    let epochs = try number()
    entry.epochs = epochs < 0 ? nil : Int(epochs)
    let hasSeed = try number() == 1
    let seed = UInt64(bitPattern: try number())
    entry.seed = hasSeed ? seed : nil
    if try number() == 1 {
      let examples = Int(try number())
      let models = Int(try number())
      guard let by = ScoreBasis.Models(rawValue: try text()) else { throw IndexDamage() }
      entry.testBasis = ScoreBasis(examples: examples, models: models, by: by)
      entry.testBasis?.fitted = try optionalText()
    }
    for _ in 0..<(try items()) {
      let key = try text()
      entry.scores[key] = try value()
    }
    let count = try items()
    var key: [Int64] = []
    for _ in 0..<(3 * count) { key.append(try number()) }
    if let known = metrics[key] {
      entry.metrics = known
    } else {
      for place in stride(from: 0, to: key.count, by: 3) {
        entry.metrics[try text(at: key[place])] = MetricFacts(
          unit: MetricUnit(text: try text(at: key[place + 1])), higherIsBetter: key[place + 2] == 1)
      }
      metrics[key] = entry.metrics
    }
    return entry
  }

  // MARK: Numbers

  private mutating func raw() throws -> Int64 {
    guard bytes.endIndex - position >= 8 else { throw IndexDamage() }
    let value = bytes.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: position - bytes.startIndex, as: Int64.self)
    }
    position += 8
    return Int64(littleEndian: value)
  }

  /// A count of things that have at least `size` bytes each.
  private mutating func count(of size: Int) throws -> Int {
    let count = try raw()
    guard count >= 0, count <= (bytes.endIndex - position) / size else { throw IndexDamage() }
    return Int(count)
  }

  private mutating func number() throws -> Int64 {
    guard remaining > 0 else { throw IndexDamage() }
    remaining -= 1
    return try raw()
  }

  /// A count or a place, which never exceeds the numbers of the file.
  private mutating func items() throws -> Int {
    let count = try number()
    guard count >= 0, count <= (bytes.count / 8) else { throw IndexDamage() }
    return Int(count)
  }

  private mutating func value() throws -> Double? {
    let bits = try number()
    return bits == Self.missing ? nil : Double(bitPattern: UInt64(bitPattern: bits))
  }

  private func text(at place: Int64) throws -> String {
    guard place >= 0, place < texts.count else { throw IndexDamage() }
    return texts[Int(place)]
  }

  private mutating func text() throws -> String { try text(at: number()) }

  private mutating func optionalText() throws -> String? {
    let place = try number()
    return place == -1 ? nil : try text(at: place)
  }
}

import ExperimentConfig
import Files
import Weights

/// The final state of a training, kept in the directory of a finished run so that `runner resume
/// RUN epochs=N` can continue it. Tensors that the run's weight files contain are not stored again.
package struct FinalCheckpoint: CheckedRecord, Encodable, Sendable {
  package static let folder = "final_checkpoint"
  private static let stateName = "\(folder)/state.json"
  private static let tensorsName = "\(folder)/state.safetensors"
  private static let lastName = "weights/last.safetensors"
  private static let bestName = "weights/best.safetensors"

  package private(set) var format = 1
  /// The checkpoint's JSON.
  private var state: JSONValue
  /// The hashes of ``tensorsName``, ``lastName`` and ``bestName``.
  private var hashes: [String: String]
  /// The names of the model tensors that training changes.
  private var changing: [String]
  /// Whether ``lastName`` holds them as training left them; `false` if it holds their average.
  private var isModelInLast: Bool
  /// The names of pretrained tensors that no step changes.
  private var frozen: [String]
  /// SHA-256 of everything else, to detect edits; `nil` in records of older versions.
  private var sha256: String?

  enum CodingKeys: String, CodingKey {
    case format, state, hashes, changing
    case isModelInLast = "model_in_last"
    case frozen, sha256
  }

  package func check() throws(RecordProblem) {
    guard format == 1 else {
      throw RecordProblem("format", "\(format) is from another version of this program")
    }
    for name in [Self.tensorsName, Self.lastName, Self.bestName] {
      guard let hash = hashes[name] else { throw RecordProblem("hashes.\(name)", "is missing") }
      try RecordProblem.requireHexadecimal("hashes.\(name)", hash)
    }
    guard let sha256 else { return }
    let own: String
    do {
      own = try ownHash()
    } catch {
      throw RecordProblem("state", "cannot be hashed: \(error)")
    }
    if own != sha256 {
      throw RecordProblem("", "it was edited: its contents do not match its 'sha256'")
    }
  }

  /// The expected value of ``sha256``.
  private func ownHash() throws -> String {
    var rest = self
    rest.sha256 = nil
    return Digest.hex(of: try JSONText.encode(rest))
  }

  // MARK: Writing

  /// Writes the tensors that no other file of the run will contain.
  ///
  /// - Parameters:
  ///   - tensors: of a checkpoint: `model.…`, `optimizer.…`, `average.…`, `best.…`.
  ///   - frozen: the names of pretrained tensors that no step changes.
  package init(
    writing tensors: [SafeTensors.Entry], frozen: [String], state: [UInt8], to run: RunDirectory
  ) throws {
    let isAveraged = tensors.contains { $0.name.hasPrefix("average.") }
    let kept = tensors.filter { entry in
      !entry.name.hasPrefix("best.") && (isAveraged || !entry.name.hasPrefix("model."))
    }
    let pieces = try SafeTensors.encode(kept)
    try run.write(pieces, to: Self.tensorsName)
    self.state = try JSONText.decode(JSONValue.self, from: state)
    hashes = [Self.tensorsName: Digest.hex(of: pieces)]
    changing = tensors.compactMap { $0.name.without(prefix: "model.") }
    isModelInLast = !isAveraged
    self.frozen = frozen
  }

  /// Writes everything else, once the run's weight files exist.
  package mutating func complete(in run: RunDirectory) throws {
    for name in [Self.lastName, Self.bestName] {
      hashes[name] = try SafeTensors.Stream(name, in: run.folder).sha256()
    }
    sha256 = try ownHash()
    try run.write(json: self, to: Self.stateName)
  }

  // MARK: Reading

  /// The path of a run's state, for error messages.
  package static func path(in run: RunDirectory) -> String { run.file(stateName) }

  /// Whether a run has a final checkpoint, complete or not.
  package static func exists(in run: RunDirectory) -> Bool {
    run.isFile(stateName)
  }

  /// - Throws: ``FileError`` if a file is missing, or is not as the run wrote it.
  package static func read(_ run: RunDirectory) throws -> CheckpointContents {
    let path = run.file(stateName)
    let record = try RecordFile.decode(
      FinalCheckpoint.self, from: try run.bytes(of: stateName, limit: RecordFile.limit), path: path)
    func open(_ name: String) throws -> SafeTensors.Stream {
      let file = try SafeTensors.Stream(name, in: run.folder)
      guard try file.sha256() == record.hashes[name] else {
        throw FileError(path: file.path, reason: "is damaged: it does not match what the run wrote")
      }
      return file
    }
    func tensors(
      _ names: [String], of file: SafeTensors.Stream, _ prefix: String
    ) throws -> [SafeTensors.Entry] {
      try names.map { name in
        var entry = try file.entry(named: name)
        entry.name = prefix + name
        return entry
      }
    }
    let (own, last, best) = (try open(tensorsName), try open(lastName), try open(bestName))
    var all = try own.entries()
    if record.isModelInLast { all += try tensors(record.changing, of: last, "model.") }
    all += try tensors(record.changing, of: best, "best.")
    return try CheckpointContents(
      state: record.state, path: path, tensors: all,
      frozen: try tensors(record.frozen, of: last, ""))
  }

  /// Removes the final checkpoint.
  package static func remove(from run: RunDirectory) throws(FileError) {
    try run.folder.remove(folder)
  }
}

/// The contents of a checkpoint, wherever it was stored.
package struct CheckpointContents: Sendable {
  private var state: JSONValue
  package let header: CheckpointHeader
  package let tensors: [SafeTensors.Entry]
  package let frozen: [SafeTensors.Entry]

  /// - Parameter path: of the state, for error messages.
  init(
    state: JSONValue, path: String, tensors: [SafeTensors.Entry], frozen: [SafeTensors.Entry]
  ) throws {
    self.state = state
    header = try RecordFile.decode(
      CheckpointHeader.self, from: try JSONText.encode(state), path: path)
    self.tensors = tensors
    self.frozen = frozen
  }

  /// The newest checkpoint of an unfinished run; `nil` if there is none.
  package init?(newestOf run: RunDirectory) throws {
    let search = try Checkpoints(run).search()
    guard let contents = search.newest else {
      if let problem = (search.damage + search.readErrors).first { throw problem }
      return nil
    }
    let path = contents.statePath
    let state: JSONValue
    do {
      state = try JSONText.decode(JSONValue.self, from: contents.state)
    } catch {
      throw FileError(path: path, reason: "is not in the expected format")
    }
    try self.init(
      state: state, path: path,
      tensors: try SafeTensors.File(contents.tensors.open()).entries(),
      frozen: try contents.frozen.map { try SafeTensors.File($0.open()).entries() } ?? [])
  }

  /// Writes the contents as the first checkpoint of another run, with the growing files truncated
  /// to their length at that time.
  package func write(from source: RunDirectory, to run: RunDirectory, identity: String) throws {
    var lengths = header.lengths
    for (name, length) in header.lengths.sorted(by: { $0.key < $1.key }) {
      let isEvents = CheckpointHeader.isEventFile(name)
      if isEvents, try source.folder.size(of: name) ?? 0 < length {
        // It is regenerated from metrics.jsonl.
        lengths[name] = nil
        continue
      }
      let file = try source.open(name)
      guard file.size >= length else {
        throw FileError(
          path: file.path,
          reason: "has \(file.size) bytes, but the checkpoint was made with \(length)")
      }
      let bytes = try file.bytes(at: 0..<length)
      if let hash = header.hashes?[name], Digest.hex(of: bytes) != hash {
        throw FileError(path: file.path, reason: "was edited: it does not match what the run wrote")
      }
      try run.write([bytes], to: name)
    }
    guard case .object(var values) = state else {
      throw FileError(path: source.path, reason: "its checkpoint is not a JSON object")
    }
    values["identity"] = .string(identity)
    values["lengths"] = .object(lengths.mapValues(JSONValue.integer))
    var checkpoints = Checkpoints(run)
    let hash =
      frozen.isEmpty ? nil : try checkpoints.write(frozen: SafeTensors.encode(frozen))
    try checkpoints.write(
      step: header.progress.step, state: JSONText.encode(JSONValue.object(values), pretty: true),
      tensors: SafeTensors.encode(tensors), frozen: hash)
  }
}

extension String {
  fileprivate func without(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

import ExperimentConfig
import Files
import Glibc

/// The checkpoints of a run: a directory each, whose manifest with the hashes of its files is written last.
/// Two are kept, so that one is complete whenever the program ends. Pretrained weights that no step changes
/// are stored beside them, once for all.
package struct Checkpoints: Sendable {
  /// The contents of a checkpoint, once its hashes have been compared.
  package struct Contents: Sendable {
    package let step: Int
    /// The training state, as JSON.
    package let state: [UInt8]
    /// The path of `state.json`, for error messages.
    package let statePath: String
    /// The tensors, as `.safetensors`.
    package let tensors: CheckpointFile
    /// Tensors that no step changes; `nil` if none were stored.
    package let frozen: CheckpointFile?
  }

  /// A file of a checkpoint, with its hash.
  package struct CheckpointFile: Sendable {
    private let folder: RootedDirectory
    private let name: String
    package let sha256: String

    fileprivate init(_ folder: RootedDirectory, _ name: String, _ sha256: String) {
      self.folder = folder
      self.name = name
      self.sha256 = sha256
    }

    package func open() throws(FileError) -> OpenedFile { try folder.open(name) }
  }

  /// The result of a search for a checkpoint to resume from.
  package struct Search: Sendable {
    /// The newest complete checkpoint; `nil` if there is none.
    package fileprivate(set) var newest: Contents?
    /// Why newer ones are incomplete: a file is missing, or its hash differs from the recorded one.
    package fileprivate(set) var damage: [FileError] = []
    /// Why newer ones could not be read, which says nothing about their contents.
    package fileprivate(set) var readErrors: [FileError] = []
    fileprivate var damaged: [String] = []
    fileprivate var unreadable: [String] = []
  }

  private let folder: RootedDirectory
  private let run: RootedDirectory
  /// Checkpoints that were found damaged: the next one written replaces them.
  private var damaged: [String] = []

  package init(_ run: RunDirectory) {
    self.run = run.folder
    folder = run.folder.directory(Self.name)
  }

  /// Whether there are any checkpoints, complete or not.
  package func exist() throws(FileError) -> Bool { try !names().isEmpty }

  /// Writes the tensors shared by all checkpoints of the run.
  ///
  /// - Returns: its hash, which ``write(step:state:tensors:frozen:)`` takes.
  package func write(frozen tensors: [[UInt8]]) throws(FileError) -> String {
    try folder.write(tensors, to: Self.frozenName)
    return Digest.hex(of: tensors)
  }

  /// Writes the checkpoint of `step` and removes all but the previous one.
  ///
  /// - Parameter frozen: the hash of the tensors shared by all checkpoints.
  /// - Throws: ``FileError``; the older checkpoints are then unchanged.
  package mutating func write(
    step: Int, state: [UInt8], tensors: [[UInt8]], frozen: String? = nil
  ) throws(FileError) {
    try run.createFolder(Self.name)
    // The end of an epoch may have the same step as the latest checkpoint, which is kept until this
    // one is complete.
    let name = Self.name(step, besides: try names())
    let partial = name + Self.partialSuffix
    try folder.remove(partial)
    _ = try folder.createNewFolder(partial)
    do throws(FileError) {
      try folder.create(tensors, "\(partial)/state.safetensors")
      try folder.create([state], "\(partial)/state.json")
      var manifest =
        "\(Digest.hex(of: [state]))  state.json\n"
        + "\(Digest.hex(of: tensors))  state.safetensors\n"
      if let frozen { manifest += "\(frozen)  ../\(Self.frozenName)\n" }
      try folder.create([Array(manifest.utf8)], "\(partial)/MANIFEST.sha256")
      try folder.rename(partial, to: name)
    } catch {
      discard(partial)
      throw error
    }
    for name in damaged { try folder.remove(name) }
    damaged = []
    for old in try names().dropFirst(2) { try folder.remove(old) }
  }

  /// Looks for the newest complete checkpoint. Nothing is changed.
  ///
  /// - Throws: ``FileError`` if the folder cannot be read, which does not mean that there are none.
  package func search() throws(FileError) -> Search {
    var search = Search()
    for name in try names() where search.newest == nil {
      do throws(ReadFailure) {
        search.newest = try read(name)
      } catch {
        switch error {
        case .damaged(let problem):
          search.damage.append(problem)
          search.damaged.append(name)
        case .unreadable(let problem):
          search.readErrors.append(problem)
          search.unreadable.append(name)
        }
      }
    }
    return search
  }

  /// Prepares for training to resume from the checkpoint found. The records of growing files in newer
  /// checkpoints are then out of date: damaged ones are removed once the next one is complete, and those that
  /// could not be read are kept under another name.
  package mutating func resume(from search: Search) throws(FileError) {
    for name in search.unreadable { try folder.rename(name, to: name + Self.unreadableSuffix) }
    damaged = search.damaged
  }

  private func discard(_ partial: String) {
    do throws(FileError) {
      try folder.remove(partial)
    } catch {
      // Its name is not that of a checkpoint, and it is removed with the others at the end of the
      // run.
    }
  }

  /// Removes all checkpoints, once the run has finished.
  package func removeAll() throws(FileError) { try run.remove(Self.name) }

  private enum ReadFailure: Error {
    case damaged(FileError)
    case unreadable(FileError)
  }

  private func read(_ name: String) throws(ReadFailure) -> Contents {
    let checkpoint = folder.directory(name)
    let manifest = try Self.checked { () throws(FileError) in
      try checkpoint.bytes(of: "MANIFEST.sha256", limit: 1 << 16)
    }
    var hashes: [String: String] = [:]
    for line in String(decoding: manifest, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", omittingEmptySubsequences: true)
      if parts.count == 2 { hashes[String(parts[1])] = String(parts[0]) }
    }
    func file(
      _ folder: RootedDirectory, _ file: String, _ hash: String?
    ) throws(ReadFailure) -> CheckpointFile {
      let found = try Self.checked { () throws(FileError) in
        try Digest.hex(of: folder.open(file))
      }
      guard found == hash else {
        throw .damaged(FileError(path: folder.file(file), reason: "is damaged"))
      }
      return CheckpointFile(folder, file, found)
    }
    let frozen = try hashes["../\(Self.frozenName)"].map { hash throws(ReadFailure) in
      try file(folder, Self.frozenName, hash)
    }
    _ = try file(checkpoint, "state.json", hashes["state.json"])
    let tensors = try file(checkpoint, "state.safetensors", hashes["state.safetensors"])
    return Contents(
      step: Self.position(name)?.0 ?? 0,
      state: try Self.checked { () throws(FileError) in try checkpoint.bytes(of: "state.json") },
      statePath: checkpoint.file("state.json"), tensors: tensors, frozen: frozen)
  }

  /// A missing file counts as damage, because the directory already has its final name.
  private static func checked<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(ReadFailure) -> Value {
    do throws(FileError) {
      return try body()
    } catch {
      if error.code == ENOENT {
        throw .damaged(FileError(path: error.path, reason: "is missing"))
      }
      throw .unreadable(error)
    }
  }

  /// The names of all completely written checkpoints, newest first.
  private func names() throws(FileError) -> [String] {
    let all: [String]
    do throws(FileError) {
      all = try folder.names()
    } catch {
      if error.code == ENOENT { return [] }
      throw error
    }
    return all.compactMap { name in Self.position(name).map { (name: name, position: $0) } }
      .sorted { $0.position > $1.position }.map(\.name)
  }

  private static let name = "checkpoints"
  private static let digits = 12
  private static let partialSuffix = ".partial"
  private static let unreadableSuffix = ".unreadable"
  private static let frozenName = "frozen.safetensors"

  /// The step, and the number among the checkpoints of that step.
  private static func position(_ name: String) -> (Int, Int)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts[0].count == digits, let step = Int(parts[0]), parts.count <= 2 else { return nil }
    guard parts.count == 2 else { return (step, 0) }
    return Int(parts[1]).map { (step, $0) }
  }

  private static func name(_ step: Int, besides names: [String]) -> String {
    let text = String(step)
    let plain = String(repeating: "0", count: max(0, digits - text.count)) + text
    let taken = names.compactMap(position).filter { $0.0 == step }.map(\.1).max()
    return taken.map { "\(plain).\($0 + 1)" } ?? plain
  }
}

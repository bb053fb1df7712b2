import ExperimentConfig
import Files
import FoundationEssentials
import Glibc

/// The checkpoints of a run: a directory each, whose manifest with the hashes of its files is written
/// last. Two are kept, so that one is whole whenever the program ends. Weights that came from elsewhere and
/// that no step changes lie beside them, once for all.
package struct Checkpoints: Sendable {
  /// What a checkpoint holds, once its hashes have been compared.
  package struct Contents: Sendable {
    package let step: Int
    /// JSON.
    package let state: [UInt8]
    /// `.safetensors`
    package let tensors: String
    /// What no step changes; nothing where that was not kept.
    package let frozen: Frozen?
  }

  /// `.safetensors`, by its path and hash.
  package struct Frozen: Sendable {
    package let path: String
    package let sha256: String
  }

  private let folder: String

  package init(_ run: RunDirectory) { folder = run.file("checkpoints") }

  /// Whether there is one, whole or not.
  package var exist: Bool { ((try? names()) ?? []).isEmpty == false }

  /// Writes what all checkpoints of the run share.
  ///
  /// - Returns: its hash, which ``write(step:state:tensors:frozen:)`` takes.
  package func write(frozen tensors: [[UInt8]]) throws(FileError) -> String {
    try AtomicFile.createFolder(folder)
    try AtomicFile.write(tensors, to: "\(folder)/\(Self.frozenName)")
    return Digest.hex(of: tensors)
  }

  /// Writes the checkpoint of `step` and removes all but the one before it.
  ///
  /// - Parameter frozen: the hash of what it shares with the others.
  /// - Throws: ``FileError``; the older checkpoints are then as they were.
  package func write(
    step: Int, state: [UInt8], tensors: [[UInt8]], frozen: String? = nil
  ) throws(FileError) {
    try AtomicFile.createFolder(folder)
    // The end of an epoch has the step of its last checkpoint, which stays until this one is whole.
    let path = "\(folder)/\(Self.name(step, besides: try names()))"
    let partial = path + Self.partialSuffix
    Self.remove(partial)
    _ = try AtomicFile.createNewFolder(partial)
    do throws(FileError) {
      try AtomicFile.writeInPlace(tensors, to: "\(partial)/state.safetensors")
      try AtomicFile.writeInPlace([state], to: "\(partial)/state.json")
      var manifest =
        "\(Digest.hex(of: [state]))  state.json\n"
        + "\(Digest.hex(of: tensors))  state.safetensors\n"
      if let frozen { manifest += "\(frozen)  ../\(Self.frozenName)\n" }
      try AtomicFile.writeInPlace([Array(manifest.utf8)], to: "\(partial)/MANIFEST.sha256")
      try AtomicFile.rename(partial, to: path)
    } catch {
      Self.remove(partial)
      throw error
    }
    for old in try names().dropFirst(2) { Self.remove("\(folder)/\(old)") }
  }

  /// The newest checkpoint that is whole; the training will go on from there. Newer ones are removed:
  /// what they say of the files that grow is not true any more once the training has gone on.
  ///
  /// - Parameter damaged: gets what is wrong with newer ones.
  /// - Throws: where the folder cannot be read, which does not mean that there are none.
  package func newest(damaged: (FileError) -> Void) throws(FileError) -> Contents? {
    var useless: [String] = []
    var found: Contents?
    for name in try names() where found == nil {
      do throws(FileError) {
        found = try read(name)
      } catch {
        damaged(error)
        useless.append(name)
      }
    }
    for name in useless { Self.remove("\(folder)/\(name)") }
    return found
  }

  /// Removes all of them, once the run is over.
  package func removeAll() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      Self.remove("\(folder)/\(name)")
    }
    rmdir(folder)
  }

  private func read(_ name: String) throws(FileError) -> Contents {
    let path = "\(folder)/\(name)"
    let manifest = try FileReading.bytes(of: "\(path)/MANIFEST.sha256", limit: 1 << 16)
    var hashes: [String: String] = [:]
    for line in String(decoding: manifest, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: " ", omittingEmptySubsequences: true)
      if parts.count == 2 { hashes[String(parts[1])] = String(parts[0]) }
    }
    var files = ["state.json": "\(path)/state.json"]
    files["state.safetensors"] = "\(path)/state.safetensors"
    let shared = "../\(Self.frozenName)"
    let frozen = hashes[shared].map { Frozen(path: "\(folder)/\(Self.frozenName)", sha256: $0) }
    if let frozen { files[shared] = frozen.path }
    for (file, place) in files.sorted(by: { $0.key < $1.key })
    where try hashes[file] != Digest.hex(ofFile: place) {
      throw FileError(path: place, reason: "is damaged")
    }
    return Contents(
      step: Self.position(name)?.0 ?? 0, state: try FileReading.bytes(of: "\(path)/state.json"),
      tensors: "\(path)/state.safetensors", frozen: frozen)
  }

  /// Of all that were written to their end, the newest first.
  private func names() throws(FileError) -> [String] {
    var status = stat()
    if lstat(folder, &status) != 0, errno == ENOENT { return [] }
    let all: [String]
    do {
      all = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FileError(path: folder, reason: "cannot be listed")
    }
    return all.compactMap { name in Self.position(name).map { (name: name, position: $0) } }
      .sorted { $0.position > $1.position }.map(\.name)
  }

  private static let digits = 12
  private static let partialSuffix = ".partial"
  private static let frozenName = "frozen.safetensors"

  /// The step and the number among those of this step.
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

  private static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }
}

import ExperimentConfig
import Files
import FoundationEssentials
import Glibc

/// The checkpoints of a run: a directory each, whose manifest with the hashes of its files is written
/// last. Two are kept, so that one is whole whenever the program ends.
package struct Checkpoints: Sendable {
  /// What a checkpoint holds, once its hashes have been compared.
  package struct Contents: Sendable {
    package let step: Int
    /// JSON.
    package let state: [UInt8]
    /// `.safetensors`
    package let tensors: String
  }

  private let folder: String

  package init(_ run: RunDirectory) { folder = run.file("checkpoints") }

  /// Writes the checkpoint of `step` and removes all but the one before it.
  ///
  /// - Throws: ``FileError``; the older checkpoints are then as they were.
  package func write(step: Int, state: [UInt8], tensors: [[UInt8]]) throws(FileError) {
    let path = "\(folder)/\(Self.name(step))"
    let partial = path + ".partial"
    try AtomicFile.createFolder(folder)
    Self.remove(partial)
    _ = try AtomicFile.createNewFolder(partial)
    do throws(FileError) {
      try AtomicFile.writeInPlace(tensors, to: "\(partial)/state.safetensors")
      try AtomicFile.writeInPlace([state], to: "\(partial)/state.json")
      let manifest =
        "\(Digest.hex(of: [state]))  state.json\n"
        + "\(Digest.hex(of: tensors))  state.safetensors\n"
      try AtomicFile.writeInPlace([Array(manifest.utf8)], to: "\(partial)/MANIFEST.sha256")
      Self.remove(path)
      try AtomicFile.rename(partial, to: path)
    } catch {
      Self.remove(partial)
      throw error
    }
    for old in names().dropFirst(2) { Self.remove("\(folder)/\(old)") }
  }

  /// The newest checkpoint that is whole.
  ///
  /// - Parameter damaged: gets what is wrong with newer ones.
  package func newest(damaged: (FileError) -> Void) -> Contents? {
    for name in names() {
      do throws(FileError) {
        return try read(name)
      } catch {
        damaged(error)
      }
    }
    return nil
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
    for file in ["state.json", "state.safetensors"]
    where try hashes[file] != Digest.hex(ofFile: "\(path)/\(file)") {
      throw FileError(path: "\(path)/\(file)", reason: "is damaged")
    }
    return Contents(
      step: Int(name) ?? 0, state: try FileReading.bytes(of: "\(path)/state.json"),
      tensors: "\(path)/state.safetensors")
  }

  /// Of whole checkpoints, the newest first.
  private func names() -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.count == Self.digits && Int($0) != nil }.sorted(by: >)
  }

  private static let digits = 12

  private static func name(_ step: Int) -> String {
    let text = String(step)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  private static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }
}

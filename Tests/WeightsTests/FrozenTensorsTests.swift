import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Weights whose frozen tensors are in a file of their own.
struct FrozenTensorsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func entry(_ name: String, _ value: UInt8, count: Int) -> SafeTensors.Entry {
    SafeTensors.Entry(
      name: name, type: .float32, shape: [count], bytes: Array(repeating: value, count: 4 * count))
  }

  private static let backbone = entry("backbone", 1, count: 1 << 18)
  private static let norm = entry("norm", 2, count: 4)
  private static let head = entry("head", 3, count: 2)

  private func hash(_ name: String) throws -> String {
    Digest.hex(of: try FileReading.bytes(of: folder.path + "/" + name))
  }

  /// Writes `best.safetensors` without the tensors in `frozen.safetensors`.
  private func write(_ own: [SafeTensors.Entry] = [head]) throws -> String {
    let frozen = try SafeTensors.encode([Self.backbone, Self.norm]).flatMap { $0 }
    _ = try folder.write(frozen, "frozen.safetensors")
    let metadata = FrozenTensors.metadata(Digest.hex(of: frozen))
    return try folder.write(
      SafeTensors.encode(own, metadata: metadata).flatMap { $0 }, "best.safetensors")
  }

  @Test func whatNeitherTheBestNorTheLastEpochChangedIsFrozen() {
    let changed = Self.entry("norm", 9, count: 4)
    let (frozen, rest) = FrozenTensors.divide(
      [[Self.backbone, Self.norm, Self.head], [Self.backbone, changed, Self.head]],
      candidates: [Self.backbone, Self.norm])
    #expect(frozen == [Self.backbone])
    #expect(rest == [[Self.norm, Self.head], [changed, Self.head]])
  }

  @Test func aFewTensorsStayWithTheOthers() {
    let weights = [[Self.norm, Self.head]]
    let (frozen, rest) = FrozenTensors.divide(weights, candidates: [Self.norm])
    #expect(frozen.isEmpty && rest == weights)
  }

  @Test func bothFilesAreReadAsOne() throws {
    let path = try write()
    let link = folder.path + "/link.safetensors"
    try FileManager.default.createDirectory(
      atPath: folder.path + "/elsewhere", withIntermediateDirectories: false)
    let far = folder.path + "/elsewhere/link"
    for name in [link, far] {
      try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: path)
    }
    let all = [Self.backbone, Self.norm, Self.head]
    for name in [path, link, far] {
      let file = try StateDictFile(reading: name)
      #expect(file.tensors.map(\.name) == ["backbone", "norm", "head"])
      #expect(try file.entries(named: ["backbone", "norm", "head"]) == all)
      // The file's own hash, which covers the other file.
      #expect(try file.sha256() == hash("best.safetensors"))
    }
    let stream = try SafeTensors.Stream("best.safetensors", in: RootedDirectory(folder.path))
    #expect(
      try ["head", "backbone"].map { try stream.entry(named: $0) } == [Self.head, Self.backbone])
    #expect(try stream.bytes(of: 1, 15..<16) == [2] && stream.bytes(of: 2, 0..<1) == [3])
    #expect(
      try StateDictFile("best.safetensors", in: RootedDirectory(folder.path)).tensors.count == 3)
  }

  @Test func anotherFileOfFrozenTensorsIsNoticed() throws {
    let path = try write()
    let other = try SafeTensors.encode([Self.backbone, Self.entry("norm", 7, count: 4)])
    let frozen = try folder.write(other.flatMap { $0 }, "frozen.safetensors")
    let error = #expect(throws: FileError.self) { try StateDictFile(reading: path).sha256() }
    #expect(
      error?.description
        == "\(frozen): was edited or damaged: it does not match the hash in \(path)")
  }

  @Test func aMissingFileOfFrozenTensorsIsNamed() throws {
    let path = try write()
    try FileManager.default.removeItem(atPath: folder.path + "/frozen.safetensors")
    for read in [
      { _ = try StateDictFile(reading: path) },
      {
        _ = try SafeTensors.Stream("best.safetensors", in: RootedDirectory(folder.path))
      },
    ] {
      let error = #expect(throws: FileError.self) { try read() }
      let text = error?.description ?? ""
      #expect(text.hasPrefix("\(folder.path)/frozen.safetensors: "), "\(text)")
      #expect(text.hasSuffix("(it holds the frozen tensors of \(path))"), "\(text)")
    }
  }

  @Test func aTensorInBothFilesIsRefused() throws {
    let path = try write([Self.head, Self.norm])
    #expect(throws: FileError.self) { try StateDictFile(reading: path) }
  }
}

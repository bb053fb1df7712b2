import Files
import Foundation
import TestSupport
import Testing
import Weights

/// What lies beside the tensors of a checkpoint is skipped without being carried out.
struct OpaqueValueTests {
  private typealias P = PickleText

  /// Beside a state dict an opaque value is skipped, whatever it wants; nothing of it is carried out.
  @Test(arguments: HostilePickleTests.names.map { "\($0).\($1)" })
  func isSkippedBesideAStateDict(_ name: String) throws {
    let folder = try TemporaryFolder()
    let dot = name.lastIndex(of: ".") ?? name.startIndex
    let call = P.call(
      P.global(String(name[..<dot]), String(name[name.index(after: dot)...])),
      P.text("echo executed > executed"))
    let filled = call + P.dictionary([("x", P.tensor([1 << 40], strides: [0]))]) + Array("b".utf8)
    for pickle in [
      P.dictionary([("a", P.tensor()), ("b", call)]),
      P.dictionary([("optimizer", filled), ("net", P.dictionary([("a", P.tensor())]))]),
      P.dictionary([("args", call), ("model", P.dictionary([("a", P.tensor()), ("b", filled)]))]),
    ] {
      let path = try folder.write(ZipText(pickle: P.pickle(pickle)).bytes, "a.pth")
      let file = try StateDictFile(reading: path)
      #expect(file.tensors.map(\.name) == ["a"])
      #expect(try file.entries(named: ["a"])[0].bytes.count == 24)
      #expect(!FileManager.default.fileExists(atPath: "executed"))
    }
  }

  /// The attributes of dictionaries and tensors say nothing about values.
  @Test func attributesAreSkipped() throws {
    let folder = try TemporaryFolder()
    let inner = P.orderedDict + P.dictionary([("a", [0x4E])]) + Array("b".utf8)
    let tensor = P.tensor() + P.dictionary([("tag", P.text("x"))]) + Array("b".utf8)
    let pickle = P.pickle(
      P.global("collections", "OrderedDict") + Array(")}".utf8) + [0x92] + Array("(".utf8)
        + P.text("a") + tensor + P.text("b") + inner + Array("u".utf8))
    let path = try folder.write(ZipText(pickle: pickle).bytes, "a.pth")
    #expect(try StateDictFile(reading: path).tensors.map(\.name) == ["a"])
  }

  /// As PyTorch before 0.4 stored part of a storage.
  @Test func aViewOfAStorageIsRead() throws {
    let folder = try TemporaryFolder()
    let pickle = P.stateDict(
      P.tensor(
        [2], strides: [2], offset: 1,
        storage: P.view(P.text("1"), P.integer(2), P.integer(4))))
    var storage: [UInt8] = []
    for value in 0..<6 { storage += littleEndian(UInt64(Float(value).bitPattern), 4) }
    let path = try folder.write(ZipText(pickle: pickle, storages: ["0": storage]).bytes, "a.pth")
    let entry = try StateDictFile(reading: path).entries(named: ["a"])[0]
    #expect(entry.bytes == [3, 5].flatMap { littleEndian(UInt64(Float($0).bitPattern), 4) })
  }
}

import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Files in the form from before PyTorch 1.6: pickles, then the storages.
struct HostileLegacyTests {
  typealias Hostile = HostileFileTests.Hostile
  private typealias P = PickleText

  private static let magic: [UInt8] = [
    0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  private static func legacy(
    magic: [UInt8] = magic, version: [UInt8] = P.integer(1001),
    system: [UInt8] = P.dictionary([("little_endian", [0x88])]),
    state: [UInt8] = P.dictionary([("a", P.tensor())]), keys: [UInt8] = list(["0"]),
    count: UInt64 = 6, values: Int = 24
  ) -> [UInt8] {
    P.pickle(magic) + P.pickle(version) + P.pickle(system) + P.pickle(state) + P.pickle(keys)
      + littleEndian(count, 8) + [UInt8](repeating: 1, count: values)
  }

  private static func list(_ keys: [String]) -> [UInt8] {
    Array("](".utf8) + keys.flatMap { P.text($0) } + Array("e".utf8)
  }

  private static let notSaved =
    "is a pickle, but not one written by torch.save; save model.state_dict() with torch.save"

  static let files: [Hostile] = [
    Hostile(
      "a pickle of something else", P.pickle(P.dictionary([("a", P.integer(1))])),
      notSaved),
    Hostile(
      "code in front",
      P.pickle(P.call(P.global("os", "system"), P.text("echo executed > executed"))),
      notSaved),
    Hostile(
      "code behind the magic number", legacy(version: P.global("os", "system")),
      "was written by an unknown version of torch.save"),
    Hostile(
      "code in the list of keys", legacy(keys: P.global("os", "system")),
      "has no list of its storages"),
    Hostile(
      "another magic number", legacy(magic: [0x8A, 10] + [UInt8](repeating: 3, count: 10)),
      notSaved),
    Hostile(
      "another version", legacy(version: P.integer(1002)),
      "was written by an unknown version of torch.save"),
    Hostile(
      "no system", legacy(system: P.none), "was written by an unknown version of torch.save"),
    Hostile(
      "big-endian values", legacy(system: P.dictionary([("little_endian", [0x89])])),
      "its values are not little-endian"),
    Hostile("no list of keys", legacy(keys: P.none), "has no list of its storages"),
    Hostile(
      "a key too few", legacy(keys: list([]), values: 0),
      "the list of its storages does not match its pickle"),
    Hostile(
      "a key twice", legacy(keys: list(["0", "0"]), values: 64),
      "the list of its storages does not match its pickle"),
    Hostile(
      "an unknown key", legacy(keys: list(["1"])),
      "the list of its storages does not match its pickle"),
    Hostile(
      "fewer elements than announced", legacy(count: 5),
      "its storage '0' has 5 elements, expected 6"),
    Hostile(
      "2^64 elements", legacy(count: .max),
      "its storage '0' has 18446744073709551615 elements, expected 6"),
    Hostile("values missing", legacy(values: 23), "is truncated in its storage '0'"),
    Hostile("values too many", legacy(values: 25), "has data after its last storage"),
    Hostile(
      "a storage of a terabyte",
      legacy(state: P.dictionary([("a", P.tensor(storage: P.storage(count: 1 << 38)))])),
      "its storage '0' claims 1099511627776 bytes, more than the file holds"),
    Hostile(
      "a storage of two types",
      legacy(
        state: P.dictionary([
          ("a", P.tensor()), ("b", P.tensor(storage: P.storage(type: "IntStorage"))),
        ])),
      "its storage '0' is declared in two different ways"),
    Hostile(
      "a storage with a name of a megabyte, which four bytes could name again",
      legacy(
        state: P.dictionary([
          ("a", P.tensor(storage: P.storage(String(repeating: "A", count: 1 << 20))))
        ])),
      "its pickle refers to a storage in an unknown way"),
    Hostile(
      "strides outside",
      legacy(state: P.dictionary([("a", P.tensor(strides: [3, 2]))])),
      "it has a tensor of the storage '0' with the shape [2, 3], strides [3, 2] and offset 0, "
        + "outside its 6 elements"),
    Hostile(
      "a bomb of stride 0",
      legacy(state: P.dictionary([("a", P.tensor([1 << 30], strides: [0]))])),
      "its tensors expand to more than 16777216 bytes, although it has only "),
    Hostile(
      "a tar file", [UInt8](repeating: 0x61, count: 257) + Array("ustar\0".utf8),
      "is a tar archive; unpack it first"),
    Hostile("a few bytes", [0x80, 2], "is too short for a .safetensors file"),
  ]

  @Test(arguments: files)
  func isRefused(_ hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, "hostile.pth")
    let error = #expect(throws: FileError.self) { try StateDictFile(reading: path) }
    let reason = error?.reason ?? ""
    #expect(
      hostile.reason.hasSuffix(" ") ? reason.hasPrefix(hostile.reason) : reason == hostile.reason)
    #expect(!FileManager.default.fileExists(atPath: "executed"))
  }

  @Test func theLikeIsReadWhereItIsRight() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.legacy(), "right.pth")
    let entry = try StateDictFile(reading: path).entries(named: ["a"])[0]
    #expect(entry.bytes == [UInt8](repeating: 1, count: 24))
  }
}

import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Zip files and older files of torch.save that lie about where things are.
struct HostileZipTests {
  typealias Hostile = HostileFileTests.Hostile
  private typealias P = PickleText

  private static let good = ZipText(pickle: P.stateDict(P.tensor()))

  private static func hostile(
    _ name: String, _ reason: String, _ change: (inout ZipText) -> Void
  ) -> Hostile {
    var text = good
    change(&text)
    return Hostile(name, text.bytes, reason)
  }

  private static let cut = "its zip file is truncated or has data after its end"
  private static func disagree(_ name: String) -> String {
    "the two headers of its entry 'x/\(name)' disagree"
  }

  static let ends: [Hostile] = [
    Hostile("a signature alone", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 5), cut),
    Hostile("something behind", good.bytes + [0], cut),
    hostile("a comment", cut) { $0.comment = Array("hello".utf8) },
    hostile(
      "a comment that looks like an end", "its zip directory is not where its end record says"
    ) {
      $0.hasWideEnd = false
      $0.comment = [0x50, 0x4B, 5, 6] + littleEndian(0, 18)
    },
    hostile("a count too high", "its zip record at byte 339 is truncated") {
      $0.count = 4
      $0.hasWideEnd = false
      $0.entries[2].extra = [9, 0, 46, 0] + littleEndian(0, 46)
    },
    hostile("a count too low", "its zip directory has more entries than it declares") {
      $0.count = 2
      $0.hasWideEnd = false
    },
    hostile("a count beyond its bytes", "its zip directory claims 65000 entries in 167 bytes") {
      $0.count = 65000
      $0.hasWideEnd = false
    },
    hostile("another count in the wide end", "the two end records of its zip directory disagree") {
      $0.wideCount = 2
    },
    hostile("2^60 entries", "its zip directory claims 1152921504606846976 entries in 167 bytes") {
      $0.count = 0xFFFF
      $0.wideCount = 1 << 60
    },
    hostile("a directory too large", "its zip directory is not where its end record says") {
      $0.directorySize = 500
      $0.hasWideEnd = false
    },
    hostile("a directory of 2^63", "its zip directory is not where its end record says") {
      $0.directorySize = 0xFFFF_FFFF
      $0.wideSize = 1 << 63
    },
    hostile("a size and offset that overflow", "its zip directory is not where its end record says")
    {
      $0.directorySize = 0xFFFF_FFFF
      $0.wideSize = .max
      $0.directoryOffset = 0xFFFF_FFFF
      $0.wideOffset = .max
    },
    hostile("another offset in the wide end", "the two end records of its zip directory disagree") {
      $0.wideOffset = 0
    },
    hostile("a directory elsewhere", "its zip directory is not where its end record says") {
      $0.directoryOffset = 0
      $0.hasWideEnd = false
    },
    hostile(
      "a wide end elsewhere",
      "the 64-bit end record of its zip directory is not where its locator says"
    ) { $0.wideEndOffset = 0 },
    hostile(
      "a wide end beyond the file",
      "the 64-bit end record of its zip directory is not where its locator says"
    ) { $0.wideEndOffset = .max },
    hostile(
      "a wide end announced and absent",
      "its zip directory lacks the 64-bit end record that it announces"
    ) {
      $0.directoryOffset = 0xFFFF_FFFF
      $0.hasWideEnd = false
    },
  ]

  static let entries: [Hostile] =
    [
      hostile("an entry twice", "it has the entry 'x/data/0' twice") {
        $0.entries.append($0["data/0"])
      },
      hostile("an entry named twice at one place", "it has the entry 'x/data/0' twice") {
        var alias = $0["data/0"]
        alias.isAlias = true
        alias.offset = 277
        alias.name = "x/data/0"
        $0.entries.append(alias)
      },
      hostile("an entry on another", "the two headers of its entry 'x/data/1' disagree") {
        var alias = $0["data/0"]
        alias.isAlias = true
        alias.offset = 0
        alias.name = "x/data/1"
        $0.entries.append(alias)
      },
      hostile("entries within one another", "entries of its zip directory overlap") {
        // The second entry lies in the first one's contents, complete with its header.
        var inner = ZipText.Entry("x/data/2", [1, 2, 3, 4])
        let header = Array(ZipText([inner]).bytes.prefix(42))
        let outer = ZipText.Entry("x/data/1", header)
        inner.offset = UInt64(ZipText($0.entries).length + 30 + 8)
        inner.isAlias = true
        $0.entries += [outer, inner]
      },
      hostile(
        "an entry beyond the directory",
        "its entry 'x/data/0' claims 24 bytes at 4000000000, which reach into the zip directory"
      ) { $0["data/0"].offset = 4_000_000_000 },
      hostile(
        "a wide offset beyond all",
        "its entry 'x/data/0' claims 24 bytes at 18446744073709551615, which reach into the zip directory"
      ) {
        $0["data/0"].offset = 0xFFFF_FFFF
        $0["data/0"].extra = [1, 0, 8, 0] + littleEndian(.max, 8)
      },
      hostile("an entry in the middle of one", "its zip file lacks the entry 'x/data/0'") {
        $0["data/0"].offset = 7
      },
      hostile("a name of two", disagree("data/0")) { $0["data/0"].localName = "x/data/9" },
      hostile(
        "an entry compressed otherwise",
        "its entry 'x/data/0' is compressed with the unsupported method 12"
      ) {
        $0["data/0"].method = 12
      },
      hostile(
        "a pickle that is said to be compressed",
        "its entry 'x/data.pkl' is damaged: it cannot be unpacked"
      ) {
        $0["data.pkl"].method = 8
      },
      hostile("an entry compressed in its own header only", disagree("data/0")) {
        $0["data/0"].localMethod = 8
      },
      hostile(
        "an entry compressed with a bomb",
        "its entries unpack to more than 67108864 bytes"
      ) {
        $0["data/0"].pack([1], size: 4_000_000_000)
      },
      hostile(
        "an entry that cannot become so large",
        "its storage '0' has 1000000 bytes, expected 24"
      ) {
        $0["data/0"].pack([1], size: 1_000_000)
      },
      hostile(
        "a pickle that cannot become so large",
        "its entry 'x/data.pkl' is damaged: 1 bytes cannot unpack to 60000000"
      ) {
        $0["data.pkl"].pack([1], size: 60_000_000)
      },
      hostile(
        "an encrypted entry", "its entry 'x/data/0' is encrypted or uses an unsupported feature"
      ) {
        $0["data/0"].flags = 1
      },
      hostile("an entry encrypted in its own header only", disagree("data/0")) {
        $0["data/0"].localFlags = 1
      },
      hostile(
        "two sizes",
        "its entry 'x/data/0' is stored uncompressed, but has the sizes 24 and 4000000000"
      ) { $0["data/0"].size = 4_000_000_000 },
      hostile(
        "a size beyond the directory",
        "its entry 'x/data/0' claims 4000000000 bytes at 277, which reach into the zip directory"
      ) {
        $0["data/0"].size = 4_000_000_000
        $0["data/0"].packed = 4_000_000_000
      },
      hostile(
        "a wide size of 2^63",
        "its entry 'x/data/0' claims 9223372036854775808 bytes at 277, which reach into the zip directory"
      ) {
        $0["data/0"].size = 0xFFFF_FFFF
        $0["data/0"].packed = 0xFFFF_FFFF
        $0["data/0"].extra = [1, 0, 16, 0] + littleEndian(1 << 63, 8) + littleEndian(1 << 63, 8)
      },
      hostile(
        "a size into the directory",
        "its entry 'x/data/0' claims 25 bytes, more than the file holds"
      ) {
        $0["data/0"].size = 25
        $0["data/0"].packed = 25
      },
      hostile("a size less in the directory", disagree("data/0")) {
        $0["data/0"].size = 20
        $0["data/0"].packed = 20
      },
      hostile("another size in its own header", disagree("data/0")) {
        $0["data/0"].localSize = 20
      },
      hostile("a wide size in its own header", disagree("data/0")) {
        $0["data/0"].localSize = 0xFFFF_FFFF
        $0["data/0"].localExtra = [1, 0, 16, 0] + littleEndian(24, 8) + littleEndian(99, 8)
      },
      hostile("a wide size that is missing", disagree("data/0")) {
        $0["data/0"].localSize = 0xFFFF_FFFF
      },
      hostile("two wide sizes", "its entry 'x/data/0' has two fields of 64-bit sizes") {
        $0["data/0"].extra =
          [1, 0, 8, 0] + littleEndian(24, 8) + [1, 0, 8, 0] + littleEndian(24, 8)
      },
      hostile("an extra field cut off", "its entry 'x/data/0' has a truncated extra field") {
        $0["data/0"].extra = [1, 0, 80, 0] + littleEndian(24, 8)
      },
      hostile("another checksum in its own header", disagree("data/0")) {
        $0["data/0"].localChecksum = 1
      },
      hostile("a damaged pickle", "its entry 'x/data.pkl' is damaged: its CRC-32 is wrong") {
        $0["data.pkl"].checksum = 1
        $0["data.pkl"].localChecksum = 1
      },
      hostile(
        "sizes that should follow", "its zip file lacks the sizes after the entry 'x/data.pkl'"
      ) {
        $0["data.pkl"].flags |= 1 << 3
      },
    ]
    + ["x/../y", "/x/y", "x//y", "x/./y", "x\\y", "x/\u{7}", "../x", "x/", ""].map { name in
      hostile(
        "the name '\(name)'",
        "its entry '\(name.replacing("\u{7}", with: "\u{FFFD}"))' has an invalid name"
      ) {
        $0.entries.append(ZipText.Entry(name, [1]))
      }
    }

  static let contents: [Hostile] = [
    Hostile(
      "no pickle", ZipText([ZipText.Entry("x/version", [51, 10])]).bytes,
      "is a zip file, but not one written by torch.save: it has no data.pkl; it holds 'x/version'"),
    Hostile(
      "no entries", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 0, count: 30) + ZipText([]).bytes,
      "the 64-bit end record of its zip directory is not where its locator says"),
    Hostile(
      "a document", ZipText([ZipText.Entry("word/a", [1]), ZipText.Entry("rels/b", [1])]).bytes,
      "is a zip file, but not one written by torch.save: it has no data.pkl; it holds 'rels/b', "
        + "'word/a'"),
    Hostile(
      "no folder", ZipText([ZipText.Entry("data.pkl", [1])]).bytes,
      "is a zip file whose data.pkl is not in a folder, unlike in files written by torch.save"),
    hostile("an unknown order of bytes", "its byte order is unknown") {
      $0["byteorder"].contents = Array("middle".utf8)
    },
    hostile("TorchScript", "is a TorchScript archive, which holds code; save model.state_dict()") {
      $0.entries.append(ZipText.Entry("x/constants.pkl", [1]))
    },
    hostile(
      "code beside the tensors",
      "is a TorchScript archive, which holds code; save model.state_dict()"
    ) { $0.entries.append(ZipText.Entry("x/code/a.py", [1])) },
  ]

  @Test(arguments: ends + entries + contents)
  func isRefused(_ hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, "hostile.pth")
    #expect(throws: FileError(path: path, reason: hostile.reason)) {
      try StateDictFile(reading: path)
    }
  }

  @Test func theLikeIsReadWhereItIsRight() throws {
    let folder = try TemporaryFolder()
    var wide = Self.good
    wide["data/0"].localSize = 0xFFFF_FFFF
    wide["data/0"].localExtra = [1, 0, 16, 0] + littleEndian(24, 8) + littleEndian(24, 8)
    wide["data/0"].size = 0xFFFF_FFFF
    wide["data/0"].packed = 0xFFFF_FFFF
    wide["data/0"].extra = [9, 0, 1, 0, 7, 1, 0, 16, 0] + littleEndian(24, 8) + littleEndian(24, 8)
    wide.directoryOffset = 0xFFFF_FFFF
    var narrow = Self.good
    narrow.hasWideEnd = false
    for text in [Self.good, wide, narrow] {
      let path = try folder.write(text.bytes, "right.pth")
      let entry = try StateDictFile(reading: path).entries(named: ["a"])[0]
      #expect(entry.bytes == [UInt8](repeating: 1, count: 24))
    }
  }

  /// The values' checksum is looked at when they are read.
  @Test func aDamagedStorageIsFoundWhenItIsRead() throws {
    let folder = try TemporaryFolder()
    var text = Self.good
    text["data/0"].checksum = 1
    text["data/0"].localChecksum = 1
    let path = try folder.write(text.bytes, "damaged.pth")
    let file = try StateDictFile(reading: path)
    let reason = "its entry 'x/data/0' is damaged: its CRC-32 is wrong"
    for _ in 0..<2 {
      #expect(throws: FileError(path: path, reason: reason)) { try file.entries(named: ["a"]) }
    }
  }

  /// Wherever a file is cut, it is refused.
  @Test(arguments: ["views", "views-legacy", "checkpoint", "python2"])
  func isRefusedWhereverItIsCut(_ name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try FileReading.bytes(of: PyTorchFileTests.fixture(name + ".pth"))
    let step = name == "python2" ? 1 : 97
    for count in stride(from: 0, to: whole.count, by: step) {
      let path = try folder.write(Array(whole.prefix(count)), "cut.pth")
      #expect(throws: FileError.self, "\(count)") { try StateDictFile(reading: path) }
    }
  }

  /// As above where no checksum tells: the pickle changes and its checksum with it.
  @Test func survivesEveryChangedByteOfAPickle() throws {
    let folder = try TemporaryFolder()
    let pickle = P.pickle(
      P.orderedDict + Array("q\0(".utf8) + P.text("a") + P.tensor() + P.text("b")
        + P.tensor([3], strides: [2], offset: 1)
        + Array("u}".utf8) + P.text("_metadata") + P.orderedDict + Array("sb".utf8))
    for position in pickle.indices {
      for change in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
        var changed = pickle
        changed[position] ^= change
        let path = try folder.write(ZipText(pickle: changed).bytes, "changed.pth")
        do throws(FileError) {
          let file = try StateDictFile(reading: path)
          #expect(file.tensors.count <= 2)
          _ = try file.entries(named: file.tensors.map(\.name))
        } catch {
          #expect(error.path == path)
        }
      }
    }
  }

  /// A byte changed anywhere is refused, or it is of the kind that no reader would miss.
  @Test(arguments: ["views", "views-legacy", "python2"])
  func survivesEveryChangedByte(_ name: String) throws {
    let folder = try TemporaryFolder()
    let whole = try FileReading.bytes(of: PyTorchFileTests.fixture(name + ".pth"))
    for position in stride(from: 0, to: whole.count, by: name == "python2" ? 1 : 5) {
      for change in [0x01, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[position] ^= change
        let path = try folder.write(bytes, "changed.pth")
        do throws(FileError) {
          let file = try StateDictFile(reading: path)
          let known = file.tensors.filter { $0.type != "BOOL" && !$0.type.hasPrefix("C") }
          let entries = try file.entries(named: known.map(\.name))
          #expect(entries.allSatisfy { $0.bytes.count <= 16 << 21 })
        } catch {
          #expect(error.path == path)
        }
      }
    }
  }
}

extension ZipText {
  /// The bytes in front of the directory.
  var length: Int {
    entries.reduce(0) {
      $0 + ($1.isAlias ? 0 : 30 + $1.name.utf8.count + $1.localExtra.count + $1.contents.count)
    }
  }
}

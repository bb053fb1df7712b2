import Files
import Foundation
import TestSupport
import Testing
import Weights

/// Pickles that want more than tensors, in files that are right otherwise. Each is refused with a
/// reason where it stands for the state dict, and skipped beside one; nothing is executed, for there is
/// nothing here that could execute it.
struct HostilePickleTests {
  typealias Hostile = HostileFileTests.Hostile
  typealias P = PickleText

  static let malformed = "its pickle is malformed at byte "

  static func holds(_ what: String) -> String {
    "holds \(what), not a state dict; save model.state_dict()"
  }

  static func holdsOnly(_ what: String) -> String {
    "holds no state dict; it has the keys \(what); save model.state_dict()"
  }

  /// A file with this pickle.
  static func hostile(_ name: String, _ pickle: [UInt8], _ reason: String) -> Hostile {
    Hostile(name, ZipText(pickle: pickle).bytes, reason)
  }

  static let names = [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("builtins", "exec"),
    ("builtins", "getattr"), ("__builtin__", "eval"), ("subprocess", "Popen"),
    ("torch", "load"), ("torch", "FloatTensor"),
    ("numpy.core.multiarray", "_reconstruct"), ("collections", "Counter"),
    ("collections", "OrderedDict.__init__"), ("", ""), ("torch.hub", "load"), ("torch", "Storage"),
    ("torch.cuda", "os.Storage"),
  ]

  static let calls: [Hostile] = names.flatMap { module, name in
    let shown =
      module == "torch.cuda" ? "torch.\(name)" : "\(module).\(name)"
    let reason = holdsOnly("'a', where 'a' is an object of \(shown)")
    return [
      hostile(
        "GLOBAL \(shown)",
        P.stateDict(P.call(P.global(module, name), P.text("echo executed > executed"))), reason),
      hostile(
        "STACK_GLOBAL \(shown)",
        P.stateDict(P.call(P.stackGlobal(module, name), P.text("echo executed > executed"))),
        reason),
    ]
  }

  static let objects: [Hostile] = [
    hostile(
      "INST", P.pickle(Array("(X\u{2}\0\0\0lsios\nsystem\n".utf8)), holds("an object of os.system")),
    hostile(
      "INST of what is known", P.pickle(Array("(icollections\nOrderedDict\n".utf8)),
      holds("an object of collections.OrderedDict")),
    hostile(
      "OBJ", P.pickle(Array("(".utf8) + P.global("os", "system") + Array("o".utf8)),
      holds("an object of os.system")),
    hostile(
      "OBJ of what is known",
      P.pickle(Array("(".utf8) + P.global("collections", "OrderedDict") + Array("o".utf8)),
      holds("an object of collections.OrderedDict")),
    hostile("OBJ of nothing", P.pickle(Array("(o".utf8)), malformed + "44"),
    hostile(
      "NEWOBJ", P.pickle(P.global("torch", "FloatStorage") + Array(")".utf8) + [0x81]),
      holds("an object of torch.FloatStorage")),
    hostile(
      "NEWOBJ_EX",
      P.pickle(P.global("os", "system") + Array(")}".utf8) + [0x92]),
      holds("an object of os.system")),
    hostile(
      "a call of a text", P.pickle(P.text("os.system") + Array(")R".utf8)),
      holds("an object of an unknown class")),
    hostile(
      "a call of a tensor", P.stateDict(P.tensor() + Array(")R".utf8)),
      holdsOnly("'a', where 'a' is an object of an unknown class")),
    hostile(
      "a call of a storage's class", P.pickle(P.call(P.global("torch", "FloatStorage"))),
      holds("an object of torch.FloatStorage")),
    hostile(
      "a call without a tuple",
      P.pickle(P.global("collections", "OrderedDict") + Array("]R".utf8)), malformed),
    hostile(
      "BUILD of an object",
      P.pickle(
        P.global("os", "system") + Array(")".utf8) + [0x81] + P.dictionary([("a", P.tensor())])
          + Array("b".utf8)),
      holds("an object of os.system")),
    hostile(
      "BUILD of a function",
      P.pickle(P.global("torch._utils", "_rebuild_parameter") + Array("}b".utf8)),
      holds("the name torch._utils._rebuild_parameter")),
    hostile("EXT1", P.pickle([0x82, 1]), holds("the name copyreg.extension")),
    hostile("EXT2", P.pickle([0x83, 1, 0]), holds("the name copyreg.extension")),
    hostile("EXT4", P.pickle([0x84, 1, 0, 0, 0]), holds("the name copyreg.extension")),
    hostile(
      "a sparse tensor",
      P.stateDict(
        P.call(P.global("torch._utils", "_rebuild_sparse_tensor"), P.none, P.tuple(P.tensor()))),
      holdsOnly("'a', where 'a' is a sparse tensor")),
    hostile(
      "a persistent object by name", P.pickle(Array("P0\n".utf8)),
      "its pickle has the unknown opcode 0x50 at byte 42"),
    hostile(
      "a persistent object that is no storage",
      P.pickle(P.tuple(P.text("module"), P.none, P.none, P.none, P.none) + Array("Q".utf8)),
      holds("a tensor or storage that cannot be read")),
    hostile(
      "a storage of a function",
      P.pickle(
        P.tuple(
          P.text("storage"), P.global("torch._utils", "_rebuild_tensor_v2"), P.text("0"),
          P.text("cpu"), P.integer(6)) + Array("Q".utf8)),
      holds("a tensor or storage that cannot be read")),
    hostile(
      "an empty view of a storage", P.stateDict(P.tensor(storage: P.view())),
      "its storage '0' has an invalid view"),
    hostile(
      "a view beyond its storage",
      P.stateDict(P.tensor(storage: P.view(P.text("1"), P.integer(1), P.integer(6)))),
      "its storage '0' has an invalid view"),
    hostile(
      "a view that overflows",
      P.stateDict(P.tensor(storage: P.view(P.text("1"), P.integer(1), P.integer(.max)))),
      "its storage '0' has an invalid view"),
    hostile(
      "a tensor beyond its view",
      P.stateDict(P.tensor(storage: P.view(P.text("1"), P.integer(1), P.integer(5)))),
      "it has a tensor of the storage '0' with the shape [2, 3], strides [3, 1] and offset 0, "
        + "outside its 5 elements"),
    hostile("a set", P.pickle([0x8F]), holds("a set")),
    hostile("members for a list", P.pickle(Array("](N".utf8) + [0x90]), malformed + "46"),
    hostile(
      "a buffer from elsewhere", P.pickle([0x97]),
      "its pickle has the unknown opcode 0x97 at byte 42"),
    hostile("a number as text", P.pickle(Array("I01\n".utf8)), holds("a boolean")),
    hostile("a text as a number", P.pickle(Array("Ix\n".utf8)), malformed + "45"),
    hostile(
      "a name that steers the terminal", P.pickle(P.global("\u{1B}[2J", "\u{202E}")),
      holds("the name \u{FFFD}[2J.\u{FFFD}")),
    hostile(
      "an endless name", P.pickle([UInt8](repeating: UInt8(ascii: "c"), count: 5000)),
      "its pickle has an unterminated name"),
    hostile(
      "a module", P.pickle(P.global("torchvision.models.resnet", "ResNet")),
      holds("the name torchvision.models.resnet.ResNet")),
    hostile(
      "a class of a script", P.pickle(P.global("__main__", "Net")),
      holds("the name __main__.Net")),
  ]

  static let shapes: [Hostile] = [
    hostile("no protocol", Array("}.".utf8), "its pickle uses none of the protocols 2 to 5"),
    hostile(
      "protocol 1", [0x80, 1] + Array("}.".utf8), "its pickle uses none of the protocols 2 to 5"),
    hostile(
      "protocol 6", [0x80, 6] + Array("}.".utf8), "its pickle uses none of the protocols 2 to 5"),
    hostile("nothing", [], "its pickle is truncated"),
    hostile("no end", [0x80, 2] + Array("}".utf8), "its pickle is truncated"),
    hostile("no value", P.pickle(), malformed + "43"),
    hostile("two values", P.pickle(Array("}}".utf8)), malformed + "45"),
    hostile("an open mark", P.pickle(Array("}(".utf8)), malformed + "45"),
    hostile("a mark that is missing", P.pickle(Array("}u".utf8)), malformed + "44"),
    hostile("a value that is missing", P.pickle(Array("s".utf8)), malformed + "43"),
    hostile("a key without a value", P.pickle(Array("}(Nu".utf8)), malformed + "46"),
    hostile("values for a tuple", P.pickle(Array(")(NNu".utf8)), malformed + "47"),
    hostile("a member for a dictionary", P.pickle(Array("}Na".utf8)), malformed + "45"),
    hostile("a pop below the mark", P.pickle(Array("N(0".utf8)), malformed + "45"),
    hostile("a memo that is missing", P.pickle(Array("h\u{7}".utf8)), malformed + "44"),
    hostile("a memo of nothing", P.pickle(Array("q\u{7}".utf8)), malformed + "44"),
    hostile(
      "more behind the end", P.pickle(Array("}".utf8)) + [0],
      "its pickle has data after its end"),
    hostile(
      "a text of 4 GiB", P.pickle([UInt8(ascii: "X"), 0xFF, 0xFF, 0xFF, 0xFF]),
      "its pickle is truncated"),
    hostile(
      "a text of 2^64 bytes", P.pickle([0x8D] + [UInt8](repeating: 0xFF, count: 8)),
      "its pickle is truncated"),
    hostile(
      "a text of 2 MiB",
      P.pickle([UInt8(ascii: "X"), 0, 0, 0x20, 0] + [UInt8](repeating: 0x41, count: 1 << 21)),
      holds("a string")),
    hostile(
      "a number of 4 GiB", P.pickle([0x8B, 0xFF, 0xFF, 0xFF, 0xFF]),
      "its pickle has a number of 4294967295 bytes"),
    hostile(
      "deep marks", P.pickle([UInt8](repeating: UInt8(ascii: "("), count: 1_000_000)),
      "its pickle is nested too deeply"),
    hostile(
      "deep tuples", P.pickle(Array(")".utf8) + [UInt8](repeating: 0x85, count: 900_000)),
      "holds a tuple, not a state dict; save model.state_dict()"),
    hostile(
      "deeper tuples", P.pickle(Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_100_000)),
      "its pickle creates too many objects"),
    hostile(
      "a list in itself", P.pickle(Array("]q\0h\0a".utf8)),
      "holds a list, not a state dict; save model.state_dict()"),
    hostile(
      "a dictionary in itself", P.pickle(Array("}q\0X\u{5}\0\0\0modelh\0s".utf8)),
      holdsOnly("'model'")),
    hostile(
      "checkpoints in one another",
      P.pickle(
        (0..<900).flatMap { _ in Array("}".utf8) + P.text("model") }
          + Array("}".utf8) + [UInt8](repeating: UInt8(ascii: "s"), count: 900)),
      holdsOnly("'model'")),
    hostile(
      "members of millions",
      P.pickle(
        Array("]".utf8)
          + (0..<9).flatMap { _ in
            Array("(".utf8) + [UInt8](repeating: UInt8(ascii: "N"), count: 1_000_000)
              + Array("e".utf8)
          }), "its pickle creates too many objects"),
    hostile(
      "millions of lists", P.pickle([UInt8](repeating: UInt8(ascii: "]"), count: 1_100_000)),
      "its pickle creates too many objects"),
    hostile(
      "millions of nothing", P.pickle([UInt8](repeating: UInt8(ascii: "N"), count: 4_100_000)),
      "its pickle creates too many objects"),
    hostile(
      "a memo of millions",
      P.pickle(
        Array("N".utf8) + (0..<1_100_000).flatMap { [UInt8(ascii: "r")] + littleEndian($0, 4) }),
      "its pickle creates too many objects"),
    // Each step doubles what a reader that copied would hold.
    hostile(
      "a laugh", P.pickle(Array(")".utf8) + (0..<1000).flatMap { _ in [UInt8(ascii: "2"), 0x86] }),
      "holds a tuple, not a state dict; save model.state_dict()"),
    hostile(
      "the same pairs again and again",
      P.pickle(
        Array("]q\0(".utf8)
          + (0..<100_000).flatMap { _ in [UInt8(ascii: "N"), UInt8(ascii: "N"), 0x86] }
          + Array("e0".utf8)
          + (0..<100_000).flatMap { _ in
            P.global("collections", "OrderedDict") + Array("h\0".utf8) + [0x85] + Array("R0".utf8)
          }),
      "its pickle creates too many objects"),
  ]

  /// Reasons that end with a place or a size stand for all that begin so.
  @Test(arguments: calls + objects + tensors + shapes + contents)
  func isRefused(_ hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, "hostile.pth")
    let error = #expect(throws: FileError.self) { try StateDictFile(reading: path) }
    #expect(error?.path == path)
    let reason = error?.reason ?? ""
    #expect(
      hostile.reason.hasSuffix(" ") ? reason.hasPrefix(hostile.reason) : reason == hostile.reason,
      "\(reason)")
    #expect(!FileManager.default.fileExists(atPath: "executed"))
  }

  /// What all these are made of is read where it is right.
  @Test func theLikeIsReadWhereItIsRight() throws {
    let folder = try TemporaryFolder()
    let pickle = P.stateDict(P.tensor([3, 2], strides: [1, 3]))
    var storage: [UInt8] = []
    for value in 0..<6 { storage += littleEndian(UInt64(Float(value).bitPattern), 4) }
    let path = try folder.write(ZipText(pickle: pickle, storages: ["0": storage]).bytes, "a.pth")
    let entry = try StateDictFile(reading: path).entries(named: ["a"])[0]
    #expect(
      entry.bytes
        == [0, 3, 1, 4, 2, 5].flatMap { littleEndian(UInt64(Float($0).bitPattern), 4) })
  }

  /// The largest pickles of these tests stay below a few hundred megabytes: 24 bytes a byte.
  @Test func bombsTakeLittleMemory() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      var before = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
      for hostile in HostilePickleTests.tensors + HostilePickleTests.shapes {
        let path = try folder.write(hostile.bytes, "hostile.pth")
        #expect(throws: FileError.self) { try StateDictFile(reading: path) }
      }
      var after = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
      #expect(after.ru_maxrss - before.ru_maxrss < 300 << 10)
    }
  }
}

import Files
import Foundation
import SafeTensorsFormat
import TestSupport
import Testing
import Weights

/// Files that lie: each gives an error that names it and says why, and none takes memory for what it
/// only promises.
struct HostileFileTests {
  struct Hostile: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let reason: String
    var testDescription: String { name }

    init(_ name: String, _ bytes: [UInt8], _ reason: String) {
      self.name = name
      self.bytes = bytes
      self.reason = reason
    }
  }

  private static let good = "{\(tensor("a"))}"
  private static let notJSON = "its header is not the JSON of a .safetensors file: expected "

  static let sizes: [Hostile] = [
    Hostile("empty", [], "is too short for a .safetensors file"),
    Hostile("seven bytes", [2, 0, 0, 0, 0, 0, 0], "is too short for a .safetensors file"),
    Hostile("no header", file(""), "its header does not start with '{'"),
    Hostile(
      "header missing", Array(file(good).prefix(8)),
      "its header claims \(good.utf8.count) bytes, more than the file holds"),
    Hostile(
      "header one byte short", Array(file(good).dropLast()),
      "its header claims \(good.utf8.count) bytes, more than the file holds"),
    Hostile(
      "a header of 100 MB", file(good, values: 4, claim: 100_000_000),
      "its header claims 100000000 bytes, more than the file holds"),
    Hostile(
      "a header of 2^63", file(good, values: 4, claim: 1 << 63),
      "its header claims 9223372036854775808 bytes, more than the file holds"),
    Hostile(
      "a header of 2^64 - 1", file(good, values: 4, claim: .max),
      "its header claims 18446744073709551615 bytes, more than the file holds"),
    Hostile(
      "a header of 2^63 - 8", file(good, values: 4, claim: 1 << 63 - 8),
      "its header claims 9223372036854775800 bytes, more than the file holds"),
    Hostile(
      "values missing", file(good), "it holds 0 bytes of values, but its header describes 4"),
    Hostile(
      "a value missing", file(good, values: 3),
      "it holds 3 bytes of values, but its header describes 4"),
    Hostile(
      "a byte more", file(good, values: 5), "it holds 5 bytes of values, but its header describes 4"
    ),
    Hostile(
      "values of nothing", file("{}", values: 1),
      "it holds 1 bytes of values, but its header describes 0"),
  ]

  static let headers: [Hostile] = [
    Hostile("an array", file("[]"), "its header does not start with '{'"),
    Hostile("a space first", file(" " + good, values: 4), "its header does not start with '{'"),
    Hostile("a byte-order mark", file("\u{FEFF}{}"), "its header does not start with '{'"),
    Hostile(
      "a pickle", [0x80, 2] + file("{}"), "its header claims 131712 bytes, more than the file holds"
    ),
    Hostile("zeros", [UInt8](repeating: 0, count: 64), "its header does not start with '{'"),
    Hostile("an open object", file("{"), notJSON + "'\"' at byte 9"),
    Hostile("an open tensor", file("{\"a\":{"), notJSON + "'\"' at byte 14"),
    Hostile("a name without quotes", file("{a:{}}"), notJSON + "'\"' at byte 9"),
    Hostile("an open name", file("{\"a"), notJSON + "'\"' at byte 11"),
    Hostile("a tensor that is a number", file("{\"a\":1}"), notJSON + "'{' at byte 13"),
    Hostile("a tensor that is null", file("{\"a\":null}"), notJSON + "'{' at byte 13"),
    Hostile("a comma too many", file("{\(tensor("a")),}", values: 4), notJSON + "'\"' at byte 62"),
    Hostile("two objects", file("{}{}"), notJSON + "the end of the header at byte 10"),
    Hostile("a zero byte behind", file("{}\0"), notJSON + "the end of the header at byte 10"),
    Hostile("a comment", file("{}//"), notJSON + "the end of the header at byte 10"),
    Hostile("a line break in a name", file("{\"a\nb\":{}}"), notJSON + "'\"' at byte 11"),
    Hostile("an unknown escape", file("{\"\\x41\":{}}"), notJSON + "an escape at byte 11"),
    Hostile(
      "half an escape", file("{\"\\u00g0\":{}}"), notJSON + "four hexadecimal digits at byte 12"),
    Hostile("an escape cut off", file("{\"\\"), notJSON + "an escape at byte 11"),
    Hostile(
      "half a surrogate pair", file("{\"\\ud83d\":{}}"), "its header has an unpaired surrogate"),
    Hostile(
      "a surrogate pair turned around", file("{\"\\ude42\\ud83d\":{}}"),
      "its header has an unpaired surrogate"),
    Hostile(
      "a name that is not UTF-8", file(header: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x7B]),
      "its header has a name that is not UTF-8"),
    Hostile(
      "metadata of numbers", file("{\"__metadata__\":{\"a\":1}}"), notJSON + "'\"' at byte 29"),
    Hostile(
      "metadata of objects", file("{\"__metadata__\":{\"a\":{}}}"), notJSON + "'\"' at byte 29"),
    Hostile(
      "deep arrays", file("{\"a\":" + String(repeating: "[", count: 1_000_000)),
      notJSON + "'{' at byte 13"),
    Hostile(
      "deep objects", file(String(repeating: "{\"a\":", count: 200_000)),
      "the tensor 'a' has the unknown key 'a'"),
    Hostile(
      "a deep shape",
      file("{\(tensor("a", String(repeating: "[", count: 1_000_000)))}", values: 4),
      notJSON + "a non-negative integer at byte 37"),
  ]

  static let keys: [Hostile] = [
    Hostile(
      "a tensor twice", file("{\(tensor("a")),\(tensor("a"))}", values: 4),
      "its header has the key 'a' twice"),
    Hostile(
      "a tensor twice, once escaped", file("{\(tensor("a")),\(tensor("\\u0061"))}", values: 4),
      "its header has the key 'a' twice"),
    Hostile(
      "a tensor twice with other offsets",
      file("{\(tensor("a")),\(tensor("a", "[1]", "[4,8]"))}", values: 8),
      "its header has the key 'a' twice"),
    Hostile(
      "metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}"),
      "its header has the key '__metadata__' twice"),
    Hostile(
      "a metadata key twice", file("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"),
      "its header has the key 'k' twice"),
    Hostile(
      "a shape twice",
      file(
        "{\"a\":{\"shape\":[1],\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", values: 4),
      "its header has the key 'shape' twice"),
    Hostile(
      "no dtype", file("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", values: 4),
      "the tensor 'a' lacks its dtype, shape or data_offsets"),
    Hostile(
      "nothing of a tensor", file("{\"a\":{}}"),
      "the tensor 'a' lacks its dtype, shape or data_offsets"),
    Hostile(
      "an unknown key", file("{\"a\":{\"stride\":[1]}}"),
      "the tensor 'a' has the unknown key 'stride'"),
    Hostile(
      "an unknown type", file("{\(tensor("a", type: "F33"))}", values: 4),
      "the tensor 'a' has the unknown type 'F33'"),
    Hostile(
      "a type in small letters", file("{\(tensor("a", type: "f32"))}", values: 4),
      "the tensor 'a' has the unknown type 'f32'"),
    Hostile(
      "a type that is a number", file("{\"a\":{\"dtype\":32}}"), notJSON + "'\"' at byte 22"),
    Hostile(
      "a name that steers the terminal", file("{\(tensor("\\u001b[31m\\u202e", type: "X"))}"),
      "the tensor '\u{FFFD}[31m\u{FFFD}' has the unknown type 'X'"),
    Hostile(
      "a name of a megabyte",
      file("{\(tensor(String(repeating: "n", count: 1 << 20), type: "X"))}"),
      "the tensor '\(String(repeating: "n", count: 100))…' has the unknown type 'X'"),
  ]

  static let numbers: [Hostile] = [
    Hostile(
      "a negative size", file("{\(tensor("a", "[-1]"))}", values: 4),
      notJSON + "a non-negative integer at byte 37"),
    Hostile(
      "a negative offset", file("{\(tensor("a", "[1]", "[-4,0]"))}", values: 4),
      notJSON + "a non-negative integer at byte 56"),
    Hostile(
      "NaN", file("{\(tensor("a", "[NaN]"))}", values: 4),
      notJSON + "a non-negative integer at byte 37"),
    Hostile("a fraction", file("{\(tensor("a", "[1.0]"))}", values: 4), notJSON + "']' at byte 38"),
    Hostile(
      "an exponent", file("{\(tensor("a", "[1e0]"))}", values: 4), notJSON + "']' at byte 38"),
    Hostile(
      "a leading zero", file("{\(tensor("a", "[01]"))}", values: 4),
      notJSON + "a non-negative integer at byte 37"),
    Hostile(
      "a number in quotes", file("{\(tensor("a", "[\"1\"]"))}", values: 4),
      notJSON + "a non-negative integer at byte 37"),
    Hostile(
      "a shape without brackets", file("{\(tensor("a", "1"))}", values: 4),
      notJSON + "'[' at byte 36"),
    Hostile(
      "a shape cut off", file("{\"a\":{\"shape\":["), notJSON + "a non-negative integer at byte 23"),
    Hostile(
      "2^63", file("{\(tensor("a", "[9223372036854775808]"))}", values: 4),
      "its header has a number that is too large"),
    Hostile(
      "a number of a thousand digits",
      file("{\(tensor("a", "[1\(String(repeating: "0", count: 1000))]"))}", values: 4),
      "its header has a number that is too large"),
    Hostile(
      "a shape that overflows to 0", file("{\(tensor("a", "[4294967296,4294967296]", "[0,0]"))}"),
      "the tensor 'a' has an invalid shape"),
    Hostile(
      "a shape that overflows before a 0",
      file("{\(tensor("a", "[4294967296,4294967296,0]", "[0,0]"))}"),
      "the tensor 'a' has an invalid shape"),
    Hostile(
      "a shape that overflows behind a 0",
      file("{\(tensor("a", "[0,4611686018427387904,4]", "[0,0]"))}"),
      "the tensor 'a' has an invalid shape"),
    Hostile(
      "a shape whose bytes overflow",
      file("{\(tensor("a", "[4611686018427387905]", "[0,4]"))}", values: 4),
      "the tensor 'a' has an invalid shape"),
    Hostile(
      "65 dimensions",
      file(
        "{\(tensor("a", "[\(Array(repeating: "1", count: 65).joined(separator: ","))]"))}",
        values: 4),
      "its header has a list of more than 64 numbers"),
  ]

  static let offsets: [Hostile] = [
    Hostile(
      "one offset", file("{\(tensor("a", "[1]", "[4]"))}", values: 4),
      "the tensor 'a' has invalid offsets"),
    Hostile(
      "three offsets", file("{\(tensor("a", "[1]", "[0,2,4]"))}", values: 4),
      "the tensor 'a' has invalid offsets"),
    Hostile(
      "reversed offsets", file("{\(tensor("a", "[1]", "[4,0]"))}", values: 4),
      "the tensor 'a' has invalid offsets"),
    Hostile(
      "a shape larger than the offsets", file("{\(tensor("a", "[2]"))}", values: 4),
      "the tensor 'a' has 4 bytes, but its shape [2] needs 8"),
    Hostile(
      "a shape smaller than the offsets", file("{\(tensor("a", "[]", "[0,8]"))}", values: 8),
      "the tensor 'a' has 8 bytes, but its shape [] needs 4"),
    Hostile(
      "a gap in front", file("{\(tensor("a", "[1]", "[4,8]"))}", values: 8),
      "the tensor 'a' leaves a gap after the tensor before it"),
    Hostile(
      "a gap between", file("{\(tensor("a")),\(tensor("b", "[1]", "[8,12]"))}", values: 12),
      "the tensor 'b' leaves a gap after the tensor before it"),
    Hostile(
      "tensors on one another", file("{\(tensor("a")),\(tensor("b"))}", values: 4),
      "the tensor 'b' overlaps the tensor before it"),
    Hostile(
      "an overlap",
      file("{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[1]", "[4,8]"))}", values: 8),
      "the tensor 'b' overlaps the tensor before it"),
    Hostile(
      "an empty tensor within another",
      file("{\(tensor("a", "[2]", "[0,8]")),\(tensor("b", "[0]", "[4,4]"))}", values: 8),
      "the tensor 'b' overlaps the tensor before it"),
    Hostile(
      "a terabyte",
      file("{\(tensor("a", "[274877906944]", "[0,1099511627776]"))}", values: 4),
      "it holds 4 bytes of values, but its header describes 1099511627776"),
    Hostile(
      "offsets at the end of the world",
      file("{\(tensor("a", "[0]", "[9223372036854775807,9223372036854775807]"))}"),
      "the tensor 'a' leaves a gap after the tensor before it"),
  ]

  @Test(arguments: sizes + headers + keys + numbers + offsets)
  func isRefused(_ hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, "hostile.safetensors")
    let expected = FileError(path: path, reason: hostile.reason)
    #expect(throws: expected) { try SafeTensors.File(reading: path) }
    #expect(throws: expected) { try SafeTensors.Header(reading: path) }
  }

  /// Wherever a good file is cut, it is refused and nothing worse happens.
  @Test func isRefusedWhereverItIsCut() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/cut.safetensors"
    let whole = file(
      "{\"__metadata__\":{\"k\":\"v\"},\(tensor("a\\n")),\(tensor("b", "[2]", "[4,12]"))}",
      values: 12)
    for count in 0..<whole.count {
      try folder.write(Array(whole.prefix(count)), "cut.safetensors")
      let error = #expect(throws: FileError.self) { try SafeTensors.File(reading: path) }
      #expect(error?.path == path)
    }
    // The header cut and its size made to fit.
    let header = whole[8..<(whole.count - 12)]
    for count in 0..<header.count {
      try folder.write(file(header: Array(header.prefix(count)), values: 12), "cut.safetensors")
      #expect(throws: FileError.self) { try SafeTensors.File(reading: path) }
    }
  }

  /// A byte changed anywhere is refused or read as something that fits; the program goes on.
  @Test func survivesEveryChangedByte() throws {
    let folder = try TemporaryFolder()
    let whole = file("{\(tensor("a")),\(tensor("\\u00e9", "[0]", "[4,4]"))}", values: 4)
    for position in whole.indices {
      for change in [0x01, 0x20, 0x80, 0xFF] as [UInt8] {
        var bytes = whole
        bytes[position] ^= change
        let path = try folder.write(bytes, "changed.safetensors")
        do throws(FileError) {
          let file = try SafeTensors.File(reading: path)
          #expect(file.tensors.allSatisfy { file.bytes(of: $0).count == $0.offsets.count })
        } catch {
          #expect(error.path == path)
        }
      }
    }
  }

  @Test func saysWhatIsNoFile() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing.safetensors"
    #expect(throws: FileError(path: missing, reason: "cannot open it: No such file or directory")) {
      try SafeTensors.File(reading: missing)
    }
    #expect(throws: FileError(path: folder.path, reason: "expected a file, found a folder")) {
      try SafeTensors.File(reading: folder.path)
    }
  }

  /// Neither a header that claims 100 MB nor a sparse file of 8 GiB takes memory for it.
  @Test func promisesTakeNoMemory() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let claim = try folder.write(file("{}", claim: 99_999_999), "claim.safetensors")
      let sparse = try folder.write(file("{\(tensor("a"))}"), "sparse.safetensors")
      try #require(truncate(sparse, 8 << 30) == 0)
      // The process is large already where LibTorch is loaded into it.
      var before = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
      for path in [claim, sparse] {
        #expect(throws: FileError.self) { try SafeTensors.File(reading: path) }
      }
      var after = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
      #expect(after.ru_maxrss - before.ru_maxrss < 50 << 10)
    }
  }
}

import Arrays
import DataSchema
import TestSupport
import Testing

/// Headers of `.npy` files that lie, break off or hold what Python allows and NumPy never writes.
struct HostileHeaderTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  struct Hostile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let reason: String

    init(_ name: String, _ text: NPYText, _ reason: String) {
      self.init(name, text.bytes, reason)
    }

    init(_ name: String, _ bytes: [UInt8], _ reason: String) {
      (testDescription, self.bytes, self.reason) = (name, bytes, reason)
    }
  }

  private static func sized(_ version: UInt8, _ size: Int) -> NPYText {
    var text = NPYText("|u1", "(3,)", values: [1, 2, 3])
    text.version = version
    text.size = size
    return text
  }

  private static func syntax(_ expected: String) -> String {
    "its header is not that of a NumPy array: expected \(expected)"
  }

  private static let good = NPYText("|u1", "(3,)", values: [1, 2, 3]).bytes

  static let frames: [Hostile] = [
    Hostile("magic alone", Array(good.prefix(6)), "is truncated in its header"),
    Hostile("no size", Array(good.prefix(9)), "is truncated in its header"),
    Hostile("half a header", Array(good.prefix(30)), "is truncated in its header"),
    Hostile("version 0", sized(0, 10), "has version 0.0 of the .npy format; versions 1 to 3"),
    Hostile("version 4", sized(4, 10), "has version 4.0 of the .npy format; versions 1 to 3"),
    Hostile("a size beyond the file", sized(1, 4000), "is truncated in its header"),
    Hostile(
      "a header of 4 GB", sized(2, 0xFFFF_FFFF),
      "its header claims 4294967295 bytes, at most 65536 are allowed"),
    Hostile("no header", sized(1, 0), syntax("'{' at byte 0")),
    Hostile(
      "values missing", Array(good.dropLast()),
      "is truncated: its header declares (3,) of uint8, which are 3 bytes, but only 2 follow"),
    Hostile("values left over", good + [4], "has 1 bytes after its array of (3,) of uint8; save"),
    Hostile("two arrays", good + good, "has \(good.count) bytes after its array"),
  ]

  static let shapes: [Hostile] = [
    ("(-1,)", "its header has a negative number"),
    ("(4611686018427387904, 4)", "its header declares the impossible shape"),
    ("(9223372036854775807, 9223372036854775807, 0)", "its header declares the impossible shape"),
    ("(99999999999999999999,)", "its header has a number that is too large"),
    ("(1099511627776,)", "is truncated: its header declares (1099511627776,) of float64, which"),
    ("(3)", syntax("',' at byte")),
    ("[3]", syntax("'(' at byte")),
    ("(3,,)", syntax("a whole number at byte")),
    ("(03,)", syntax("a whole number at byte")),
    ("(3.0,)", syntax("',' at byte")),
    ("(True,)", syntax("a whole number at byte")),
    ("(1+2,)", syntax("',' at byte")),
    ("3", syntax("'(' at byte")),
    ("(3,", syntax("a whole number at byte")),
    (
      "(\(String(repeating: "1, ", count: 65)))",
      "its header has a shape of more than 64 dimensions"
    ),
  ].map { Hostile("shape \($0.0.prefix(30))", NPYText("<f8", $0.0), $0.1) }

  static let types: [Hostile] = [
    ("'f8'", "has the unknown type 'f8'"), ("''", "has the unknown type ''"),
    ("'<'", "has the unknown type '<'"), ("'|f8'", "has the unknown type '|f8'"),
    ("'=f8'", "has the unknown type '=f8'"), ("'<i3'", "has the unknown type '<i3'"),
    ("'<u16'", "has the unknown type '<u16'"),
    ("'|O'", "holds Python objects; pickle is not read"),
    ("[('a', '<f8'), ('b', [('c', '|O')], (2, 3))]", "holds records with named fields"),
    (String(repeating: "[", count: 5000), "its header is nested too deeply"),
    (String(repeating: "(", count: 60_000), "its header is nested too deeply"),
    ("None", syntax("a type at byte")), ("numpy.float64", syntax("a type at byte")),
    ("'<f8", syntax("'}' at byte")),
    ("'<\u{7}8'", "has the unknown type '<\u{FFFD}8'"),
  ].map {
    Hostile(
      "type \($0.0.prefix(30))",
      NPYText("{'descr': \($0.0), 'fortran_order': False, 'shape': (), }"), $0.1)
  }

  static let texts: [Hostile] = [
    ("{}", "its header lacks 'descr', 'fortran_order' or 'shape'"),
    ("{'descr': '<f8', 'shape': ()}", "its header lacks 'descr', 'fortran_order' or 'shape'"),
    ("{'shape': (), 'shape': ()}", "its header has 'shape' twice"),
    ("{'code': ()}", "its header has the unknown entry 'code'"),
    ("{'fortran_order': 1}", syntax("True or False at byte 18")),
    ("{'shape' ()}", syntax("':' at byte 9")),
    ("{shape: ()}", syntax("a string at byte 1")),
    ("{'shape': () 'descr': '<f8'}", syntax("'}' at byte 13")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': ()} + {}", syntax("its end at byte 54")),
    ("{'descr': '<f8\\", syntax("the end of a string")),
    ("__import__('os').system('true')", syntax("'{' at byte 0")),
  ].map { Hostile("text \($0.0)", NPYText($0.0), $0.1) }

  @Test(arguments: frames + shapes + types + texts)
  func isRefused(_ hostile: Hostile) throws {
    let path = try folder.write(hostile.bytes, "x.npy")
    let error = #expect(throws: DataError.self) { try ArrayFile(path)["x"] }
    #expect(error?.path == path)
    #expect(error?.reason.hasPrefix(hostile.reason) == true, "\(error?.reason ?? "")")
  }

  /// What other versions of Python and other programs write.
  @Test(arguments: [
    "{'descr': '<u2', 'fortran_order': False, 'shape': (2L, 1L), }  \n",
    "{\"shape\":(2,1),\"descr\":\"<u2\",\"fortran_order\":True}",
    " { 'fortran_order' : False ,\n'shape' : ( 2 , 1 , ) , 'descr' : '<u2' } ",
  ])
  func ofOtherWritersIsRead(_ header: String) throws {
    let path = try folder.write(NPYText(header, values: [1, 0, 2, 1]).bytes, "x.npy")
    let array = try ArrayFile(path)["x"]
    #expect(array.shape == [2, 1])
    #expect(try array.bytes(0..<2) == [1, 0, 2, 1])
  }

  @Test func withTheLongestShapeIsRead() throws {
    let shape = "(\(Array(repeating: "1", count: 64).joined(separator: ", ")))"
    let path = try folder.write(NPYText("|i1", shape, values: [5]).bytes, "x.npy")
    #expect(try ArrayFile(path)["x"].shape == Array(repeating: 1, count: 64))
  }
}

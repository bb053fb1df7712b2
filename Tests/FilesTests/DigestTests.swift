import Files
import TestSupport
import Testing

/// Vectors of FIPS 180-2 and the NIST's examples.
struct DigestTests {
  static let vectors: [(text: String, count: Int, hex: String)] = [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: vectors)
  func agreesWithTheStandard(_ vector: (text: String, count: Int, hex: String)) throws {
    let bytes = Array(String(repeating: vector.text, count: vector.count).utf8)
    #expect(Digest.hex(of: bytes) == vector.hex)
    #expect(Digest.hex(of: AnySequence(bytes)) == vector.hex)
    #expect(Digest.hex(of: bytes[...]) == vector.hex)
    let middle = bytes.count / 3
    #expect(Digest.hex(of: [Array(bytes[..<middle]), [], Array(bytes[middle...])]) == vector.hex)
    let folder = try TemporaryFolder()
    #expect(try Digest.hex(ofFile: folder.write(bytes, "file")) == vector.hex)
  }

  /// Larger than the pieces that a file is read in.
  @Test func hashesALargeFile() throws {
    let bytes = (0..<(2 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = try TemporaryFolder().write(bytes, "file")
    let folder = try TemporaryFolder()
    let kept = try folder.write(bytes, "file")
    #expect(try Digest.hex(ofFile: kept) == Digest.hex(of: bytes))
    #expect(throws: FileError.self) { try Digest.hex(ofFile: path) }
  }

  @Test func hexadecimal() {
    #expect(([0, 9, 10, 255] as [UInt8]).hexadecimal == "00090aff")
    #expect(([] as [UInt8]).hexadecimal == "")
  }
}

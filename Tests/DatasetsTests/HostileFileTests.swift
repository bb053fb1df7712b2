import DataSchema
import Datasets
import Foundation
import InputFiles
import Testing

/// Files that lie: each gives an error that names it and says why, and none takes memory for what it
/// only promises.
@Suite(.serialized)
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

  private static let good = idx([2, 3, 4], (0..<24).map { UInt8($0) })
  private static let large: UInt32 = 0xffff_ffff

  static let plain: [Hostile] = [
    Hostile("empty", [], "is empty"),
    Hostile("one byte", [0], "is truncated within its IDX header"),
    Hostile("half a magic number", [0, 0, 8], "is truncated within its IDX header"),
    Hostile("magic number alone", [0, 0, 8, 3], "is truncated within its IDX header"),
    Hostile("half a header", Array(good.prefix(11)), "is truncated within its IDX header"),
    Hostile(
      "one byte of header missing", Array(good.prefix(15)), "is truncated within its IDX header"),
    Hostile(
      "header alone", Array(good.prefix(16)),
      "its header promises 2 × 3 × 4 = 24 bytes, but the file holds 0"),
    Hostile(
      "half of the values", Array(good.prefix(28)),
      "its header promises 2 × 3 × 4 = 24 bytes, but the file holds 12"),
    Hostile(
      "last value missing", Array(good.dropLast()),
      "its header promises 2 × 3 × 4 = 24 bytes, but the file holds 23"),
    Hostile(
      "one byte more", good + [0],
      "is longer than the 2 × 3 × 4 = 24 bytes that its header promises"),
    Hostile(
      "twice the file", good + good,
      "is longer than the 2 × 3 × 4 = 24 bytes that its header promises"),
    Hostile(
      "values behind a size of zero", idx([0, 3], [1]),
      "is longer than the 0 × 3 = 0 bytes that its header promises"),
    Hostile("zero dimensions", [0, 0, 8, 0], "has 0 dimensions; 1 to 4 are supported"),
    Hostile(
      "five dimensions", idx([1, 1, 1, 1, 1], [1]), "has 5 dimensions; 1 to 4 are supported"),
    Hostile("255 dimensions", [0, 0, 8, 255], "has 255 dimensions; 1 to 4 are supported"),
    Hostile(
      "signed bytes", idx([1], [1], type: 9),
      "holds signed bytes; only unsigned bytes (type 08) can be read"),
    Hostile(
      "floating point", idx([1], [0, 0, 0, 0], type: 13),
      "holds 32-bit floating-point numbers (float); only unsigned bytes (type 08) can be read"),
    Hostile(
      "unknown type", idx([1], [1], type: 0x77),
      "has the unknown element type 77; only unsigned bytes (type 08) can be read"),
    Hostile("little-endian magic", [3, 8, 0, 0], "is not an IDX file: it begins with 03080000"),
    Hostile("zip archive", [0x50, 0x4b, 3, 4], "is not an IDX file: it begins with 504b0304"),
    Hostile(
      "error page", Array("<!DOCTYPE html><html></html>".utf8),
      "is not an IDX file: it begins with 3c21444f, which looks like a web page"),
    Hostile(
      "sizes whose product wraps to 0", idx([1 << 16, 1 << 16, 1 << 16, 1 << 16], []),
      "its header promises 65536 × 65536 × 65536 × 65536 bytes; 2147483648 are allowed"),
    Hostile(
      "sizes whose product wraps to 24", idx([large, large, large, large], []),
      "its header promises 4294967295 × 4294967295 × 4294967295 × 4294967295 bytes;"
        + " 2147483648 are allowed"),
    Hostile(
      "4 GiB promised", idx([large], [1, 2, 3]),
      "its header promises 4294967295 bytes; 2147483648 are allowed"),
    Hostile(
      "2 GiB promised", idx([1 << 31], [1, 2, 3]),
      "its header promises 2147483648 = 2147483648 bytes, but the file holds 3"),
  ]

  static let compressed: [Hostile] = [
    Hostile("nothing, compressed", gzip([]), "is truncated within its IDX header"),
    Hostile(
      "half a header, compressed", gzip(Array(good.prefix(11))),
      "is truncated within its IDX header"),
    Hostile(
      "last value missing, compressed", gzip(Array(good.dropLast())),
      "is truncated: its header promises 2 × 3 × 4 = 24 bytes"),
    Hostile(
      "one byte more, compressed", gzip(good + [0]),
      "is longer than the 2 × 3 × 4 = 24 bytes that its header promises"),
    Hostile(
      "gzip magic alone", [0x1f, 0x8b], "the gzip data is truncated: the file is incomplete"),
    Hostile(
      "gzip header alone", Array(gzip(good).prefix(10)),
      "the gzip data is truncated: the file is incomplete"),
    Hostile(
      "gzip cut before its checksum", Array(gzip(good).dropLast(8)),
      "the gzip data is truncated: the file is incomplete"),
    Hostile(
      "gzip cut before its size", Array(gzip(good).dropLast(4)),
      "the gzip data is truncated: the file is incomplete"),
    Hostile(
      "gzip with a wrong checksum", damaged(gzip(good), fromEnd: 5),
      "the gzip data is damaged (incorrect data check)"),
    Hostile(
      "gzip with a wrong size", damaged(gzip(good), fromEnd: 1),
      "the gzip data is damaged (incorrect length check)"),
    Hostile(
      "gzip with an unknown method", [0x1f, 0x8b, 7] + gzip(good).dropFirst(3),
      "the gzip data is damaged (unknown compression method)"),
    Hostile("garbage after gzip", gzip(good) + [9], "its gzip data is followed by other data"),
    Hostile(
      "two gzip members that are too long", gzip(good) + gzip([7]),
      "is longer than the 2 × 3 × 4 = 24 bytes that its header promises"),
    Hostile(
      "gzip within gzip", gzip(gzip(good)),
      "is not an IDX file: it begins with "
        + gzip(good).prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()),
    Hostile(
      "2 GiB promised, compressed", gzip(idx([1 << 31], [1, 2, 3])),
      "its header promises 2147483648 = 2147483648 bytes, but the file cannot hold that many"),
    Hostile(
      "4 GiB promised, compressed", gzip(idx([large], [1, 2, 3])),
      "its header promises 4294967295 bytes; 2147483648 are allowed"),
    Hostile(
      "bomb behind a small header", gzipBomb(mebibytes: 1024, startingWith: good),
      "is longer than the 2 × 3 × 4 = 24 bytes that its header promises"),
    Hostile(
      "bomb of zeros", gzipBomb(mebibytes: 1024),
      "has the unknown element type 00; only unsigned bytes (type 08) can be read"),
  ]

  private static func damaged(_ bytes: [UInt8], fromEnd: Int) -> [UInt8] {
    var bytes = bytes
    bytes[bytes.count - fromEnd] ^= 1
    return bytes
  }

  @Test(arguments: plain + compressed)
  func isRefused(_ hostile: Hostile) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(hostile.bytes, "hostile")
    let expected = DataError(path: path, reason: hostile.reason)
    let before = peakMemory()
    #expect(throws: expected) { try IDX.read(path) }
    #expect(throws: expected) { try IDX.inspect(path) }
    // Other tests run in this process too; a bomb or a false promise would take 1 GiB and more.
    #expect(peakMemory() - before < 400 << 20)
  }

  @Test func aBombStopsAtTheLimit() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(gzipBomb(mebibytes: 1024), "bomb.gz")
    let before = peakMemory()
    #expect(
      throws: DataError(path: path, reason: "unpacks to more than the 1048576 bytes allowed")
    ) { try Gzip.inflate(contentsOf: path, limit: 1 << 20) }
    #expect(peakMemory() - before < 400 << 20)
  }

  @Test func aPipeDoesNotHold() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: DataError(path: path, reason: "expected a regular file")) {
      try IDX.read(path)
    }
  }

  @Test func aNameCannotBeCutByAZeroByte() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(idx([1], [1]), "real") + "\0ignored"
    #expect(
      throws: DataError(path: path, reason: "the name of a file cannot contain a NUL byte")
    ) { try IDX.read(path) }
  }

  /// The most memory this process has held at any time, in bytes.
  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) << 10
  }
}

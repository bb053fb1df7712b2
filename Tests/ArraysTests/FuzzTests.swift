import Arrays
import DataSchema
import Foundation
import TestSupport
import Testing

/// Damaged files give an error or arrays within their size, and nothing else.
struct FuzzTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Damaged copies of all kinds of file together.
  private static let count =
    ProcessInfo.processInfo.environment["RUNNER_FUZZ"].flatMap { Int($0) } ?? 10_000

  private static let limit = 1 << 16

  /// The numbers of a linear congruential generator.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  /// What syntax is made of, beside any bytes.
  private static let words: [[UInt8]] =
    ["(", ")", "[", "{", "}", "'", "\"", ",", "-1", "99999999999999999999", "<f8", "|O", ">u2"]
    .map { Array($0.utf8) } + [
      [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
      [0], [0x80],
    ]

  private static func damaged(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      guard !bytes.isEmpty else { break }
      // Headers lie at the start, and a zip file's directory at the end.
      let reach = [bytes.count, min(bytes.count, 160)].randomElement(using: &numbers) ?? 1
      let offset = Int.random(in: 0..<reach, using: &numbers)
      let place = Bool.random(using: &numbers) ? offset : bytes.count - 1 - offset
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 1: bytes[place] = UInt8.random(in: .min ... .max, using: &numbers)
      case 2: bytes.removeSubrange(place...)
      case 3: bytes.remove(at: place)
      case 4: bytes.insert(contentsOf: words.randomElement(using: &numbers) ?? [], at: place)
      default:
        let word = words.randomElement(using: &numbers) ?? []
        bytes.replaceSubrange(place..<min(place + word.count, bytes.count), with: word)
      }
    }
    return bytes
  }

  /// Small files, so that damage meets their headers.
  private static let kinds = [
    "version1.npy", "version3.npy", "fortran", "stored", "medmnist.npz", "types.safetensors",
  ]

  private static func original(_ kind: String) throws -> [UInt8] {
    let columns = NPYText(
      "<f8", "(4, 3)", fortran: true, values: bytes((0..<12).map(Double.init)))
    let flags = NPYText("|b1", "(2, 2, 1)", values: [0, 1, 1, 0])
    return switch kind {
    case "fortran": columns.bytes
    case "stored":
      ZipText([.init("x_train.npy", columns.bytes), .init("y_train.npy", flags.bytes)]).bytes
    default: try Fixtures.bytes(kind)
    }
  }

  @Test(arguments: kinds)
  func damageIsAnError(_ kind: String) throws {
    let original = try Self.original(kind)
    var numbers = Numbers(state: 20_261_129)
    var (read, refused) = (0, 0)
    for _ in 0..<max(1, Self.count / Self.kinds.count) {
      let contents = Self.damaged(original, &numbers)
      // File systems write a file that replaces another's contents to the disk at once.
      unlink(folder.path + "/x")
      let path = try folder.write(contents, "x")
      var file: ArrayFile?
      let isOpen = succeeds { () throws(DataError) in
        file = try ArrayFile(path, limit: Self.limit)
      }
      if !isOpen { refused += 1 }
      for name in file?.names ?? [] {
        var array: NumericArray?
        let isThere = succeeds { () throws(DataError) in array = try file?[name] }
        if isThere { read += 1 } else { refused += 1 }
        if let array { use(array, fileSize: contents.count) }
      }
    }
    if Self.count >= 1000 {
      #expect(read > 0)
      #expect(refused > 0)
    }
  }

  private func succeeds(_ body: () throws(DataError) -> Void) -> Bool {
    do throws(DataError) {
      try body()
      return true
    } catch {
      return false
    }
  }

  /// Reads an array in every way; each may be refused.
  private func use(_ array: NumericArray, fileSize: Int) {
    let size = array.rowCount.multipliedReportingOverflow(by: array.rowSize)
    if size.overflow || size.partialValue > max(fileSize, Self.limit) {
      Issue.record("\(array.shape) of \(array.elementType) in \(fileSize) bytes")
    }
    // The rows of an empty shape are many and take no memory.
    guard size.partialValue > 0 else { return }
    let rows = succeeds { () throws(DataError) in
      _ = try array.bytes(0..<array.rowCount)
      _ = try array.bytes((array.rowCount - 1)..<array.rowCount)
    }
    #expect(rows)
    _ = succeeds { () throws(DataError) in
      guard let axes = AxisOrder(array.shape.count == 3 ? "HWN" : "NHWC") else { return }
      let images = try ArrayImages(array, axes: axes, range: 0...255)
      _ = try images.read([images.count - 1])
    }
    _ = succeeds { () throws(DataError) in
      let vectors = try ArrayVectors(array)
      _ = try vectors.read([vectors.count - 1])
    }
    _ = succeeds { () throws(DataError) in _ = try ArrayTargets.classes(array) }
  }
}

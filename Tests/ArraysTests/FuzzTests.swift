import Arrays
import DataSchema
import Foundation
import TestSupport
import Testing

/// Damaged files give an error or arrays within their size, and nothing else.
struct FuzzTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Damaged copies of each kind of file: `RUNNER_FUZZ`, or some thousands.
  private static let count =
    ProcessInfo.processInfo.environment["RUNNER_FUZZ"].flatMap { Int($0) } ?? 3000

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

  @Test(arguments: [
    "version1.npy", "version3.npy", "fortran.npy", "types.npz", "compressed.npz", "medmnist.npz",
    "types.safetensors",
  ])
  func damageIsAnError(_ name: String) throws {
    var original = try Fixtures.bytes(name)
    if name == "fortran.npy" {
      // A small one, so that damage meets its header.
      original =
        NPYText("<f8", "(4, 3)", fortran: true, values: bytes((0..<12).map(Double.init))).bytes
    }
    var numbers = Numbers(state: 20_261_129)
    var (read, refused) = (0, 0)
    for _ in 0..<Self.count {
      let contents = Self.damaged(original, &numbers)
      let path = try folder.write(contents, "x")
      do {
        let file = try ArrayFile(path, limit: Self.limit)
        for name in file.names {
          do {
            try use(try file[name], fileSize: contents.count)
            read += 1
          } catch is DataError {
            refused += 1
          }
        }
      } catch is DataError {
        refused += 1
      }
    }
    #expect(read > 0)
    #expect(refused > 0)
  }

  /// Reads an array in every way.
  private func use(_ array: NumericArray, fileSize: Int) throws {
    let size = array.rowCount.multipliedReportingOverflow(by: array.rowSize)
    #expect(!size.overflow && size.partialValue <= max(fileSize, Self.limit))
    // The rows of an empty shape are many and take no memory.
    guard size.partialValue > 0 else { return }
    _ = try array.bytes(0..<array.rowCount)
    _ = try array.bytes((array.rowCount - 1)..<array.rowCount)
    let axes = array.shape.count == 3 ? "HWN" : "NHWC"
    do {
      if let order = AxisOrder(axes) {
        let images = try ArrayImages(array, axes: order, range: 0...255)
        _ = try images.read([images.count - 1])
      }
    } catch is DataError {}
    do {
      let vectors = try ArrayVectors(array)
      _ = try vectors.read([vectors.count - 1])
    } catch is DataError {}
    do { _ = try ArrayTargets.classes(array) } catch is DataError {}
  }
}

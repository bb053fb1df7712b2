import Arrays
import Foundation

/// The files that Tests/Fixtures/arrays/make.py wrote.
enum Fixtures {
  /// An array as NumPy has it.
  struct Expected: Decodable, Sendable {
    let shape: [Int]
    let type: String
    /// Hexadecimal, in C order, little endian.
    let bytes: String
    /// The values as 32-bit floats.
    let floats: String
  }

  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/arrays/\(name)")
      .path(percentEncoded: false)
  }

  static func open(_ name: String) throws -> ArrayFile { try ArrayFile(path(name)) }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  /// By file and array.
  static func expected() throws -> [String: [String: Expected]] {
    try JSONDecoder().decode(
      [String: [String: Expected]].self,
      from: Data(contentsOf: URL(filePath: path("expected.json"))))
  }
}

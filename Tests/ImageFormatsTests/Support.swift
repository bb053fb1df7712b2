import Files
import Foundation
import ImageFormats

/// The pictures of Tests/Fixtures/images and what Pillow makes of them; make.py there made both.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/images").path(percentEncoded: false)

  static func path(_ name: String) -> String { folder + "/" + name }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  /// The pictures whose names end so.
  static func names(_ suffix: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix("." + suffix) }.map { String($0.dropLast(4)) }.sorted()
  }

  /// Those of them whose expected bytes lie beside them.
  static func withBytes(_ suffix: String) -> [String] {
    names(suffix).filter { FileManager.default.fileExists(atPath: path($0 + ".L")) }
  }

  /// The lines of a text, each as its words.
  static func table(_ name: String) throws -> [[String]] {
    String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
  }
}

/// Numbers that are the same in every run (SplitMix64).
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Why the bytes cannot be decoded, `nil` if they can.
func reason(_ bytes: [UInt8], limits: DecodedImage.Limits = DecodedImage.Limits()) -> String? {
  do throws(FileError) {
    _ = try DecodedImage(decoding: bytes, path: "picture", limits: limits)
    return nil
  } catch {
    return error.reason
  }
}

import Crypto
import ExperimentConfig

/// What makes two runs the same run.
package struct Identity: Sendable {
  /// 64 hexadecimal digits.
  package let hex: String

  /// SHA-256 of the normalised configuration, the fingerprints of data and weights, and the versions
  /// of program and engine.
  package init(
    configuration: Resolved, dataset: String, weights: String?, libtorch: String
  ) throws {
    let parts: JSONValue = [
      "configuration": configuration.canonicalForm,
      "dataset": .string(dataset),
      "weights": weights.map(JSONValue.string) ?? .null,
      "runner": .string(Version.runner),
      "libtorch": .string(libtorch),
    ]
    hex = Digest.hex(of: try JSONText.encode(parts))
  }

  /// The start of it that is part of the directory's name.
  package var short: String { String(hex.prefix(6)) }
}

package enum Digest {
  /// The SHA-256 of bytes as 64 hexadecimal digits.
  package static func hex(of bytes: some Sequence<UInt8>) -> String {
    var hasher = SHA256()
    bytes.withContiguousStorageIfAvailable { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
      ?? hasher.update(data: Array(bytes))
    return hasher.finalize().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

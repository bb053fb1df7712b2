import Files
import SafeTensorsFormat

/// Tensors of a trained model that no step changed, in a file of their own beside the trained ones, which other
/// runs with the same frozen tensors share. The metadata of a file without its frozen tensors records their hash.
package enum FrozenTensors {
  /// The name of the file, in the folder of the weights.
  package static let fileName = "frozen.safetensors"
  /// Fewer bytes than these are not worth a file of their own.
  package static let leastBytes = 1 << 20
  private static let key = "frozen_sha256"

  /// The metadata of a file whose frozen tensors are stored apart.
  ///
  /// - Parameter hash: the SHA-256 of the file with the frozen tensors, in hexadecimal.
  package static func metadata(_ hash: String) -> [String: String] { [key: hash] }

  static func hash(in header: SafeTensorsHeader) -> String? { header.metadata[key] }

  /// The path of the frozen tensors of the weights file at `path`.
  static func name(beside path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return fileName }
    return path[...slash] + fileName
  }

  /// Divides the weights of the best and of the last epoch into the tensors that neither changed and the others.
  ///
  /// - Parameter candidates: the tensors that no step changes, with their initial values.
  /// - Returns: the frozen tensors in the order of `candidates`; none if they are smaller than ``leastBytes``.
  package static func divide(
    _ weights: [[SafeTensors.Entry]], candidates: [SafeTensors.Entry]
  ) -> (frozen: [SafeTensors.Entry], rest: [[SafeTensors.Entry]]) {
    let known = weights.map { entries in
      Dictionary(entries.map { ($0.name, $0) }) { first, _ in first }
    }
    let frozen = candidates.filter { entry in known.allSatisfy { $0[entry.name] == entry } }
    guard frozen.reduce(0, { $0 + $1.bytes.count }) >= leastBytes else { return ([], weights) }
    let names = Set(frozen.map(\.name))
    return (frozen, weights.map { entries in entries.filter { !names.contains($0.name) } })
  }
}

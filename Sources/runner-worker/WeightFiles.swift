import Files
import RunRecord
import Weights

/// Writes the weights of a run: those of the best epoch, those of the last one, and apart from them the tensors
/// that no step changes, which runs share.
struct WeightFiles {
  private static let best = "weights/best.safetensors"
  private static let last = "weights/last.safetensors"

  let run: RunDirectory
  /// The initial weights that no step changes.
  let frozen: [SafeTensors.Entry]

  /// Writes the weights of the best epoch only, of a training that failed later.
  func write(best: [SafeTensors.Entry]) throws {
    let divided = FrozenTensors.divide([best], candidates: frozen)
    try run.write(
      SafeTensors.encode(divided.rest[0], metadata: store(divided.frozen)), to: Self.best)
  }

  /// Where the weights of the best and of the last epoch are the same, they are one file with two names, if the
  /// file system can do that. Files of a run are replaced and never written to, so a change of one name does not
  /// affect the other.
  func write(best: [SafeTensors.Entry], last: [SafeTensors.Entry]) throws {
    let divided = FrozenTensors.divide([best, last], candidates: frozen)
    let metadata = try store(divided.frozen)
    let pieces = try divided.rest.map { try SafeTensors.encode($0, metadata: metadata) }
    try run.write(pieces[0], to: Self.best)
    guard pieces[0] == pieces[1] else { return try run.write(pieces[1], to: Self.last) }
    // An interrupted attempt may have left one.
    try run.folder.remove(Self.last)
    try run.folder.link(Self.best, of: run.folder, to: Self.last)
  }

  /// Writes the frozen tensors.
  ///
  /// - Returns: the metadata of the files without them.
  private func store(_ frozen: [SafeTensors.Entry]) throws -> [String: String] {
    let name = "weights/\(FrozenTensors.fileName)"
    if frozen.isEmpty {
      // An interrupted attempt may have left one.
      try run.folder.remove(name)
      return [:]
    }
    return FrozenTensors.metadata(
      try SharedWeights(for: run).write(SafeTensors.encode(frozen), to: name, in: run))
  }
}

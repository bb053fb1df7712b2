import Files
import RunRecord

/// Which weights of a finished trial are kept. A trial without all its weights keeps its manifest,
/// which then lists removed files.
package enum WeightKeeping: String, Sendable, Codable, CaseIterable {
  case all, best, last, none

  /// Removes the other weights, and files that only an unfinished run needs.
  ///
  /// - Throws: ``FileError``.
  func apply(to run: RunDirectory) throws(FileError) {
    let gone: [String] =
      switch self {
      case .all: []
      case .best: ["weights/last.safetensors"]
      case .last: ["weights/best.safetensors"]
      case .none: ["best", "last", "frozen"].map { "weights/\($0).safetensors" }
      }
    if self == .all { return }
    // The final checkpoint refers to both weight files.
    for training in [run] + RunParts.all(of: run) { try FinalCheckpoint.remove(from: training) }
    for name in gone { try run.folder.remove(name) }
    for part in RunParts.all(of: run) {
      for name in gone { try part.folder.remove(name) }
    }
  }
}

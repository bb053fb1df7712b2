import Files
import RunRecord

/// Which of a finished trial's weights stay. A trial without all of its weights still has its
/// manifest, which then names files that are gone.
package enum WeightKeeping: String, Sendable, Codable, CaseIterable {
  case all, best, last, none

  /// Removes the others, and what only an unfinished run needs.
  ///
  /// - Throws: ``FileError``.
  func apply(to run: RunDirectory) throws(FileError) {
    let gone: [String] =
      switch self {
      case .all: []
      case .best: ["weights/last.safetensors"]
      case .last: ["weights/best.safetensors"]
      case .none: ["weights/best.safetensors", "weights/last.safetensors"]
      }
    if self == .all { return }
    // It refers to both of the weight files.
    for training in [run] + RunParts.all(of: run) { try FinalCheckpoint.remove(from: training) }
    for name in gone { try run.folder.remove(name) }
    for part in RunParts.all(of: run) {
      for name in gone { try part.folder.remove(name) }
    }
  }
}

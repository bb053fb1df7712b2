import RunRecord
import Sweeping

/// The plots and the page of a sweep.
enum SweepPictures {
  /// - Returns: what could not be made; the results stand without it.
  static func draw(
    _ table: SweepTable, _ file: SweepFile, _ directory: SweepDirectory
  ) async -> [String] {
    []
  }
}

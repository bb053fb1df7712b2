import ArgumentParser
import WorkerProtocol

/// How `predict` divides large images.
struct TileArguments: ParsableArguments {
  @Option(
    name: .customLong("tile"),
    help: ArgumentHelp(
      "Answers each image in squares of this many pixels, such as 512, which the model must take.",
      valueName: "size"))
  var size: Int?

  @Option(
    help: "The pixels that neighbouring tiles share; a quarter of their size if left out.")
  var overlap: Int?

  func validate() throws {
    guard let size else {
      if overlap != nil { throw ValidationError("--overlap belongs to --tile.") }
      return
    }
    if !(1...16_384).contains(size) {
      throw ValidationError("--tile must be from 1 to 16384.")
    }
    if let overlap, overlap < 0 || 2 * overlap > size {
      throw ValidationError("--overlap must be from 0 to half of --tile, \(size / 2).")
    }
  }

  var tiling: PredictionRequest.Tiling? {
    size.map { PredictionRequest.Tiling(size: $0, overlap: overlap ?? $0 / 4) }
  }
}

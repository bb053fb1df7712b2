import DataSchema
import Datasets
import ExperimentConfig
import Planning
import Prediction
import Tasks
import Training
import WorkerProtocol

/// Answers large images in tiles.
struct TilePrediction {
  let tiling: PredictionRequest.Tiling
  let plan: TilePlan
  let models: ModelEnsemble

  /// A note about the run's transforms that tiles do not go through; `nil` if there are none.
  var note: String? {
    if plan.omitted.isEmpty { return nil }
    let names = plan.omitted.map { "'\($0)'" }.joined(separator: ", ")
    return "tiles have the resolution of the image: they do not go through \(names)"
  }

  /// The class maps of images, and their predictions.
  func answers(_ images: ImagesInMemory) throws -> (predictions: Predictions, maps: [Int: ClassMap])
  {
    let layout = models.layout
    var maps: [Int: ClassMap] = [:]
    var outputs: [Double] = []
    for index in 0..<images.count {
      let map = try map(images, index)
      // Pixels whose true class is unknown count as those of the first, as in images as a whole.
      var counts = [Double](repeating: 0, count: layout.outputs.count)
      for number in map.numbers { counts[Int(number)] += 1 }
      outputs += counts
      maps[index] = map
    }
    let predictions = Predictions(
      layout, folds: Array(repeating: 0, count: images.count), indices: Array(0..<images.count),
      targets: Array(repeating: 0, count: images.count * layout.targets.count), answers: [],
      outputs: outputs)
    return (predictions, maps)
  }

  /// The class of each pixel of an image. Tiles are answered one by one, so the rest of the image does not affect
  /// a tile's answer, and only one row of tiles is in memory.
  func map(_ images: ImagesInMemory, _ index: Int) throws -> ClassMap {
    let size = images.size
    let grid = TileGrid(
      height: size.height, width: size.width, size: tiling.size, overlap: tiling.overlap)
    var blending = TileBlending(
      grid, classes: models.task.outputCount, rows: tiling.size)
    // In rows from the top.
    for tile in grid.tiles {
      if Interruption.isRequested { throw TrainingInterrupted() }
      blending.finish(above: tile.row)
      let pixels = grid.cut(tile, from: images.pixels(of: index), channels: size.channels)
      let image = ImagesInMemory(
        pixels: pixels,
        size: ImageSize(channels: size.channels, height: tiling.size, width: tiling.size),
        count: 1)
      try blending.add(models.probabilities(of: image, plan.pipeline), of: tile)
    }
    blending.finish(above: grid.coveredHeight)
    return ClassMap(height: size.height, width: size.width, numbers: blending.classMap)
  }
}

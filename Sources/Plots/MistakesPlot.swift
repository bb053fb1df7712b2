import PNGImage
import RunRecord

/// An example as the data set has it, with what the model said of it.
package struct LabelledPicture: Sendable {
  package var pixels: [UInt8]
  package var width: Int
  package var height: Int
  package var channels: Int
  package var label: Int
  package var predicted: Int
  /// Of the predicted class.
  package var probability: Double

  /// `pixels` lie channel after channel, each row after row, as in a data set.
  package init(
    pixels: [UInt8], width: Int, height: Int, channels: Int, label: Int, predicted: Int,
    probability: Double
  ) {
    self.pixels = pixels
    self.width = width
    self.height = height
    self.channels = channels
    self.label = label
    self.predicted = predicted
    self.probability = probability
  }
}

/// The examples that the model got wrong while it was most certain, as a sheet of pictures.
enum MistakesPlot {
  static let name = "mistakes"

  static func drawing(_ pictures: [LabelledPicture], names: [String], runName: String) -> Drawing {
    let tiles = pictures.prefix(Plots.mistakesShown).compactMap { example in
      PixelImage(
        planar: example.pixels, width: example.width, height: example.height,
        channels: example.channels
      ).map { picture in
        PictureSheet.Tile(
          picture: picture,
          lines: [
            "true  \(name(example.label, names))", "said  \(name(example.predicted, names))",
            "\(example.probability.percent) % sure",
          ])
      }
    }
    guard !tiles.isEmpty else { return .skipped(name: Self.name, reason: "no pictures were given") }
    let sheet = PictureSheet(
      name: Self.name, title: "Most confidently wrong", more: runName, tiles: tiles, columns: 6,
      pictureSize: 96, gap: 18)
    return .figure(sheet.figure())
  }

  private static func name(_ index: Int, _ names: [String]) -> String {
    names.indices.contains(index) ? GnuplotText.shortened(names[index], 12) : "\(index)"
  }
}

extension PredictionTable {
  /// The rows that are wrong, the most certain first, at most `count`.
  package func mostConfidentMistakes(_ count: Int = Plots.mistakesShown) -> [Int] {
    labels.indices.filter { labels[$0] != predictions[$0] }
      .map { (row: $0, confidence: confidence(at: $0)) }.filter { !$0.confidence.isNaN }
      .sorted { (-$0.confidence, $0.row) < (-$1.confidence, $1.row) }.prefix(count).map(\.row)
  }
}

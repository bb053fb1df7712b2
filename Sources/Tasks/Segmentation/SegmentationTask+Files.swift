import DataSchema
import ExperimentConfig
import PNGImage
import Tasks

extension SegmentationTask {
  package static func answerPath(_ name: String) -> String? { "predictions/\(name).png" }

  /// The class of each pixel, as a PNG with a palette. Pixels without an answer are black.
  package func answerPicture(_ map: ClassMap) throws -> [UInt8]? {
    let colors = ClassColors.palette(classNames.count)
    let isWhole = map.numbers.allSatisfy { Int($0) < colors.count }
    let black = Array(repeating: PixelImage.Color(0), count: 256 - colors.count)
    return try PaletteImage(
      width: map.width, height: map.height, numbers: map.numbers,
      colors: isWhole ? colors : colors + black
    ).png()
  }

  /// The scores of each image: what it is called, its pixels and IoUs.
  package func exampleFiles(
    _ predictions: Predictions, split: String, name: (Int) -> ExampleName
  ) throws -> [ReportFile] {
    let sample = PixelSample(predictions)
    let images = sample.images
    let borders = sample.borders
    let hasFolds = Set(predictions.folds).count > 1
    var lines = [
      (["index", "name"] + (hasFolds ? ["fold"] : [])
        + ["mean_iou", "dice", "pixel_accuracy"] + (borders == nil ? [] : ["boundary_f1"])
        + ["pixels", "ignored"]
        + classNames.map { "iou_\($0)" }).map(CSVCell.quoted).joined(separator: ",")
    ]
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    for (row, counts) in images.enumerated() {
      let index = predictions.indices[row]
      let ignored = predictions.targets(at: row).last ?? 0
      lines.append(
        (["\(index)", name(index).file ?? ""] + (hasFolds ? ["\(predictions.folds[row])"] : [])
          + [text(counts.meanIoU), text(PixelCounts.mean(counts.dices)), text(counts.accuracy)]
          + (borders.map { [text(PixelCounts.mean($0[row].map(\.f1)))] } ?? [])
          + ["\(counts.total)", "\(Int(ignored))"] + counts.ious.map(text)).map(CSVCell.quoted)
          .joined(separator: ","))
    }
    let suffix = split == "test" ? "" : "_\(split)"
    return [ReportFile("per_image\(suffix).csv", lines.joined(separator: "\n") + "\n")]
  }

  /// The picture with the predicted classes in colour over it; beside it, if it is known, with the true ones.
  package func illustration(
    _ picture: PixelImage, answer: ClassMap, truth: ClassMap?
  ) -> PixelImage? {
    guard answer.height == picture.height, answer.width == picture.width else { return nil }
    let drawn = ClassColors.overlay(picture, answer, classes: classNames.count)
    guard let truth, truth.height == picture.height, truth.width == picture.width else {
      return drawn
    }
    let gap = 2
    var both = PixelImage(
      width: 2 * picture.width + gap, height: picture.height, fill: PixelImage.Color(0xFFFFFF))
    let right = ClassColors.overlay(picture, truth, classes: classNames.count)
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        both[x, y] = drawn[x, y]
        both[picture.width + gap + x, y] = right[x, y]
      }
    }
    return both
  }
}

import DataSchema
import Diagnostics
import Files
import Glibc
import ImageFormats
import PNGImage
import Planning
import Tasks
import Transforms
import WorkerProtocol

/// Writes the answer to an image file as pictures, in the current folder and in the image's own size: of an answer that
/// is a class for each pixel, the mask, and the image with the mask over it; of objects, the image with their boxes.
/// Other files of the same names are kept.
struct AnswerPictures {
  private let models: PredictionModels
  private let source: PredictionSource
  private let index: Int
  private let isTiled: Bool

  /// - Parameters:
  ///   - index: of the image in its file.
  ///   - isTiled: whether the mask has the image's own size already.
  init(
    _ models: PredictionModels, _ source: PredictionSource, _ index: Int, isTiled: Bool = false
  ) {
    self.isTiled = isTiled
    self.models = models
    self.source = source
    self.index = index
  }

  /// - Parameter picture: the mask as the model gave it, a PNG with a palette.
  func write(_ picture: [UInt8]) throws {
    let answer = try MaskImage(decoding: picture, path: source.name)
    let map = ClassMap(height: answer.height, width: answer.width, numbers: answer.bytes)
    let name = stem
    // Files of many images, such as IDX, have no picture to draw over.
    guard !source.isNumbered, let image = try? DecodedImage(reading: source.name),
      let restored = try restored(map, image)
    else {
      return try Self.write(picture, "\(name)_mask")
    }
    if let mask = try models.task.answerPicture(restored) {
      try Self.write(mask, "\(name)_mask")
    }
    if let photo = Self.photo(image),
      let overlay = models.task.illustration(photo, answer: restored, truth: nil)
    {
      try Self.write(try overlay.png(), "\(name)_\(type(of: models.task).illustrationSuffix)")
    }
  }

  /// Writes the image with the predicted objects drawn over it, for files of one image.
  func write(_ overlay: (PixelImage) -> PixelImage) throws {
    guard !source.isNumbered, let photo = Self.photo(try DecodedImage(reading: source.name)) else {
      return
    }
    try Self.write(
      try overlay(photo).png(), "\(stem)_\(type(of: models.task).illustrationSuffix)")
  }

  private static func photo(_ image: DecodedImage) -> PixelImage? {
    let colors = image.convert(channels: 3)
    return PixelImage(
      planar: colors.planarBytes(), width: colors.width, height: colors.height, channels: 3)
  }

  /// Writes `NAME.png`, or `NAME_2.png` and so on if there is another file of this name, which may be somebody's own
  /// mask or the answer to an image of the same name in another folder.
  private static func write(_ bytes: [UInt8], _ name: String) throws {
    var path = "\(name).png"
    var number = 1
    while access(path, F_OK) == 0 {
      if try FileReading.bytes(of: path) == bytes { return }
      number += 1
      path = "\(name)_\(number).png"
    }
    try AtomicFile.write([bytes], to: path)
  }

  /// The classes of the pixels of the image itself.
  private func restored(_ map: ClassMap, _ image: DecodedImage) throws -> ClassMap? {
    if isTiled { return map.height == image.height && map.width == image.width ? map : nil }
    return try models.plan.restored(map, height: image.height, width: image.width)
  }

  /// The name of the file without its folder and ending.
  private var stem: String {
    let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    let base = dot == name.startIndex ? name : String(name[..<dot])
    return source.isNumbered ? "\(base)_\(index)" : base
  }
}

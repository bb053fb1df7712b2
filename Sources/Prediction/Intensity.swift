import Datasets
import ExperimentConfig
import RunRecord

/// Watches whether images are as light as those that the run learned from. Ink on paper for a model of
/// light strokes on black is the classic mistake; no image is changed because of it.
package struct IntensityWatch {
  /// The mean intensity of the run's data set, from 0 to 1.
  private let expected: Double
  private let isInverted: Bool
  private var count = 0
  private var suspects = 0
  private var sum = 0.0

  /// An image is a suspect where it differs at least so much.
  private static let margin = 0.25
  /// No more than this is read of the data set.
  private static let limit = 1 << 28

  /// - Parameters:
  ///   - expected: the data set's mean intensity.
  ///   - isInverted: whether the images have been inverted.
  package init(expected: Double, isInverted: Bool) {
    self.expected = expected
    self.isInverted = isInverted
  }

  /// - Returns: nothing where the data set's files cannot be read any more.
  package init?(dataset: RunInfo.Dataset, isInverted: Bool) {
    guard dataset.files.count == ImageFileRole.allCases.count,
      let array = try? IDX.read(
        dataset.files[ImageFileRole.testImages.rawValue].path, limit: Self.limit),
      !array.bytes.isEmpty
    else { return nil }
    self.init(expected: Self.mean(array.bytes[...]), isInverted: isInverted)
  }

  package mutating func look(at images: LabelledImages) {
    let size = images.channels * images.height * images.width
    for index in 0..<images.count {
      let mean = Self.mean(images.pixels[(index * size)..<((index + 1) * size)])
      count += 1
      sum += mean
      // It would be nearer the other way round.
      if abs(mean - expected) > Self.margin, abs(1 - mean - expected) < abs(mean - expected) {
        suspects += 1
      }
    }
  }

  /// What a person should know; nothing where all is as expected of most images.
  package var hint: String? {
    guard count > 0, 2 * suspects >= count else { return nil }
    let which =
      count == 1
      ? "the image is"
      : suspects == count ? "the images are" : "\(suspects) of \(count) images are"
    let measured = percent(sum / Double(count))
    let comparison =
      sum / Double(count) > expected ? "much lighter" : "much darker"
    return "\(which) \(comparison) (mean intensity \(measured)) than the run's data "
      + "(\(percent(expected))); "
      + (isInverted
        ? "without --invert they would be nearer" : "--invert turns dark into light")
  }

  private func percent(_ share: Double) -> String { NumberText.fixed(100 * share, 0) + " %" }

  private static func mean(_ bytes: ArraySlice<UInt8>) -> Double {
    var sum = 0
    bytes.withUnsafeBufferPointer { for byte in $0 { sum += Int(byte) } }
    return Double(sum) / Double(max(bytes.count, 1)) / 255
  }
}

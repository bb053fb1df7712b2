import DataSchema
import Datasets
import ExperimentConfig
import RunRecord

/// Checks whether images are about as bright as the run's training data. Dark ink on white paper for a model
/// trained on light strokes on black is a common mistake. Images are never changed.
package struct IntensityWatch {
  /// The mean intensity of the run's data set, from 0 to 1.
  private let expected: Double
  private let isInverted: Bool
  private var count = 0
  private var suspects = 0
  private var sum = 0.0

  /// The smallest difference in mean intensity that makes an image suspicious.
  private static let margin = 0.25
  /// The maximum number of bytes to read from the data set.
  private static let limit = 1 << 28
  /// The number of images read at a time.
  private static let batchSize = 256

  /// - Parameters:
  ///   - expected: the data set's mean intensity.
  ///   - isInverted: whether the images have been inverted.
  package init(expected: Double, isInverted: Bool) {
    self.expected = expected
    self.isInverted = isInverted
  }

  /// - Parameter source: examples of the run's data set.
  /// - Throws: ``DataError`` if they cannot be read.
  package init(source: any ExampleSource, isInverted: Bool) throws(DataError) {
    var (sum, bytes) = (0, 0)
    for start in stride(from: 0, to: source.count, by: Self.batchSize) {
      let images = try source.pictures(
        Array(start..<min(start + Self.batchSize, source.count)))
      sum += Self.sum(images.bytes[...])
      bytes += images.bytes.count
      if bytes >= Self.limit { break }
    }
    self.init(expected: Double(sum) / Double(max(bytes, 1)) / 255, isInverted: isInverted)
  }

  package mutating func look(at images: ImagesInMemory) {
    for index in 0..<images.count {
      let pixels = images.pixels(of: index)
      let mean = Double(Self.sum(pixels)) / Double(max(pixels.count, 1)) / 255
      count += 1
      sum += mean
      // Inverting it would bring it closer.
      if abs(mean - expected) > Self.margin, abs(1 - mean - expected) < abs(mean - expected) {
        suspects += 1
      }
    }
  }

  /// A hint for the user if at least half of the images are suspicious; otherwise `nil`.
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
        ? "without --invert they would be closer" : "--invert swaps dark and light")
  }

  private func percent(_ share: Double) -> String { NumberText.percent(share, 0) }

  private static func sum(_ bytes: ArraySlice<UInt8>) -> Int {
    var sum = 0
    bytes.withUnsafeBufferPointer { for byte in $0 { sum += Int(byte) } }
    return sum
  }
}

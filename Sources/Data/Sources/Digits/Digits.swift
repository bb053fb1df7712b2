import Dispatch
import Randomness

/// The embedded data set: handwriting-like digits 0 to 9, drawn from pen strokes, in MNIST's format.
///
/// Image `i` is a pure function of `i`: every machine, thread count and build mode draws the same bytes.
/// Therefore this folder computes only with +, -, *, / and square roots, which IEEE 754 defines exactly, and
/// takes all randomness from `RandomStream`.
package enum Digits {
  /// Samples 0..<60,000 are training examples.
  package static let trainCount = 60_000
  /// Samples 60,000..<70,000 are test examples.
  package static let testCount = 10_000
  package static let height = 28
  package static let width = 28
  package static let classCount = 10
  /// Must change whenever any pixel changes; part of cache names and of the fingerprint.
  package static let version = 1

  private static let seed: UInt64 = 0x6469_6769_7473
  /// Labels are balanced within every block of this many samples.
  private static let block = 1_000
  /// The number of samples that a thread draws at a time.
  private static let chunk = 250

  /// The images `range` (white ink on black), row-major, one after another, and their labels.
  package static func generate(_ range: Range<Int>) -> (pixels: [UInt8], labels: [UInt8]) {
    let labels = labels(range)
    let size = height * width
    let pixels = [UInt8](unsafeUninitializedCapacity: range.count * size) { buffer, count in
      let images = Images(first: buffer.baseAddress)
      DispatchQueue.concurrentPerform(iterations: (range.count + chunk - 1) / chunk) { part in
        guard let first = images.first else { return }
        var rasteriser = DigitRasteriser()
        for offset in (part * chunk)..<min((part + 1) * chunk, range.count) {
          draw(
            range.lowerBound + offset, label: Int(labels[offset]), with: &rasteriser,
            into: first + offset * size)
        }
      }
      count = range.count * size
    }
    return (pixels, labels)
  }

  /// The destination of the images; threads write to disjoint parts.
  private struct Images: @unchecked Sendable {
    let first: UnsafeMutablePointer<UInt8>?
  }

  /// The labels of the samples `range`: in random order, each a hundred times in a block of 1,000.
  private static func labels(_ range: Range<Int>) -> [UInt8] {
    var labels: [UInt8] = []
    labels.reserveCapacity(range.count)
    var sample = range.lowerBound
    while sample < range.upperBound {
      let place = sample / block
      let order = RandomStream(seed: seed, purpose: .digits, step: place, unit: 1)
        .permutation(block)
      let end = min((place + 1) * block, range.upperBound)
      labels += order[(sample - place * block)..<(end - place * block)]
        .map { UInt8($0 % classCount) }
      sample = end
    }
    return labels
  }

  /// Draws sample `index`, a digit `label`, into the 28×28 bytes at `image`.
  private static func draw(
    _ index: Int, label: Int, with rasteriser: inout DigitRasteriser,
    into image: UnsafeMutablePointer<UInt8>
  ) {
    let hand = Hand(index, label: label)
    let (sketch, distortion, pen) = (hand.sketch, hand.distortion, hand.pen)
    var draws = hand.draws
    let lines = sketch.strokes.map { stroke in
      let last = Float(stroke.count - 1)
      let bent = stroke.enumerated().map { distortion.apply($1, at: Float($0) / last) }
      return bent.indices.map { place in
        let direction = bent[min(place + 1, bent.count - 1)] - bent[max(place - 1, 0)]
        let radius = pen.radius(at: Float(place) / last, direction: direction)
        return DigitRasteriser.Dot(bent[place].x, bent[place].y, radius)
      }
    }
    rasteriser.draw(lines, softness: pen.softness, draws: &draws, into: image)
  }

  /// The random choices for a sample that are made before drawing.
  private struct Hand {
    let sketch: DigitSketch
    let distortion: DigitDistortion
    let pen: DigitPen
    /// The random numbers that remain for the drawing.
    let draws: DigitDraws

    init(_ index: Int, label: Int) {
      sketch = DigitSketch(
        of: label,
        draws: DigitDraws(RandomStream(seed: seed, purpose: .digits, step: index)))
      var draws = sketch.draws
      var low = SIMD2<Float>(repeating: 1e6)
      var high = SIMD2<Float>(repeating: -1e6)
      for stroke in sketch.strokes {
        for point in stroke {
          low = pointwiseMin(low, point)
          high = pointwiseMax(high, point)
        }
      }
      distortion = DigitDistortion(of: label, low: low, high: high, draws: &draws)
      pen = DigitPen(for: label, draws: &draws)
      self.draws = draws
    }
  }

  /// A property of a sample that is known from its drawing and that a model can learn to predict.
  package enum Feature: String, CaseIterable, Sendable {
    /// The slant: the tangent of the angle to the vertical, positive to the right.
    case slant
    /// The mean line width in pixels.
    case strokeWidth = "stroke_width"

    package var unit: String? { self == .strokeWidth ? "pixels" : nil }
  }

  /// The features of the samples `range`, row-major.
  package static func features(_ features: [Feature], of range: Range<Int>) -> [Float] {
    zip(range, labels(range)).flatMap { index, label in
      let hand = Hand(index, label: Int(label))
      return features.map { $0 == .slant ? hand.distortion.slant : 2 * hand.pen.radius }
    }
  }
}

/// The part of a picture that is left when its edges are cut off, each by a fraction of the picture.
struct PictureWindow: Hashable, Sendable {
  var left: Float = 0
  var right: Float = 0
  var top: Float = 0
  var bottom: Float = 0

  static let whole = PictureWindow()

  /// The most that is cut off one edge.
  static let largestCut: Float = 3 / 32

  var isWhole: Bool { self == .whole }

  /// The cuts of opposite edges that are tried, in all combinations of the two directions.
  static let cuts: [(low: Float, high: Float)] = [
    (0, 0), (1 / 32, 1 / 32), (2 / 32, 2 / 32), (0, 2 / 32), (2 / 32, 0),
  ]
}

/// Maps the 32 values of a row or column of a thumbnail to the ten lowest frequencies (a cosine transform) of
/// the part that is left between two cuts.
struct FrequencyMap: Sendable {
  /// Frequencies in each direction, zero included.
  static let count = 10
  /// Samples that the part is divided into.
  private static let samples = 20

  /// [frequency, place].
  let weights: [Float]
  /// [place, frequency], padded to 12 frequencies.
  let transposed: [Float]
  static let padded = 12

  init(low: Float, high: Float) {
    let (side, samples) = (Thumbnail.side, Self.samples)
    var weights = [Float](repeating: 0, count: Self.count * side)
    let start = low * Float(side)
    let step = Float(side) * (1 - low - high) / Float(samples)
    for sample in 0..<samples {
      let begin = start + step * Float(sample)
      let end = begin + step
      for place in max(0, Int(begin))..<min(side, Int(end.rounded(.up))) {
        let share = (min(end, Float(place + 1)) - max(begin, Float(place))) / step
        if share <= 0 { continue }
        for frequency in 0..<Self.count {
          weights[frequency * side + place] += share * Self.cosines[frequency * samples + sample]
        }
      }
    }
    self.weights = weights
    var transposed = [Float](repeating: 0, count: side * Self.padded)
    for place in 0..<side {
      for frequency in 0..<Self.count {
        transposed[place * Self.padded + frequency] = weights[frequency * side + place]
      }
    }
    self.transposed = transposed
  }

  /// The orthonormal cosine transform, [frequency, sample].
  private static let cosines: [Float] = (0..<count).flatMap { frequency in
    (0..<samples).map { sample in
      cosine(frequency, sample) * (2 / Float(samples)).squareRoot()
        * (frequency == 0 ? Float(0.5).squareRoot() : 1)
    }
  }
}

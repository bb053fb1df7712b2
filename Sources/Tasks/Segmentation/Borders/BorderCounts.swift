/// The border pixels of one class in the mask of an image and in its prediction.
struct BorderCounts: Sendable, Equatable {
  /// Border pixels in the mask.
  var truths = 0
  /// Those of them that have a border pixel of the prediction within the tolerance.
  var found = 0
  /// Border pixels in the prediction.
  var predicted = 0
  /// Those of them that have a border pixel of the mask within the tolerance.
  var right = 0

  /// The names of the recorded numbers of a class, in the order of ``numbers``.
  static func columns(_ number: Int) -> [String] {
    ["", "_found", "_predicted", "_right"].map { "border\(number)\($0)" }
  }

  var numbers: [Double] { [truths, found, predicted, right].map(Double.init) }

  init() {}

  /// - Parameter numbers: as recorded, four.
  init(_ numbers: some RandomAccessCollection<Double>) {
    let numbers = Array(numbers).map { Int($0) }
    (truths, found, predicted, right) = (numbers[0], numbers[1], numbers[2], numbers[3])
  }

  /// The harmonic mean of the shares of border pixels that are right and that are found; 0 if only one of the two
  /// masks has a border, `nil` if neither has.
  var f1: Double? {
    if truths == 0, predicted == 0 { return nil }
    guard found > 0, right > 0 else { return 0 }
    let precision = Double(right) / Double(predicted)
    let recall = Double(found) / Double(truths)
    return 2 * precision * recall / (precision + recall)
  }
}

/// What COCO's evaluation of boxes is based on.
///
/// https://cocodataset.org/#detection-eval, and `cocoeval.py` of pycocotools.
package struct CocoRules: Sendable, Equatable {
  /// The numbers of detections that count for each image and category, the surest first; ascending.
  package let maxDetections: [Int]

  package static let standardMaxDetections = [1, 10, 100]

  /// - Parameter maxDetections: positive numbers, at least one, in any order.
  package init(maxDetections: [Int] = standardMaxDetections) {
    self.maxDetections = Array(Set(maxDetections)).sorted()
    precondition((self.maxDetections.first ?? 0) > 0)
  }

  /// The largest of ``maxDetections``.
  package var most: Int { maxDetections[maxDetections.count - 1] }

  /// The least overlaps (intersection over union) that make a match: 0.5 to 0.95 in steps of 0.05, with NumPy's
  /// rounding.
  package static let overlaps: [Double] = linspace(0.5, 0.95, 10)

  /// The recalls at which precision is interpolated: 0 to 1 in steps of 0.01, with NumPy's rounding.
  package static let recalls: [Double] = linspace(0, 1, 101)

  private static func linspace(_ first: Double, _ last: Double, _ count: Int) -> [Double] {
    let step = (last - first) / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? last : Double($0) * step + first }
  }

  /// A range of areas in square pixels, both ends included.
  package enum Area: Int, CaseIterable, Sendable {
    case all, small, medium, large

    package var range: ClosedRange<Double> {
      switch self {
      case .all: 0...1e10
      case .small: 0...1024
      case .medium: 1024...9216
      case .large: 9216...1e10
      }
    }
  }
}

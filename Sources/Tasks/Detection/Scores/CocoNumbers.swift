import Tasks

/// COCO's twelve numbers of matched detections, or of a resample of their images. Each is computed when it is asked
/// for; what several have in common is computed once.
///
/// Not thread-safe.
package final class CocoNumbers {
  /// In COCO's order.
  package enum Number: Int, CaseIterable, Sendable {
    case ap, ap50, ap75, apSmall, apMedium, apLarge
    case ar1, ar10, ar100, arSmall, arMedium, arLarge

    fileprivate var area: CocoRules.Area {
      switch self {
      case .apSmall, .arSmall: .small
      case .apMedium, .arMedium: .medium
      case .apLarge, .arLarge: .large
      default: .all
      }
    }

    fileprivate var most: Int {
      switch self {
      case .ar1: 1
      case .ar10: 10
      default: 100
      }
    }
  }

  private struct Key: Hashable {
    let area: CocoRules.Area
    let most: Int
  }

  /// The scores of a category; `nil` if there is no box to be found.
  private struct Scores {
    var ap: Double?
    var ap50: Double?
    var ap75: Double?
    var ar: Double?
  }

  package let matches: DetectionMatches
  private let pooled = PrecisionRecall()
  private var times: [Int32]?
  private var known: [Key: [Scores]] = [:]

  /// - Precondition: the matches follow the standard rules.
  package init(_ matches: DetectionMatches) {
    precondition(matches.rules == CocoRules())
    self.matches = matches
  }

  /// Counts each image as often as it was drawn.
  package func repeated(_ times: [Int32]) {
    self.times = times
    known.removeAll(keepingCapacity: true)
  }

  /// The mean over the categories with boxes to be found; `nil` if there are none.
  package subscript(number: Number) -> Double? {
    CocoScores.mean(categories(number).lazy.compactMap(\.self))
  }

  /// The number of each category; `nil` for one without boxes to be found.
  package func categories(_ number: Number) -> [Double?] {
    let scores = scores(Key(area: number.area, most: number.most))
    return switch number {
    case .ap, .apSmall, .apMedium, .apLarge: scores.map(\.ap)
    case .ap50: scores.map(\.ap50)
    case .ap75: scores.map(\.ap75)
    case .ar1, .ar10, .ar100, .arSmall, .arMedium, .arLarge: scores.map(\.ar)
    }
  }

  private func scores(_ key: Key) -> [Scores] {
    if let scores = known[key] { return scores }
    // Precision counts only with the largest number of detections.
    let hasPrecision = key.most == matches.rules.most
    let scores = matches.categories.map { category in
      if let times {
        times.withUnsafeBufferPointer {
          pooled.pool(category, key.area, most: key.most, times: $0)
        }
      } else {
        pooled.pool(category, key.area, most: key.most)
      }
      var scores = Scores(ar: pooled.meanRecall)
      if hasPrecision {
        scores.ap = pooled.meanAveragePrecision
        if key.area == .all {
          scores.ap50 = pooled.averagePrecision(0)
          scores.ap75 = pooled.averagePrecision(5)
        }
      }
      return scores
    }
    known[key] = scores
    return scores
  }
}

@available(*, unavailable)
extension CocoNumbers: Sendable {}

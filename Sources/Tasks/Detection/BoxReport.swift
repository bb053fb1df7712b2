import BoxAnnotations
import DataSchema
import DetectionScores
import Tasks

/// The scores of each class and size and the kinds of mistakes, as written to `detection_report.json`.
package struct BoxReport: Sendable, Encodable {
  /// A class.
  package struct Row: Sendable, Encodable, Equatable {
    package var name: String
    /// Boxes to be found.
    package var boxes: Int
    /// Images in which there are any.
    package var images: Int
    /// Boxes found, with at least the score threshold.
    package var found: Int
    /// Those of them that are right at an overlap of 0.5.
    package var right: Int
    /// `nil` without boxes to be found.
    package var ap: Double?
    package var ap50: Double?
    package var ap75: Double?
    /// COCO's AR with 100 boxes an image.
    package var ar: Double?
    /// The share of the boxes that are found, with at least the score threshold.
    package var recall: Double?
    /// The share of the boxes found that are right, with at least the score threshold.
    package var precision: Double?

    enum CodingKeys: String, CodingKey {
      case name, boxes, images, found, right, ap, recall, precision
      case ap50 = "ap_50"
      case ap75 = "ap_75"
      case ar = "ar_100"
    }
  }

  /// Boxes of one size.
  package struct Size: Sendable, Encodable, Equatable {
    package var name: String
    package var boxes: Int
    /// Those that are found with at least the score threshold.
    package var right: Int
    package var map: Double?
    package var mar: Double?

    enum CodingKeys: String, CodingKey {
      case name, boxes, right, map
      case mar = "mar_100"
    }
  }

  /// Boxes that share a trait, and how many of them are found.
  package struct Group: Sendable, Encodable, Equatable {
    package var boxes = 0
    package var right = 0

    var recall: Double? { boxes == 0 ? nil : Double(right) / Double(boxes) }
  }

  package var images: Int
  /// Boxes to be found.
  package var boxes: Int
  /// The lowest score of the boxes that count as found below; see ``DetectionMistakes/threshold``.
  package var scoreThreshold: Double?
  package var found: Int
  package var right: Int
  package var map: Double?
  package var map50: Double?
  package var classes: [Row]
  package var sizes: [Size]
  /// How many boxes found are of each kind of mistake; `missed` are objects.
  package var mistakes: [String: Int]
  /// Boxes found by true class (rows) and class found, of those that lie on an object; the last row is for those
  /// on none, the last column for missed objects.
  package var confusion: [[Int]]
  /// Boxes that another box to be found overlaps by 0.3 or more.
  package var crowded: Group
  /// Boxes that reach the edge of the image.
  package var cutOff: Group

  enum CodingKeys: String, CodingKey {
    case images, boxes, found, right, map, classes, sizes, mistakes, confusion, crowded
    case scoreThreshold = "score_threshold"
    case map50 = "map_50"
    case cutOff = "cut_off"
  }

  static let crowdedOverlap = 0.3

  package init(_ task: DetectionTask, _ predictions: Predictions) {
    let sample = DetectionSample(predictions, classes: task.classNames.count)
    self.init(task, sample, DetectionMistakes(sample))
  }

  init(_ task: DetectionTask, _ sample: DetectionSample, _ all: DetectionMistakes) {
    let numbers = sample.numbers
    images = sample.count
    boxes = all.images.reduce(0) { $0 + $1.boxes }
    scoreThreshold = all.threshold
    found = all.images.reduce(0) { $0 + $1.found.count }
    right = all.count(.right)
    map = numbers[.ap]
    map50 = numbers[.ap50]
    classes = Self.rows(task, sample, all)
    sizes = [
      Self.size("small", CocoRules.Area.small, (numbers[.apSmall], numbers[.arSmall]), all),
      Self.size("medium", .medium, (numbers[.apMedium], numbers[.arMedium]), all),
      Self.size("large", .large, (numbers[.apLarge], numbers[.arLarge]), all),
    ]
    mistakes = ["missed": all.images.reduce(0) { $0 + $1.overlooked }]
    for kind in DetectionMistakes.Kind.allCases where kind != .right && kind != .ignored {
      mistakes[kind.rawValue] = all.count(kind)
    }
    confusion = Self.confusion(all, classes: sample.classes)
    (crowded, cutOff) = (Group(), Group())
    for image in all.images {
      let items = image.truth.items
      for (number, item) in items.enumerated() where item.hasToBeFound {
        let isFound = image.isFound[number]
        if Self.isCrowded(number, items) { crowded.add(isFound) }
        if Self.isCutOff(item, image.truth) { cutOff.add(isFound) }
      }
    }
  }

  private static func rows(
    _ task: DetectionTask, _ sample: DetectionSample, _ all: DetectionMistakes
  ) -> [Row] {
    let numbers = sample.numbers
    let (ap, ap50, ap75) = (
      numbers.categories(.ap), numbers.categories(.ap50), numbers.categories(.ap75)
    )
    let ar = numbers.categories(.ar100)
    var rows = (0..<sample.classes).map { label in
      Row(
        name: task.name(label), boxes: 0, images: 0, found: 0, right: 0, ap: ap[label],
        ap50: ap50[label], ap75: ap75[label], ar: ar[label])
    }
    for image in all.images {
      let labels = image.truth.items.filter(\.hasToBeFound).map(\.label)
      for label in labels { rows[label].boxes += 1 }
      for label in Set(labels) { rows[label].images += 1 }
      for found in image.found where found.kind != .ignored {
        rows[found.box.label].found += 1
        if found.kind == .right { rows[found.box.label].right += 1 }
      }
    }
    for label in rows.indices {
      let row = rows[label]
      if row.boxes > 0 { rows[label].recall = Double(row.right) / Double(row.boxes) }
      if row.found > 0 { rows[label].precision = Double(row.right) / Double(row.found) }
    }
    return rows
  }

  /// A box on the limit of two sizes belongs to both, as COCO has it.
  private static func size(
    _ name: String, _ area: CocoRules.Area, _ scores: (map: Double?, mar: Double?),
    _ all: DetectionMistakes
  ) -> Size {
    var group = Group()
    for image in all.images {
      for (number, item) in image.truth.items.enumerated()
      where item.hasToBeFound && area.range.contains(item.area.asWritten) {
        group.add(image.isFound[number])
      }
    }
    return Size(
      name: name, boxes: group.boxes, right: group.right, map: scores.map, mar: scores.mar)
  }

  private static func confusion(_ all: DetectionMistakes, classes: Int) -> [[Int]] {
    var matrix = [[Int]](repeating: Array(repeating: 0, count: classes + 1), count: classes + 1)
    for image in all.images {
      var confused: Set<Int> = []
      for found in image.found {
        switch found.kind {
        case .ignored, .duplicate: continue
        case .right, .wrongClass:
          guard let object = found.object else { continue }
          matrix[image.truth.items[object].label][found.box.label] += 1
          confused.insert(object)
        case .badlyPlaced, .background, .wrongClassAndPlace:
          matrix[classes][found.box.label] += 1
        }
      }
      for object in image.missed where !confused.contains(object) {
        matrix[image.truth.items[object].label][classes] += 1
      }
    }
    return matrix
  }

  private static func isCrowded(_ number: Int, _ items: [ImageBoxes.Item]) -> Bool {
    let box = Box(items[number])
    return items.indices.contains { other in
      other != number && items[other].hasToBeFound
        && box.intersectionOverUnion(Box(items[other])) >= crowdedOverlap
    }
  }

  private static func isCutOff(_ item: ImageBoxes.Item, _ image: ImageBoxes) -> Bool {
    item.traits.contains(.truncated) || item.x <= 0.5 || item.y <= 0.5
      || item.x + item.width >= Float(image.width) - 0.5
      || item.y + item.height >= Float(image.height) - 0.5
  }
}

extension BoxReport.Group {
  fileprivate mutating func add(_ isFound: Bool) {
    boxes += 1
    if isFound { right += 1 }
  }
}

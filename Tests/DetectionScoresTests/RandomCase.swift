import BoxAnnotations
import Randomness

/// A case of `Tests/Fixtures/detection/make.py`: the same draws lead to the same boxes.
struct RandomCase {
  static let count = 1000
  /// Cases with intervals, which have more images.
  static let larger: Set = [0, 10, 20]

  let annotations: BoxAnnotations
  let detections: [DetectedBox]
  let maxDetections: [Int]

  private static let equalBoxes = [
    Box(x: 10, y: 10, width: 40, height: 40), Box(x: 10, y: 10, width: 40, height: 40.25),
    Box(x: 60, y: 20, width: 8, height: 8),
  ]
  private static let limitSizes: [(Double, Double)] = [
    (32, 32), (96, 96), (16, 64), (64, 144), (31, 33), (32.25, 32), (96, 95.75), (128, 72),
  ]

  init(_ number: Int) {
    var draws = Draws(number)
    let kind = number % 10
    var images = 1 + draws.next(5)
    let categories = 1 + draws.next(4)
    if Self.larger.contains(number) { images = 12 }
    // Ids descend with the number of the image, so its place is the opposite one.
    func place(_ image: Int) -> Int { images - 1 - image }
    var annotated: [AnnotatedBox] = []
    var detected: [DetectedBox] = []
    for image in 0..<images {
      var count = draws.next(9)
      if kind == 1 && draws.next(2) == 0 { count = 0 }
      var here: [AnnotatedBox] = []
      for _ in 0..<count {
        let category = kind == 2 ? 0 : draws.next(categories)
        let box = Self.box(&draws, kind)
        let area = box.width * box.height * (draws.next(3) == 0 ? 0.75 : 1)
        let isCrowd = kind == 3 || draws.next(8) == 0
        here.append(
          AnnotatedBox(
            image: place(image), category: category, box: box, area: area, isCrowd: isCrowd))
      }
      annotated += here
      count = kind == 8 ? 60 : draws.next(14)
      if kind == 1 && draws.next(2) == 0 || kind == 9 && draws.next(2) == 0 { count = 0 }
      for _ in 0..<count {
        var category = draws.next(categories)
        var box = Self.box(&draws, kind)
        if !here.isEmpty && draws.next(4) > 0 {
          let object = here[draws.next(here.count)]
          category = object.category
          box = object.box
          if kind != 5 && kind != 7 {
            box.x += Double(draws.next(17) - 8) / 4
            box.y += Double(draws.next(17) - 8) / 4
            box.width = max(0, box.width + Double(draws.next(17) - 8) / 4)
            box.height = max(0, box.height + Double(draws.next(17) - 8) / 4)
          }
        }
        let score =
          kind == 4 ? Double(draws.next(3)) / 4 : Double(draws.next(1_000_000)) / 1_000_000
        detected.append(
          DetectedBox(image: place(image), category: category, box: box, score: score))
      }
    }
    annotations = BoxAnnotations(
      path: "case \(number)", format: .coco,
      images: (0..<images).reversed().map {
        AnnotatedImage(id: .number(1000 - 7 * $0), file: "", width: 640, height: 480)
      },
      categories: (0..<categories).map { BoxCategory(id: .number(3 * $0 + 1), name: "\($0)") },
      boxes: annotated)
    detections = detected
    maxDetections =
      Self.larger.contains(number)
      ? [1, 10, 100] : [[1, 10, 100], [1, 3, 7], [2, 5, 300]][number % 3]
  }

  private static func box(_ draws: inout Draws, _ kind: Int) -> Box {
    if kind == 5 { return equalBoxes[draws.next(3)] }
    let (x, y) = (Double(draws.next(400)) / 4, Double(draws.next(400)) / 4)
    if kind == 7 {
      let (width, height) = limitSizes[draws.next(8)]
      return Box(x: x, y: y, width: width, height: height)
    }
    var width = Double(1 + draws.next(480)) / 4
    var height = Double(1 + draws.next(480)) / 4
    if kind == 6 {
      width *= draws.next(3) > 0 ? 1 : 0
      height *= draws.next(3) > 0 ? 1 : 0
    }
    return Box(x: x, y: y, width: width, height: height)
  }
}

/// Integers at positions 0, 1, 2, … of a stream.
private struct Draws {
  private let stream: RandomStream
  private var position = 0

  init(_ number: Int) { stream = RandomStream(seed: 0, purpose: .split, step: number) }

  mutating func next(_ bound: Int) -> Int {
    defer { position += 1 }
    return stream.integer(below: bound, at: position)
  }
}

import ExperimentConfig
import RunRecord

/// A map as the values that ``ExampleMapTemplate`` shows: without scripts. The pictures of examples appear where the
/// pointer is, classes can be hidden, and the points move between t-SNE and the principal components, all by style
/// sheets.
package struct ExampleMapView {
  /// More groups cannot be hidden one by one.
  static let mostFilters = 40
  /// More names would hide the points.
  static let mostLabels = 15

  struct Point {
    var style: String
    var place: String
    var text: String
  }

  struct Group {
    var number: Int
    var style: String
    var name: String
    var count: String
    var purity: String
    var hasFilter: Bool
  }

  struct Label {
    var number: Int
    var place: String
    var name: String
  }

  var notes: [String]
  var points: [Point]
  var groups: [Group]
  var labels: [Label]
  var hasWrong: Bool
  var hasPurity: Bool
  var groupHeading: String
  var wrong: String
  var numbers: [String]
  var remarks: [String]

  /// - Parameters:
  ///   - hasPictures: whether the page has the pictures that the map names.
  ///   - more: how to see more examples.
  package init(_ map: ExampleMap, hasPictures: Bool, more: String) {
    let places = MapPlaces(map)
    var areRanges = false
    if case .ranges = map.grouping { areRanges = true }
    let spots =
      hasPictures
      ? Dictionary(uniqueKeysWithValues: map.pictured.enumerated().map { ($1, $0) }) : [:]
    func style(_ group: Int) -> String {
      areRanges ? "q\(group % 5)" : "c\(group % 8) s\(group / 8 % 4)"
    }
    // Wrong ones are drawn last, above the others.
    let order = map.points.indices.sorted {
      let (a, b) = (map.points[$0].isWrong == true, map.points[$1].isWrong == true)
      return a == b ? $0 < $1 : b
    }
    points = order.map { row in
      let point = map.points[row]
      var classes = "p g\(point.group) \(style(point.group))"
      if point.isWrong == true { classes += " w" }
      if places.isRight(row) { classes += " r" }
      var place = places.text(row)
      if let spot = spots[row] {
        classes += " t"
        place +=
          ";--u:\(spot % ExampleMap.pictureColumns);--v:\(spot / ExampleMap.pictureColumns)"
      }
      let name = point.name ?? "example \(point.index)"
      let answer =
        point.target == point.prediction && point.isWrong == false
        ? point.target : "\(point.target), predicted \(point.prediction)"
      return Point(
        style: classes, place: place,
        text: "\(Clipped.text(name, 200)): \(Clipped.text(answer, 200))")
    }
    groups = map.groups.enumerated().map { number, name in
      Group(
        number: number, style: style(number), name: Clipped.text(name, 100),
        count: NumberText.grouped(map.points.count { $0.group == number }),
        purity: map.quality.purity?.byGroup[number].map(ExampleMap.percent) ?? "",
        hasFilter: number < Self.mostFilters)
    }
    labels =
      map.groups.count <= Self.mostLabels && map.grouping == .classes
      ? map.groups.enumerated().compactMap { number, name in
        places.middle(of: map.points.indices.filter { map.points[$0].group == number }).map {
          Label(number: number, place: $0, name: Clipped.text(name, 100))
        }
      } : []
    hasWrong = map.wrong != nil
    hasPurity = map.quality.purity != nil
    groupHeading = Clipped.text(map.groupHeading, 100)
    wrong = NumberText.grouped(map.wrong ?? 0)
    notes = Self.notes(map, spots.count, more)
    numbers = map.qualityLines.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
    remarks = map.remarks
  }

  private static func notes(_ map: ExampleMap, _ pictures: Int, _ more: String) -> [String] {
    var notes = [
      "Each point is an example of the \(Clipped.text(map.split, 20)) set, where the model's features place it: \(Clipped.text(map.source, 200)). \(Clipped.text(map.colours, 400))"
    ]
    if map.points.count < map.available {
      notes.append(
        "Shown are \(NumberText.grouped(map.points.count)) of \(NumberText.grouped(map.available)) examples, taken in equal steps; \(more)."
      )
    }
    if pictures > 0 {
      notes.append(
        pictures < map.points.count
          ? "Point at an example to see it; the page holds pictures of \(NumberText.grouped(pictures)) of them, wrong predictions first."
          : "Point at an example to see it.")
    }
    return notes
  }

  /// The style sheet of a map, beside that of pages.
  ///
  /// - Parameter pictures: the `data:` address of ``ExampleMap/pictures``; `nil` without them.
  package static func css(_ map: ExampleMap, pictures: String?) -> String {
    var css = ExampleMapTemplate.css
    for group in map.groups.indices.prefix(mostFilters) {
      css += "\n.view:has(#g\(group):not(:checked)) .g\(group) { display: none; }"
    }
    if let pictures {
      let columns = min(ExampleMap.pictureColumns, map.pictured.count)
      css +=
        "\n.p.t:hover::before { background-image: url(\(pictures)); background-size: \(columns * 112)px auto; }"
    }
    return css
  }
}

/// Where points lie on the page, in percent of the map's sides.
private struct MapPlaces {
  private let tsne: [Double]
  private let pca: [Double]

  init(_ map: ExampleMap) {
    tsne = Self.scaled(map.points.flatMap(\.tsne))
    pca = Self.scaled(map.points.flatMap(\.pca))
  }

  /// To 3 to 97 percent, with equal scales, the second coordinate upwards.
  private static func scaled(_ values: [Double]) -> [Double] {
    let xs = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    let ys = stride(from: 1, to: values.count, by: 2).map { values[$0] }
    guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max() else {
      return []
    }
    let span = max(right - left, high - low, .leastNormalMagnitude)
    return values.indices.map { place in
      place % 2 == 0
        ? 50 + 94 * (values[place] - (left + right) / 2) / span
        : 50 - 94 * (values[place] - (low + high) / 2) / span
    }
  }

  func isRight(_ row: Int) -> Bool { tsne[2 * row] > 50 }

  func text(_ row: Int) -> String {
    Self.text(tsne[2 * row], tsne[2 * row + 1], pca[2 * row], pca[2 * row + 1])
  }

  private static func text(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> String {
    let numbers = [x, y, a, b].map { NumberText.fixed($0, 2) }
    return "--x:\(numbers[0]);--y:\(numbers[1]);--a:\(numbers[2]);--b:\(numbers[3])"
  }

  /// The medians of some points; `nil` without any.
  func middle(of rows: [Int]) -> String? {
    if rows.isEmpty { return nil }
    func median(_ values: [Double], _ offset: Int) -> Double {
      rows.map { values[2 * $0 + offset] }.sorted()[rows.count / 2]
    }
    return Self.text(median(tsne, 0), median(tsne, 1), median(pca, 0), median(pca, 1))
  }
}

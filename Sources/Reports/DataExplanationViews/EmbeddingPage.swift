import Diagnostics
import Embedding
import ExperimentConfig
import FoundationEssentials
import Mustache
import PNGImage
import Report
import WorkerProtocol

/// A map as one self-contained page without scripts: the pictures of examples appear where the pointer is, classes can
/// be hidden, and the points move between t-SNE and the principal components, all by style sheets.
package enum EmbeddingPage {
  /// Renders the page as HTML.
  ///
  /// - Parameter pictures: small pictures of examples by their row in the map; those without one have text only.
  package static func render(_ map: EmbeddingMap, pictures: [Int: PixelImage]) throws -> String {
    _ = HTMLText.registered
    let sheet = try ThumbnailSheet(pictures)
    let content = Content(map, sheet)
    do {
      return try MustacheTemplate(string: EmbeddingPageTemplate.text)
        .render(Root(style: Self.style(map, sheet), page: content))
    } catch {
      throw ProgramFault("the template of the map cannot be read: \(error)")
    }
  }

  /// The longer side of a picture in pixels.
  package static let pictureSide = ThumbnailSheet.side

  /// More groups cannot be hidden one by one.
  static let mostFilters = 40
  /// More names would hide the points.
  static let mostLabels = 15

  private struct Root {
    let style: String
    let page: Content
  }

  private static func style(_ map: EmbeddingMap, _ sheet: ThumbnailSheet?) -> String {
    var css = PageStyle.css + "\n" + EmbeddingPageTemplate.css
    for group in map.groups.indices.prefix(mostFilters) {
      css += "\n.view:has(#g\(group):not(:checked)) .g\(group) { display: none; }"
    }
    if let sheet {
      css +=
        "\n.p.t:hover::before { background-image: url(\(sheet.address)); background-size: \(sheet.columns * 112)px auto; }"
    }
    return css
  }

  struct Content {
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

    var title: String
    var facts: [String]
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
    var warnings: [String]
    var footer = "Written by runner explain."

    init(_ map: EmbeddingMap, _ sheet: ThumbnailSheet?) {
      title = "Map of \(map.run)"
      facts = [map.dataset, map.split, map.countText]
      let places = Places(map)
      // Wrong ones are drawn last, above the others.
      let order = map.points.indices.sorted {
        let (a, b) = (map.points[$0].isWrong == true, map.points[$1].isWrong == true)
        return a == b ? $0 < $1 : b
      }
      points = order.map { row in
        let point = map.points[row]
        var style = "p g\(point.group) c\(point.group % 8) s\(point.group / 8 % 4)"
        if map.quantity != nil { style = "p g\(point.group) q\(point.group)" }
        if point.isWrong == true { style += " w" }
        if places.isRight(row) { style += " r" }
        var place = places.text(row)
        if let spot = sheet?.spots[row] {
          style += " t"
          place += ";--u:\(spot.column);--v:\(spot.row)"
        }
        let name = point.name ?? "example \(point.index)"
        let answer =
          point.isWrong == false
          ? point.target : "\(point.target), predicted \(point.prediction)"
        return Point(style: style, place: place, text: "\(name): \(answer)")
      }
      groups = map.groups.enumerated().map { number, name in
        let style = map.quantity == nil ? "c\(number % 8) s\(number / 8 % 4)" : "q\(number)"
        return Group(
          number: number, style: style, name: name,
          count: NumberText.grouped(map.points.count { $0.group == number }),
          purity: map.quality.purity?.byClass[number].map(EmbeddingMap.percent) ?? "",
          hasFilter: number < EmbeddingPage.mostFilters)
      }
      labels =
        map.groups.count <= EmbeddingPage.mostLabels && map.quantity == nil
        ? map.groups.enumerated().compactMap { number, name in
          places.middle(of: map.points.indices.filter { map.points[$0].group == number }).map {
            Label(number: number, place: $0, name: name)
          }
        } : []
      hasWrong = map.points.contains { $0.isWrong != nil }
      hasPurity = map.quality.purity != nil
      groupHeading = map.quantity ?? "class"
      wrong = NumberText.grouped(map.wrong)
      notes = Self.notes(map, sheet?.spots.count ?? 0)
      numbers = map.qualityLines.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
      remarks = Self.remarks(map)
      warnings = map.warnings
    }

    private static func notes(_ map: EmbeddingMap, _ pictures: Int) -> [String] {
      var notes = [
        "Each point is an example of the \(map.split) set, where the model's features place it: \(map.source). Colours are \(map.quantity.map { "ranges of \($0)" } ?? "true classes")."
      ]
      if map.points.contains(where: { $0.isWrong != nil }) {
        notes[0] += " Rings mark the \(NumberText.grouped(map.wrong)) wrong predictions."
      }
      if map.points.count < map.features.available {
        notes.append(
          "Shown are \(NumberText.grouped(map.points.count)) of \(NumberText.grouped(map.features.available)) examples, taken in equal steps; --limit shows more."
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

    private static func remarks(_ map: EmbeddingMap) -> [String] {
      let count = map.features.variances.count
      return [
        "t-SNE (van der Maaten and Hinton, 2008) starts from the first two of \(count) principal components, which hold \(EmbeddingMap.percent(map.explained(count))) of the variance (the first two alone \(EmbeddingMap.percent(map.explained(2)))); perplexity \(NumberText.significant(map.tsne.perplexity, 3)), \(map.tsne.iterations) iterations, Kullback–Leibler divergence \(NumberText.fixed(map.tsne.divergence, 3)).",
        "t-SNE keeps neighbours together. Distances between groups, their sizes and their densities mean little.",
      ]
    }
  }
}

/// Where points lie on the page, in percent of the map's sides.
private struct Places {
  private let tsne: [Double]
  private let pca: [Double]

  init(_ map: EmbeddingMap) {
    tsne = Self.scaled(map.tsne.map.values)
    pca = Self.scaled(map.components.values)
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

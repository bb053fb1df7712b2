import Diagnostics
import ExampleMaps
import FoundationEssentials
import Mustache
import PNGImage
import Report
import RunRecord

/// A map of examples as one self-contained page without scripts.
package struct EmbeddingPage {
  private let title: String
  private let facts: [String]
  private let warnings: [String]
  private let map: ExampleMapView
  private let footer = "Written by runner explain."

  private struct Root {
    let style: String
    let page: EmbeddingPage
  }

  /// Renders the page as HTML.
  ///
  /// - Parameters:
  ///   - run: the name of the run.
  ///   - sheet: small pictures of the points that ``ExampleMap/pictured`` lists; those without one have text only.
  package static func render(
    _ map: ExampleMap, run: String, dataset: String, warnings: [String] = [], sheet: PixelImage?
  ) throws -> String {
    _ = HTMLText.registered
    let address = try sheet.map {
      "data:image/png;base64," + Data(try $0.png()).base64EncodedString()
    }
    let page = EmbeddingPage(
      title: "Map of \(run)", facts: [dataset, map.split, map.countText], warnings: warnings,
      map: ExampleMapView(map, hasPictures: sheet != nil, more: "--limit shows more"))
    do {
      return try MustacheTemplate(string: template)
        .render(
          Root(
            style: PageStyle.css + "\n" + ExampleMapView.css(map, pictures: address), page: page))
    } catch {
      throw ProgramFault("the template of the map cannot be read: \(error)")
    }
  }

  /// Values in double braces are escaped; only the style sheet is in triple braces.
  private static let template =
    MarkedPage.explanation.head + PageHead.opening + ExplanationOpening.warnings
    + "{{#map}}\n<section>\n" + ExampleMapTemplate.view
    + "</section>\n<section>\n<h2>What the numbers say</h2>\n" + ExampleMapTemplate.numbers
    + "</section>\n{{/map}}\n" + PageHead.tail
}

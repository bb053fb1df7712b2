import DataAnalysis
import Diagnostics
import Mustache
import Report

/// `runner data --html`: what the data hold and what is wrong with them, on one self-contained page that needs no
/// network and no scripts.
package enum DataPage {
  /// Renders the page as HTML.
  ///
  /// - Parameters:
  ///   - title: the name of the experiment.
  ///   - parts: those that the findings are about; the pictures of duplicates are read again.
  ///   - samples: `nil` if the inputs are no pictures.
  /// - Throws: `DataError` if a picture cannot be read any more.
  package static func render(
    _ findings: DataFindings, title: String, parts: [DataPart], samples: TransformedSamples?
  ) throws -> String {
    _ = HTMLText.registered
    let content = try DataPageContent(findings, title: title, ExampleImages(parts), samples)
    do {
      return try MustacheTemplate(string: DataPageTemplate.text).render(Root(page: content))
    } catch {
      throw ProgramFault("the template of the data page cannot be read: \(error)")
    }
  }

  private struct Root {
    let style = PageStyle.css + "\n" + DataPageTemplate.css
    let page: DataPageContent
  }
}

import Diagnostics
import ExampleMaps
import Files
import Mustache
import RunRecord
import Tasks

/// `report.html`: a complete report of a run on one self-contained page that needs no network and
/// no scripts.
package enum ReportPage {
  package static let name = "report.html"

  /// Writes the page of a run from the contents of its directory. A run that failed, or whose files
  /// are missing or damaged, gets a page that says so.
  ///
  /// - Parameter predictions: those of earlier evidence of the run; `nil` to read them.
  /// - Returns: the page's path.
  /// - Throws: ``FileError`` if the page cannot be written.
  @discardableResult
  package static func write(
    for run: RunDirectory, predictions: [String: Predictions]? = nil
  ) throws -> String {
    try write(RunEvidence(reading: run, predictions: predictions))
  }

  /// Writes the page from evidence that was already read.
  @discardableResult
  package static func write(_ evidence: RunEvidence) throws -> String {
    try evidence.run.write(render(evidence), to: name)
    return evidence.run.file(name)
  }

  /// Renders the page as HTML.
  package static func render(_ evidence: RunEvidence) throws -> String {
    _ = HTMLText.registered
    do {
      return try MustacheTemplate(string: PageTemplate.text)
        .render(Page(PageContent(evidence), evidence.examples))
    } catch {
      throw ProgramFault("the template of the report cannot be read: \(error)")
    }
  }

  /// The outermost names in the template.
  private struct Page {
    let style: String
    let page: PageContent
    let hasProblems: Bool
    let hasInsights: Bool
    let hasCharts: Bool
    let hasConfiguration: Bool
    let hasOverrides: Bool
    let hasEnvironment: Bool

    init(_ page: PageContent, _ examples: RunEvidence.MappedExamples?) {
      let map = examples.map { ExampleMapView.css($0.map, pictures: $0.pictures) }
      style = PageStyle.css + (map.map { "\n" + $0 } ?? "")
      self.page = page
      hasProblems = !page.problems.isEmpty
      hasInsights = !page.insights.isEmpty
      hasCharts = !page.charts.isEmpty
      hasConfiguration = !page.configuration.isEmpty
      hasOverrides = !page.overrides.isEmpty
      hasEnvironment = !page.environment.isEmpty
    }
  }
}

import Diagnostics
import Files
import Mustache
import RunRecord

/// `report.html`: all of a run on one page that needs no network and runs no script.
package enum ReportPage {
  package static let name = "report.html"

  /// Writes the page of a run from what its directory holds. A run that failed, or whose files are
  /// missing or damaged, gets a page that says so.
  ///
  /// - Returns: the page's path.
  /// - Throws: ``FileError`` where it cannot be written.
  @discardableResult
  package static func write(for run: RunDirectory) throws -> String {
    try write(RunEvidence(reading: run))
  }

  /// The same from what was read.
  @discardableResult
  package static func write(_ evidence: RunEvidence) throws -> String {
    try evidence.run.write(render(evidence), to: name)
    return evidence.run.file(name)
  }

  /// The page's text.
  package static func render(_ evidence: RunEvidence) throws -> String {
    _ = HTMLText.registered
    do {
      return try MustacheTemplate(string: PageTemplate.text).render(Page(PageContent(evidence)))
    } catch {
      throw ProgramFault("the template of the report cannot be read: \(error)")
    }
  }

  /// What the template's outermost names mean.
  private struct Page {
    let style = PageStyle.css
    let page: PageContent
    let hasProblems: Bool
    let hasInsights: Bool
    let hasCharts: Bool
    let hasConfiguration: Bool
    let hasOverrides: Bool
    let hasEnvironment: Bool

    init(_ page: PageContent) {
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

import Diagnostics
import ExperimentConfig
import Mustache
import RunRecord
import TaskRegistry

/// `report.html` of a sweep: the best trial, the search it came from, and a table of all trials.
package struct SweepPage {
  package struct Fact {
    package var label: String
    package var value: String
    package var detail: String

    package init(_ label: String, _ value: String, _ detail: String = "") {
      self.label = label
      self.value = value
      self.detail = detail
    }
  }

  /// Further rows are only in `results.csv`.
  private static let mostRows = 500

  let title: String
  let name: String
  let directory: String
  let facts: [String]
  let cards: [Fact]
  let remark: String
  let failures: [String]
  let figures: [Figure]
  let missing: [String]
  let heading: [String]
  let rows: [Row]
  let note: [String]
  let files =
    "sweep.json is the frozen plan, results.csv this table; trials/ contains ordinary runs."
  let footer = "runner \(Version.runner)"

  struct Figure {
    let style: String
    let caption: String
    let address: String
  }

  struct Row {
    let style: String
    let path: String
    let trial: String
    let status: String
    let cells: [String]
    let score: String
    let test: String
    let epochs: String
  }

  /// Writes the page of a sweep from its results and the images in `plots/`.
  ///
  /// - Parameters:
  ///   - facts: what was searched, and how.
  ///   - interval: the interval of the best trial's score, as text; `nil` if there is none.
  ///   - remark: how to interpret the best of many trials.
  /// - Throws: ``FileError`` if the page cannot be written.
  package static func write(
    _ table: SweepTable, in directory: String, name: String, facts: [String], interval: String?,
    remark: String, failures: [String]
  ) throws {
    let page = SweepPage(
      table, RunDirectory(path: directory), name, facts, interval, remark, failures)
    _ = HTMLText.registered
    let text: String
    do {
      text = try MustacheTemplate(string: SweepPageTemplate.text).render(Outer(page: page))
    } catch {
      throw ProgramFault("the template of the sweep's report cannot be read: \(error)")
    }
    try RunDirectory(path: directory).write(text, to: ReportPage.name)
  }

  private struct Outer {
    let style =
      PageStyle.css + """

        tr.best td { background: var(--good-tint); font-weight: 600; }
        .card b.long { font-size: 15px; }
        """
    let page: SweepPage
    let hasFailures: Bool

    init(page: SweepPage) {
      self.page = page
      hasFailures = !page.failures.isEmpty
    }
  }

  private init(
    _ table: SweepTable, _ directory: RunDirectory, _ name: String, _ facts: [String],
    _ interval: String?, _ remark: String, _ failures: [String]
  ) {
    self.name = Clipped.text(name, 200)
    title = self.name + ": sweep"
    self.directory = directory.path.split(separator: "/").last.map(String.init) ?? directory.path
    self.facts = facts
    self.failures = failures
    self.remark = table.rows.count > 1 ? remark : ""
    let objective = TaskRegistry.label(table.objective)
    cards = Self.cards(table, objective, interval)
    let plots = EmbeddedPlots(others: directory)
    figures = plots.plots.map {
      Figure(style: $0.name == "parallel" ? "wide" : "", caption: $0.caption, address: $0.address)
    }
    missing =
      plots.plots.isEmpty
      ? ["There are no plots; install gnuplot and run the same command to draw them."] : []
    heading = table.keys
    rows = table.rows.prefix(Self.mostRows).map { Self.row($0, table) }
    note =
      table.rows.count > Self.mostRows
      ? ["\(table.rows.count - Self.mostRows) more trials are in results.csv."] : []
  }

  private static func cards(
    _ table: SweepTable, _ objective: String, _ interval: String?
  ) -> [Fact] {
    var cards: [Fact] = []
    if let best = table.best {
      let values = zip(table.keys, best.values).map { "\($0)=\($1)" }.joined(separator: ", ")
      cards.append(Fact("Best: trial \(best.trial)", score(best.objective), objective))
      cards.append(Fact("Values", values, "trials/\(best.directory)"))
      if let interval { cards.append(Fact("Uncertainty", "", interval)) }
    }
    let counts = ["finished", "stopped", "failed", "unfinished", "planned"].compactMap { status in
      table.count(status) > 0 ? "\(table.count(status)) \(status)" : nil
    }
    cards.append(Fact("Trials", "\(table.rows.count)", counts.joined(separator: ", ")))
    return cards
  }

  private static func row(_ row: SweepTable.Row, _ table: SweepTable) -> Row {
    let testKey = "test_" + table.objective.dropFirst("validation_".count)
    return Row(
      style: row.rank == 1 ? "best" : "", path: "trials/\(row.directory)/\(ReportPage.name)",
      trial: "\(row.trial)", status: row.rank.map { "\($0)" } ?? row.status,
      cells: row.values.map { Clipped.text($0, 60) }, score: score(row.objective),
      test: score(row.scores[testKey]), epochs: row.epochs.map(String.init) ?? "–")
  }

  private static func score(_ value: Double?) -> String {
    value.map { NumberText.fixed($0, 4) } ?? "–"
  }
}

/// The page of a sweep, styled like a run's page. Values in double braces are escaped. Only two
/// values are in triple braces: the style sheet and a base64 address.
enum SweepPageTemplate {
  static let text =
    "{{% CONTENT_TYPE: \(HTMLText.name)}}" + PageHead.text + """
      <body>
      {{#page}}
      <header>
      <div class="top"><h1>{{name}}</h1><span class="badge good">sweep</span></div>
      <div class="mono soft">{{directory}}</div>
      <div class="facts">{{#facts}}<span>{{.}}</span>{{/facts}}</div>
      </header>
      <main>
      <section class="cards">
      {{#cards}}
      <div class="card"><small>{{label}}</small><b class="long">{{value}}</b><small>{{detail}}</small></div>
      {{/cards}}
      </section>
      <p class="soft">{{remark}}</p>
      {{/page}}
      {{#hasFailures}}
      <section>
      <h2>Without a result</h2>
      <ul>{{#page}}{{#failures}}<li>{{.}}</li>{{/failures}}{{/page}}</ul>
      </section>
      {{/hasFailures}}
      {{#page}}
      <section>
      <h2>Plots</h2>
      <div class="figures">
      {{#figures}}
      <figure class="plot {{style}}"><img src="{{{address}}}" alt="{{caption}}"><figcaption>{{caption}}</figcaption></figure>
      {{/figures}}
      </div>
      {{#missing}}
      <p class="soft">{{.}}</p>
      {{/missing}}
      </section>
      <section>
      <h2>Trials</h2>
      <div class="scroll"><table class="plain">
      <thead><tr><th class="n">Rank</th><th class="n">Trial</th>{{#heading}}<th>{{.}}</th>{{/heading}}<th class="n">Validation</th><th class="n">Test</th><th class="n">Epochs</th></tr></thead>
      <tbody>
      {{#rows}}
      <tr class="{{style}}"><td class="n">{{status}}</td><td class="n"><a href="{{path}}">{{trial}}</a></td>{{#cells}}<td>{{.}}</td>{{/cells}}<td class="n">{{score}}</td><td class="n">{{test}}</td><td class="n">{{epochs}}</td></tr>
      {{/rows}}
      </tbody></table></div>
      {{#note}}
      <p class="soft">{{.}}</p>
      {{/note}}
      <p class="soft">{{files}}</p>
      </section>
      </main>
      <footer>{{footer}}</footer>
      {{/page}}
      </body>
      </html>

      """
}

import Foundation
import Report
import RunRecord
import Testing

/// Texts from users and files leave no markup on the page.
@Suite struct HostileTextTests {
  static let texts = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
    "</style><style>*{display:none}", "</title></head>", "{{mustache}} {{{page.title}}} {{/page}}",
    "{{% CONTENT_TYPE:TEXT}}", "<!-- ", "]]>", "&lt;b&gt;", "a\u{0}b\u{1B}[31m\u{7F}\u{85}c",
    "\u{202E}gpj.exe", "<\u{301}script>\"\u{301} onload=\u{301}'\u{20DD}>\u{301}",
    "javascript:alert(1)", String(repeating: "x<y", count: 3334),
  ]

  private func page(_ text: String) throws -> String {
    let folder = try TemporaryFolder()
    var run = SampleRun()
    run.info.name = text
    run.info.warnings = [text]
    run.info.failure = text
    run.info.status = .failed
    run.info.command = ["runner", text]
    run.info.host = text
    run.info.cpu = text
    run.info.dataset.used = text
    run.info.dataset.requested = text + "!"
    run.info.dataset.origin = text
    run.info.dataset.files = [.init(path: text, sha256: text)]
    run.info.weights = RunInfo.Weights(
      source: "w", used: "w", path: text, sha256: text)
    run.info.git = RunInfo.Source(commit: text, isDirty: true)
    run.summary?.validation[text] = 0.5
    run.classNames = [text, text + "1", text + "2"]
    run.resolved += "description: " + text + "  # command line: " + text + "\n"
    let directory = try run.write(to: folder)
    let fileName = text.unicodeScalars.filter { $0 != "/" && $0 != "\u{0}" }.prefix(100)
    try folder.write("x", run.directory + "/" + String(String.UnicodeScalarView(fileName)))
    try folder.write("zz  " + text, run.directory + "/MANIFEST.sha256")
    return try ReportPage.render(RunEvidence(reading: directory))
  }

  /// The markup of the page: every tag's name with its attributes' names.
  private func tags(_ page: String) -> [String] {
    var tags: [String] = []
    var scalars = Array(page.unicodeScalars)[...]
    while let scalar = scalars.popFirst() {
      guard scalar == "<" else { continue }
      var tag = ""
      var quote: Unicode.Scalar?
      while let next = scalars.popFirst() {
        if next == quote {
          quote = nil
        } else if quote != nil {
          continue
        } else if next == "\"" || next == "'" {
          quote = next
        } else if next == ">" {
          break
        } else {
          tag.unicodeScalars.append(next)
        }
      }
      tags.append(tag)
    }
    return tags
  }

  @Test(arguments: texts) func nothingUnescaped(text: String) throws {
    let page = try page(text)
    let known = Set(tags(try self.page("harmless")))
    // One more tag, or one more attribute, would be the text's.
    let own = Set(tags(page)).subtracting(known)
    #expect(own.isEmpty)
    #expect(!page.contains("<script"))
    #expect(!page.contains("<img src=x"))
    #expect(page.components(separatedBy: "</style>").count == 2)
    #expect(page.components(separatedBy: "</html>").count == 2)
    for scalar in page.unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control)
      #expect(scalar != "\u{202E}")
    }
  }

  @Test func mustacheStaysText() throws {
    let page = try page("{{page.title}}|{{{style}}}")
    #expect(page.contains("{{page.title}}|{{{style}}}"))
  }

  @Test func longNamesAreCut() throws {
    let page = try page(String(repeating: "n", count: 10_000))
    let heading = page.split(separator: "<h1>").last?.prefix { $0 != "<" }
    #expect(heading?.count == 200)
  }

  @Test func overviewHoldsTheTextsAsTheyAre() throws {
    let folder = try TemporaryFolder()
    var run = SampleRun()
    run.info.warnings = ["<b>"]
    let overview = RunOverview(RunEvidence(reading: try run.write(to: folder)))
    #expect(overview.notices == ["Warning: <b>", "timings.jsonl: is missing"])
  }
}

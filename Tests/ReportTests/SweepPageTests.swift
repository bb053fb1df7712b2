import Foundation
import Report
import RunRecord
import Testing

@Suite struct SweepPageTests {
  @Test func namesTheBestAndEscapesEverything() throws {
    let folder = try TemporaryFolder()
    let table = SweepTable(
      keys: ["lr", "<b>"], objective: "validation_loss", higherIsBetter: false,
      rows: (1...600).map {
        SweepTable.Row(
          trial: $0, directory: "\($0)-ab", status: "finished",
          values: ["\($0)", "<script>alert(1)</script>"], objective: 1 / Double($0),
          scores: ["test_loss": 0.5])
      })
    try SweepPage.write(
      table, in: folder.path, name: "net <i>", facts: ["grid"], interval: "0.1 to 0.2",
      remark: "looks better than it is", failures: ["trial 3: \"<x>\""])
    let page = try String(contentsOfFile: folder.path + "/report.html", encoding: .utf8)
    #expect(page.contains("Best: trial 600"))
    #expect(page.contains("looks better than it is"))
    #expect(page.contains("0.1 to 0.2"))
    #expect(page.contains("100 more trials are in results.csv"))
    #expect(page.contains("href=\"trials/600-ab/report.html\""))
    #expect(!page.contains("<script") && !page.contains("<i>") && !page.contains("<x>"))
    #expect(!page.contains("http:") && !page.contains("https:"))
  }
}

import Comparison
import ComparisonFixtures
import Diagnostics
import ExperimentConfig
import Report
import Reporting
import RunRecord
import TestSupport
import Testing

@testable import ComparisonViews

@Suite struct ViewTests {
  private let folder: TemporaryFolder
  private let a: RunDirectory
  private let b: RunDirectory
  private let hostile: RunDirectory

  init() throws {
    folder = try TemporaryFolder()
    a = try SyntheticRun().write(folder.path, "a")
    var other = SyntheticRun()
    other.dropout = "0.9"
    other.skill = 0.6
    other.luck = 2
    other.weightScale = 2
    other.heldOutFrom = 20
    other.optimizer = "sgd:\n    lr: 0.1  # command line: optimizer=sgd lr=0.1 and many more words"
    b = try other.write(folder.path, "b")
    other.name = "<script>alert(1)</script>"
    other.cpu = "\u{1B}[31m<b>evil</b>\u{202E}"
    hostile = try other.write(folder.path, "c<img>")
  }

  private func terminal(_ width: Int = 80) -> Terminal {
    Terminal(environment: [:], isTerminal: true, columns: { width }, sink: { _ in })
  }

  private func plain(_ text: String) -> String { text.replacing(#/\u{1B}\[[0-9;]*m/#, with: "") }

  @Test(arguments: [72, 80, 100]) func aDifferenceFitsTheTerminal(_ width: Int) {
    let text = plain(DiffText(terminal(width), DiffOptions()).render(RunDiff(a, b)))
    for line in text.split(separator: "\n") {
      #expect(TerminalText.width(String(line)) <= width, "\(line)")
    }
    for heading in [
      "Configuration", "Data", "Validation scores", "Test scores", "Classes, test set",
      "Flipped examples, test set", "Weights", "Curves",
    ] {
      #expect(text.contains("\n\(heading)\n"), "\(heading)")
    }
    #expect(text.contains("A is better: test accuracy"))
    // What is the same is left out.
    #expect(!text.contains("\nEnvironment\n"))
    #expect(!text.contains("\nCode\n"))
  }

  @Test func everythingIsShownWhereItIsAskedFor() {
    let text = plain(
      DiffText(terminal(), DiffOptions(showsAll: true)).render(RunDiff(a, a)))
    #expect(text.contains("\nEnvironment\n"))
    #expect(text.contains("all 2 tensors are the same"))
    #expect(text.contains("Identical: A and B are the same run."))
  }

  @Test func noExamplesAreShownWhereNoneAreAskedFor() {
    let text = DiffText(terminal(), DiffOptions(examples: 0)).render(RunDiff(a, b))
    #expect(!text.contains("Flipped examples"))
  }

  @Test func nothingOfARunSteersATerminalOrAPage() throws {
    let diff = RunDiff(a, hostile)
    let text = plain(DiffText(terminal(), DiffOptions(showsAll: true)).render(diff))
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    let comparison = RunComparison([a, hostile])
    for page in [
      try DiffPage.render(diff, DiffOptions(showsAll: true)), try ComparePage.render(comparison),
    ] {
      #expect(!page.contains("<script"))
      #expect(!page.contains("<b>evil"))
      #expect(!page.contains("c<img>"))
      #expect(!page.contains("http://") && !page.contains("https://"))
    }
  }

  @Test func aPageHasTheVerdictAndAllLayers() throws {
    let page = try DiffPage.render(RunDiff(a, b), DiffOptions())
    #expect(page.contains("<strong>A is better</strong>"))
    #expect(page.contains(PageStyle.css))
    for heading in ["Configuration", "Test scores", "Classes, test set", "Curves", "Weights"] {
      #expect(page.contains("<h2>\(heading)</h2>"), "\(heading)")
    }
    #expect(page.contains("run.json does not name the data&#39;s files"))
  }

  @Test func jsonSaysTheVerdictAndTheNumbers() throws {
    let json = DiffJSON.make(RunDiff(a, b), DiffOptions(examples: 3))
    #expect(json["same"] == false)
    #expect(json["verdict"]?["outcome"] == "A better")
    // The third: other examples are held out, which no setting explains.
    #expect(json["verdict"]?["causes"]?.list.count == 3)
    #expect(json["flipped"]?["test"]?["examples"]?.list.count == 3)
    let accuracy = json["scores"]?["test"]?["scores"]?.list.first
    #expect(accuracy?["key"] == "accuracy")
    #expect(accuracy?["test"]?["significant"] == true)
    #expect(accuracy?["interval"]?.list.count == 2)
    // It must survive being written.
    let bytes = try JSONText.encode(json)
    #expect(try JSONText.encode(JSONText.decode(JSONValue.self, from: bytes)) == bytes)
  }

  @Test func csvHasALineARunAndQuotesWhatItMust() throws {
    let csv = ComparisonFiles.csv(RunComparison([a, b, hostile]))
    let lines = csv.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("run,status,model.3.dropout.p,optimizer,name,"))
    #expect(lines[0].contains(",test_accuracy,test_accuracy_low,test_accuracy_high,"))
    #expect(lines[0].contains(",parameters_total,parameters_trainable,seconds,"))
    #expect(lines[1].hasPrefix("a,finished,"))
  }

  @Test func markdownMarksTheBest() {
    let text = ComparisonFiles.markdown(RunComparison([a, b]))
    let lines = text.split(separator: "\n")
    #expect(lines[1] == "| --- | ---: | ---: |")
    #expect(lines.contains { $0.hasPrefix("| test accuracy | **0.") })
    #expect(lines.contains("| `model.3.dropout.p` | 0.2 | 0.9 |"))
    let columns = lines.filter { $0.hasPrefix("|") }.map { $0.count { $0 == "|" } }
    #expect(Set(columns) == [4])
  }

  @Test func manyRunsAreLaidOutBelowEachOther() {
    let comparison = RunComparison([a, b, a, b, a, b, a])
    let text = plain(CompareText(terminal()).render(comparison))
    for line in text.split(separator: "\n") where !line.contains("━") {
      #expect(TerminalText.width(String(line)) <= 80, "\(line)")
    }
    #expect(text.contains("  G  a"))
  }
}

@Suite struct FittedTableTests {
  @Test func longCellsGoOnBelow() {
    var table = FittedTable([.left, .right])
    table.add(["one two three", "1"])
    table.add(["a", "22"])
    #expect(table.render(width: 15) == "  one two   1\n  three\n  a        22\n")
  }

  @Test func wordsThatAreTooLongAreCut() {
    #expect(FittedTable.lines("abcdefgh ij", 3) == ["abc", "def", "gh", "ij"])
    #expect(FittedTable.lines("", 3) == [""])
    #expect(FittedTable.lines("  a", 3) == ["  a"])
  }

  @Test func magnitudesKeepFourDigits() {
    #expect(DiffWords.magnitude(0) == "0")
    #expect(DiffWords.magnitude(1.42449) == "1.424")
    #expect(DiffWords.magnitude(0.05) == "0.05000")
    #expect(DiffWords.magnitude(1.5e-7) == "1.50e-7")
    #expect(DiffWords.magnitude(.infinity) == "inf")
    #expect(DiffWords.magnitude(.nan) == "nan")
    #expect(NumberWords.p(0.03366) == "= 0.0337")
    #expect(NumberWords.p(1e-9) == "< 0.0001")
    #expect(NumberWords.signed(-0.00001) == "±0.0000")
  }
}

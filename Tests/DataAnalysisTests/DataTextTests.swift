import DataSchema
import Testing

@testable import DataAnalysis

@Suite struct DataTextTests {
  @Test func fits80ColumnsWhateverTheNames() {
    let long = String(repeating: "long name ", count: 30) + String(repeating: "x", count: 200)
    let source = VectorsInMemory(
      (0..<40).flatMap { [Float($0), 1] }, size: 2,
      target: DataField("y", .category([long, "b\u{1B}[31m\nfake"])),
      targets: Targets((0..<40).map { Float($0 / 20) }))
    var options = DataAnalysisOptions()
    options.columnNames = [long, "constant"]
    options.broken = [FileProblem(path: long, reason: "is damaged")]
    let lines = DataText.lines(
      DataFindings.analyse(
        [DataPart("train", source), DataPart("test", source)], options))
    for line in lines {
      #expect(line.count <= 80, "\(line)")
      #expect(!line.contains("\u{1B}") && !line.contains("\n"))
    }
  }

  @Test func showsTheBalanceAsBars() {
    let source = VectorsInMemory(
      (0..<40).map { Float($0 * 17 % 40) }, size: 1,
      target: DataField("y", .category(["cat", "dog"])),
      targets: Targets((0..<40).map { $0 < 30 ? 0 : 1 }))
    let lines = DataText.lines(DataFindings.analyse([DataPart("train", source)]))
    #expect(lines[0] == "train: 40 examples")
    #expect(lines[1] == "  cat  30    75.0%  " + String(repeating: "#", count: 30))
    #expect(lines[2] == "  dog  10    25.0%  " + String(repeating: "#", count: 10))
    #expect(lines.last == "Nothing suspicious was found.")
  }

  @Test(arguments: [
    (0.0, "0"), (0.49139, "0.4914"), (-12.5, "-12.5"), (1234.56, "1235"), (12_500_000, "1.25e7"),
    (0.00001, "1e-5"), (3, "3"), (.infinity, "inf"),
  ])
  func writesNumbersShortly(_ value: Double, _ text: String) {
    #expect(ShortNumber.text(value) == text)
  }
}

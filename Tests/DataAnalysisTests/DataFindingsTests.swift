import DataAnalysis
import DataSchema
import Foundation
import Testing

@Suite struct DataFindingsTests {
  private static let twoClasses = DataField("y", .category(["no", "yes"]))

  /// 40 rows: the answer, a constant, noise, the row number.
  private func table(_ target: DataField, _ targets: [Float]) -> VectorsInMemory {
    let rows = targets.enumerated().flatMap { row, value -> [Float] in
      [value * 2 + 1, 5, Float(row * 7919 % 101), Float(row)]
    }
    return VectorsInMemory(rows, size: 4, target: target, targets: Targets(targets))
  }

  @Test func describesPictures() throws {
    let pictures = Pictures(
      bytes: [0, 255] + Array(repeating: 51, count: 6),
      sizes: [
        ImageSize(channels: 1, height: 1, width: 2), ImageSize(channels: 1, height: 2, width: 3),
      ])
    let source = PicturesInMemory(pictures, classes: [0, 1], names: ["a", "b"])
    let summary = try #require(DataFindings.analyse([DataPart("train", source)]).parts[0].pictures)
    #expect(summary.count == 2 && summary.distinctSizes == 2)
    #expect(summary.smallest.description == "1 × 2" && summary.largest.description == "2 × 3")
    #expect(summary.median == summary.smallest)
    #expect(abs(summary.channels[0].mean - (1 + 6 * 0.2) / 8) < 1e-9)
    let square = (1 + 6 * 0.04) / 8 - 0.275 * 0.275
    #expect(abs(summary.channels[0].standardDeviation - square.squareRoot()) < 1e-9)
  }

  @Test func namesExamplesThatCannotBeRead() throws {
    let pictures = Pictures(
      bytes: Array(0..<200).map { UInt8($0) }, size: ImageSize(channels: 1, height: 1, width: 2))
    var source = PicturesInMemory(
      pictures, classes: Array(repeating: 0, count: 100), names: ["a"])
    source.broken = [3, 70]
    let findings = DataFindings.analyse([DataPart("train", source)])
    #expect(findings.parts[0].unreadable.total == 2)
    #expect(findings.parts[0].unreadable.shown.map(\.path) == ["3.png", "70.png"])
    #expect(findings.parts[0].pictures?.count == 98)
    #expect(findings.warnings.first?.code == "broken_files")
  }

  @Test func countsClassesAndReportsImbalanceAndMissingOnes() throws {
    let targets: [Float] = Array(repeating: 0, count: 60) + [1, 1, 1]
    let field = DataField("y", .category(["many", "few", "none"]))
    let source = VectorsInMemory(
      (0..<63).map { Float($0 * 37 % 63) }, size: 1, target: field, targets: Targets(targets))
    let findings = DataFindings.analyse([
      DataPart("train", source), DataPart("test", source, [0, 1]),
    ])
    #expect(findings.parts[0].classes?.map(\.count) == [60, 3, 0])
    #expect(findings.parts[1].classes?.map(\.count) == [2, 0, 0])
    let codes = findings.warnings.map(\.code)
    #expect(codes.count { $0 == "missing_classes" } == 2)
    #expect(codes.contains("class_imbalance") && codes.contains("few_examples"))
    // The most serious come first.
    let order = findings.warnings.map { DataWarning.Severity.allCases.firstIndex(of: $0.severity)! }
    #expect(order == order.sorted())
  }

  @Test func findsConstantAndLeakingColumns() throws {
    let targets: [Float] = (0..<40).map { $0 * 13 % 40 < 20 ? 0 : 1 }
    var options = DataAnalysisOptions()
    options.columnNames = ["answer", "site", "noise", "row"]
    let findings = DataFindings.analyse(
      [DataPart("train", table(Self.twoClasses, targets))], options)
    let columns = try #require(findings.columns)
    #expect(columns.constant.shown == ["site"])
    #expect(columns.leaking.shown.map(\.name) == ["answer"])
    #expect(columns.leaking.shown[0].measure == .auc && columns.leaking.shown[0].value == 1)
    #expect(findings.warnings.first?.code == "leaking_columns")
  }

  @Test func findsThatRowsAreSortedByClass() throws {
    let field = DataField("y", .category(["a", "b", "c"]))
    let targets = (0..<300).map { Float($0 / 100) }
    let columns = try #require(
      DataFindings.analyse([DataPart("train", table(field, targets))]).columns)
    #expect(columns.leaking.shown.map(\.name) == ["column 1", "column 4"])
    #expect(columns.leaking.shown.allSatisfy { $0.measure == .correctShare && $0.value >= 0.99 })
  }

  @Test func findsNumbersThatGiveTheAnswer() throws {
    let field = DataField("price", .numbers([Quantity("price", unit: "EUR")]))
    let targets = (0..<40).map { Float($0 * 31 % 40) }
    let findings = DataFindings.analyse([DataPart("train", table(field, targets))])
    #expect(findings.columns?.leaking.shown.map(\.name) == ["column 1"])
    #expect(findings.columns?.leaking.shown.first?.measure == .correlation)
    let number = try #require(findings.parts[0].numbers?.first)
    #expect(number.minimum == 0 && number.maximum == 39 && number.mean == 19.5)
    #expect(abs((number.standardDeviation ?? 0) - (41.0 * 40 / 12).squareRoot()) < 1e-9)
  }

  @Test func reportsValuesThatAreNotFinite() throws {
    let source = VectorsInMemory(
      [1, .nan, 3, .infinity], size: 1, target: Self.twoClasses, targets: Targets([0, 1, 0, 1]))
    let findings = DataFindings.analyse([DataPart("train", source)])
    #expect(findings.columns?.notFinite.shown == ["column 1"])
    #expect(findings.warnings.contains { $0.code == "not_finite_columns" })
  }

  @Test func countsLabels() {
    let source = VectorsInMemory(
      [1, 2, 3], size: 1, target: DataField("y", .labelSet(["a", "b"])),
      targets: Targets([1, 0, 1, 1, 0, 0], width: 2))
    #expect(
      DataFindings.analyse([DataPart("train", source)]).parts[0].labels?.map(\.count) == [2, 1])
  }

  @Test func findsGroupsThatCrossParts() throws {
    let source = VectorsInMemory(
      [1, 2, 3, 4], size: 1, target: Self.twoClasses, targets: Targets([0, 1, 0, 1]))
    let findings = DataFindings.analyse([
      DataPart("train", source, [0, 1], groups: ["x", "y"]),
      DataPart("test", source, [2, 3], groups: ["y", "z"]),
    ])
    let groups = try #require(findings.groups)
    #expect(groups.count == 3 && groups.crossing.total == 1)
    #expect(groups.crossing.shown[0].group == "y")
    #expect(groups.crossing.shown[0].parts == ["train", "test"])
    #expect(findings.warnings.contains { $0.code == "groups_across_parts" })
  }

  @Test func listsAreCappedAndTotalsAreNot() {
    var options = DataAnalysisOptions()
    options.listLimit = 2
    options.skipped = (0..<5).map { FileProblem(path: "\($0).txt", reason: "is no image") }
    let findings = DataFindings.analyse([], options)
    #expect(findings.skipped.total == 5 && findings.skipped.shown.count == 2)
  }

  @Test func jsonHasSnakeCaseKeysAndComesBack() throws {
    let findings = DataFindings.analyse([
      DataPart("train", table(Self.twoClasses, (0..<40).map { Float($0 % 2) }))
    ])
    let data = try JSONEncoder().encode(findings)
    #expect(try JSONDecoder().decode(DataFindings.self, from: data) == findings)
    func keys(_ value: Any) -> [String] {
      if let object = value as? [String: Any] { return object.keys + object.values.flatMap(keys) }
      return (value as? [Any])?.flatMap(keys) ?? []
    }
    let all = keys(try JSONSerialization.jsonObject(with: data))
    #expect(all.contains("exact_copies") && all.contains("not_finite"))
    #expect(all.allSatisfy { $0 == $0.lowercased() })
  }

  @Test func noExamplesAreNoFault() {
    let source = VectorsInMemory([], size: 1, target: Self.twoClasses, targets: Targets([]))
    let findings = DataFindings.analyse([DataPart("train", source)])
    #expect(findings.duplicates == nil && findings.parts[0].examples == 0)
  }
}

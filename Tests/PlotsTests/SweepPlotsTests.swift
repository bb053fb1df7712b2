import Files
import Foundation
import FoundationXML
import Plots
import RunRecord
import Testing

@Suite struct SweepPlotsTests {
  private func table(_ trials: Int, keys: [String]) -> SweepTable {
    SweepTable(
      keys: keys, objective: "validation_loss", higherIsBetter: false,
      rows: (1...trials).map { trial in
        SweepTable.Row(
          trial: trial, directory: "\(trial)-a", status: "finished",
          values: keys.indices.map { key in
            key == 0 ? "\(Double(trial) * 1e-4)" : key == 1 ? ["a'b", "%s $x"][trial % 2] : "7"
          }, objective: 1 / Double(trial))
      })
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")))
  func everyKeyHasAPictureWhateverItsName() async throws {
    let folder = try TemporaryFolder()
    let curves = (1...30).map { trial in
      SweepPlots.Curve(trial: trial, values: [1, 0.5, 1 / Double(trial)])
    }
    let outcome = try await SweepPlots.write(
      table(30, keys: ["lr", "it's; `rm` \"%\"", "constant"]), curves: curves, name: "net",
      in: folder.path)
    #expect(outcome.skipped == [])
    #expect(
      outcome.files.filter { $0.hasSuffix(".svg") } == [
        "plots/by_lr.svg", "plots/by_it_s___rm_____.svg", "plots/by_constant.svg",
        "plots/parallel.svg", "plots/curves.svg",
      ])
    for file in outcome.files where file.hasSuffix(".svg") {
      let parser = XMLParser(data: try Data(contentsOf: URL(filePath: folder.path + "/" + file)))
      #expect(parser.parse(), "\(file)")
    }
  }

  @Test func withoutAFinishedTrialThereIsNothingToDraw() async throws {
    let folder = try TemporaryFolder()
    var table = table(1, keys: ["lr"])
    table.rows[0].rank = nil
    let outcome = try await SweepPlots.write(table, curves: [], name: "net", in: folder.path)
    #expect(outcome.files == [])
    #expect(outcome.skipped.map(\.plot).contains("objective"))
  }
}

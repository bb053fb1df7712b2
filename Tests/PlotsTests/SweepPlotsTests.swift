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

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")))
  func twoKeysHaveAHeatMap() async throws {
    func rows(_ pairs: [(String, String)]) -> SweepTable {
      SweepTable(
        keys: ["lr", "it's %g"], objective: "validation_accuracy", higherIsBetter: true,
        rows: pairs.enumerated().map { index, pair in
          SweepTable.Row(
            trial: index + 1, directory: "\(index + 1)-a", status: "finished",
            values: [pair.0, pair.1], objective: 0.5 + Double(index) / 100)
        })
    }
    let rates = ["1e-4", "1e-3", "1e-2"]
    let grid = rates.flatMap { rate in ["adam", "sgd"].map { (rate, $0) } }
    let scattered = (1...20).map { ("\(Double($0) * 0.013)", "\(Double($0 * $0 % 17))") }
    for (pairs, cells) in [(grid, true), (Array(grid.dropLast()), true), (scattered, false)] {
      let folder = try TemporaryFolder()
      let outcome = try await SweepPlots.write(
        rows(pairs), curves: [], name: "net", in: folder.path)
      #expect(outcome.files.contains("plots/heat_map.svg"))
      let data = try Data(contentsOf: URL(filePath: folder.path + "/plots/heat_map.svg"))
      #expect(XMLParser(data: data).parse())
      // The score of the best trial is written into its cell.
      let best = "\(0.5 + Double(pairs.count - 1) / 100)"
      #expect(String(decoding: data, as: UTF8.self).contains(">\(best)<") == cells)
    }
    let folder = try TemporaryFolder()
    let single = try await SweepPlots.write(
      rows([("1", "a"), ("2", "a")]), curves: [], name: "net", in: folder.path)
    #expect(single.skipped.map(\.plot).contains("heat_map"))
  }
}

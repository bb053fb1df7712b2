import Figures
import Foundation
import FoundationXML
import RunRecord
import Testing

@testable import Plots

@Suite struct RatePlotTests {
  private func test(_ steps: Int, loss: (Int) -> Double) -> RateTest {
    let range = RateRange(start: 1e-6, end: 10, steps: steps)
    var test = RateTest()
    for step in 1...steps where !test.diverged {
      test.add(rate: range.rate(at: step), loss: loss(step))
    }
    return test
  }

  private func commands(_ test: RateTest, _ name: String = "net") throws -> [String] {
    guard case .figure(let figure) = RatePlot.drawing(test, runName: name) else {
      Issue.record("nothing is drawn")
      return []
    }
    return figure.commands
  }

  @Test func showsTheLossByTheLogarithmOfTheRate() throws {
    let test = test(100) { 2 - 0.01 * Double($0) }
    let lines = try commands(test)
    #expect(lines.contains("set logscale x"))
    #expect(lines.contains { $0.hasPrefix("set xrange [1e-06:") })
    #expect(lines.contains { $0.hasPrefix("set arrow") && $0.contains("\(test.suggestion ?? 0)") })
    #expect(lines.count { $0 == "END_OF_DATA" } == 2)
  }

  /// What lies beyond the divergence must not press the rest of the curve flat.
  @Test func aDivergingLossIsCutOff() throws {
    let test = test(100) { $0 < 80 ? 2 - 0.01 * Double($0) : exp(Double($0 - 79) * 2) }
    #expect(test.diverged)
    let line = try #require(commands(test).first { $0.hasPrefix("set yrange") })
    let top = try #require(
      line.split(separator: ":").last.flatMap { Double($0.dropLast()) })
    #expect(top < 4 && top > 2)
  }

  @Test func withoutASuggestionThereIsNoLine() throws {
    let lines = try commands(test(40) { 1 + 0.01 * Double($0) })
    #expect(!lines.contains { $0.hasPrefix("set arrow") })
  }

  @Test func oneStepIsNoCurve() {
    guard case .skipped(let name, _) = RatePlot.drawing(test(1) { _ in 1 }, runName: "net") else {
      Issue.record("something is drawn")
      return
    }
    #expect(name == "lr_range")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gnuplot")))
  func isDrawnInBothFormatsWhateverTheNameAndTheLosses() async throws {
    let curves: [(Int) -> Double] = [
      { 2 - 0.01 * Double($0) }, { _ in 0 }, { _ in 1e300 }, { -Double($0) },
      { 1e-300 * Double($0) },
    ]
    for curve in curves {
      let folder = try TemporaryFolder()
      let outcome = try await RatePlot.write(
        test(60, loss: curve), name: "it's; `rm` \"%\"", in: folder.path)
      #expect(outcome.skipped == [])
      #expect(outcome.files == ["plots/lr_range.svg", "plots/lr_range.png"])
      let file = URL(filePath: folder.path + "/plots/lr_range.svg")
      #expect(XMLParser(data: try Data(contentsOf: file)).parse())
    }
  }
}

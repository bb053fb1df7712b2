import ExplainPage
import HeatMaps
import Testing
import WorkerProtocol

@Suite struct SanityCheckTests {
  private func item(_ correlations: [Double?]) -> ExplainedItem {
    var item = ExplainedItem(place: 0, height: 1, width: 1, label: 0, score: 0)
    var map = ExplainedItem.Map(.gradCAM)
    map.sanity = zip(ExplainedItem.Sanity.Extent.allCases, correlations).map {
      ExplainedItem.Sanity($0, rankCorrelation: $1, structuralSimilarity: nil)
    }
    item.maps = [map, ExplainedItem.Map(.saliency)]
    return item
  }

  @Test func similaritiesAreMeansOverPictures() throws {
    let checks = SanityCheck.all([item([0.9, 0.5, 0.2]), item([0.7, 0.1, nil])])
    // Saliency was not checked.
    let check = try #require(checks.first)
    #expect(checks.count == 1 && check.method == .gradCAM && check.pictures == 2)
    let means = check.similarities.map(\.rankCorrelation)
    #expect(abs((means[0] ?? 0) - 0.8) < 1e-12 && abs((means[1] ?? 0) - 0.3) < 1e-12)
    #expect(means[2] == 0.2)
    #expect(check.similarities.allSatisfy { $0.structuralSimilarity == nil })
  }

  @Test func theVerdictSaysWhatTheNumbersSay() {
    func verdict(_ all: Double?) -> String {
      SanityCheck.all([item([0.9, 0.9, all])])[0].verdict
    }
    #expect(verdict(0.12).contains("depend on the weights. That does not show that they are right"))
    #expect(verdict(0.12).contains("0.12 for this picture"))
    #expect(verdict(0.8).contains("does not come from what the model has learned"))
    #expect(verdict(-0.8).contains("does not come from"))
    #expect(verdict(nil).contains("their maps are constant"))
  }

  @Test func completenessIsRoundedUp() {
    func text(_ sum: Double, _ score: Double) -> String {
      ExplanationWords.text(
        ExplainedItem.Completeness(sum: sum, score: score, baselineScore: 1, steps: 50))
    }
    #expect(text(2.0301, 3) == "off by 1.6% (50 steps)")
    #expect(text(2, 3) == "complete to within 0.1% (50 steps)")
    #expect(text(0.5, 1) == "score equals that of the baseline (50 steps)")
  }
}

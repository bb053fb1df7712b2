import Statistics
import Testing

/// Rank correlation and structural similarity. The numbers are those of SciPy 1.17 and scikit-image 0.26.
@Suite struct MapSimilarityTests {
  @Test func rankCorrelationIsSciPys() throws {
    let x: [Double] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    let y: [Double] = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8]
    let found = try #require(RankCorrelation.spearman(x, y))
    #expect(abs(found - 0.13471506281091267) < 1e-14)
    #expect(RankCorrelation.spearman(x, x.map { $0 * $0 * $0 }) == 1)
    #expect(RankCorrelation.spearman(x, x.map { -$0 }) == -1)
    #expect(RankCorrelation.spearman(x, x.map { _ in 1 }) == nil)
    #expect(RankCorrelation.spearman([], []) == nil)
  }

  @Test func structuralSimilarityIsScikitImages() throws {
    let (height, width) = (9, 11)
    let a = (0..<height * width).map { Double($0 * 37 % 101) / 100 }
    let b = (0..<height * width).map { Double($0 * 53 % 97) / 96 }
    for (other, expected) in [
      (b, 0.025188846529160577), (a.map { 0.5 * $0 + 0.25 }, 0.8011044510300898), (a, 1),
    ] {
      let found = try #require(StructuralSimilarity.mean(a, other, width: width))
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(StructuralSimilarity.mean([1, 2, 3, 4], [1, 2, 3, 4], width: 2) == nil)
  }
}

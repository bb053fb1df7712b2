import Testing

@testable import Embedding

@Suite("t-SNE")
struct TSNETests {
  private func options(_ method: TSNE.Method) -> TSNE.Options {
    var options = TSNE.Options()
    options.method = method
    return options
  }

  @Test(
    "reaches scikit-learn's divergence and keeps as many neighbours",
    arguments: [("exact", TSNE.Method.exact), ("barnes_hut", .barnesHut(angle: 0.5))])
  func reachesTheDivergence(_ name: String, _ method: TSNE.Method) throws {
    let golden = try #require(try Golden.read().tsne[name])
    let points = try Golden.points()
    let found = try #require(TSNE(points, options(method)))
    // So few points have several optima that differ by some percent; `make bench-embedding` compares 2,000.
    #expect(found.divergence < golden.kl_divergence * 1.05)
    // Far below would mean that it measures something else.
    #expect(found.divergence > golden.kl_divergence * 0.93)
    let trust = try #require(
      MapQuality.trustworthiness(of: found.map, for: points, neighbours: 7))
    #expect(trust > (golden.trustworthiness ?? 1) - 0.01)
    #expect(found.perplexity == 30)
  }

  @Test("of few points with another perplexity")
  func ofFewPoints() throws {
    let golden = try #require(try Golden.read().tsne["few"])
    let all = try Golden.points()
    var options = TSNE.Options()
    options.perplexity = 5
    let found = try #require(
      TSNE(PointSet(Array(all.values.prefix(40 * 16)), width: 16), options))
    let ratio: Double = found.divergence / golden.kl_divergence
    #expect(ratio > 0.9 && ratio < 1.1)
  }

  @Test("is the same for any number of threads, and every time")
  func doesNotDependOnThreads() throws {
    let points = try Golden.points()
    for method in [TSNE.Method.exact, .barnesHut(angle: 0.5)] {
      var options = options(method)
      options.iterations = 300
      let one = try #require(TSNE(points, options))
      options.threads = 3
      let three = try #require(TSNE(points, options))
      #expect(one.map == three.map)
      #expect(one.divergence == three.divergence)
    }
  }

  @Test("of equal points ends with finite coordinates")
  func ofEqualPoints() throws {
    let equal = PointSet([Double](repeating: 1, count: 3 * 20), width: 3)
    for method in [TSNE.Method.exact, .barnesHut(angle: 0.5)] {
      let found = try #require(TSNE(equal, options(method)))
      #expect(found.map.values.allSatisfy { $0.isFinite })
    }
    let pairs = PointSet(
      (0..<24).flatMap { (place: Int) -> [Double] in [Double(place / 2), Double(place / 2 % 3)] },
      width: 2)
    let found = try #require(TSNE(pairs, options(.barnesHut(angle: 0.5))))
    #expect(found.map.values.allSatisfy { $0.isFinite })
    #expect(found.perplexity == 23.0 / 3)
  }

  @Test("takes far points together")
  func treesApproximateForces() {
    var coordinates = (0..<800).map { (place: Int) -> Double in
      Double((place * 7919) % 1601) / 100 + Double(place % 7)
    }
    // Three equal points.
    for place in 0..<4 { coordinates[place + 2] = coordinates[place % 2] }
    let errors = [0, 0.5, 1.5].map { angle in
      coordinates.withUnsafeBufferPointer { points -> (sum: Double, force: Double) in
        let tree = QuadTree(points)
        var stack: [Int32] = []
        var worst = (sum: 0.0, force: 0.0)
        for point in 0..<400 {
          let (x, y) = (points[2 * point], points[2 * point + 1])
          var exact = (sum: -1.0, x: 0.0, y: 0.0)
          for other in 0..<400 {
            let (dx, dy) = (x - points[2 * other], y - points[2 * other + 1])
            let share: Double = 1 / (1 + dx * dx + dy * dy)
            exact.sum += share
            exact.x += share * share * dx
            exact.y += share * share * dy
          }
          let found = tree.repulsion(x: x, y: y, angle: angle, stack: &stack)
          worst.sum = max(worst.sum, abs(found.sum - exact.sum) / exact.sum)
          worst.force = max(worst.force, abs(found.x - exact.x), abs(found.y - exact.y))
        }
        return worst
      }
    }
    #expect(errors[0].sum < 1e-12 && errors[0].force < 1e-12)
    #expect(errors[1].sum < 0.05 && errors[1].sum > 1e-6)
    #expect(errors[2].sum > errors[1].sum)
  }

  @Test("ends when it is interrupted")
  func isInterrupted() throws {
    var asked = 0
    let found = TSNE(try Golden.points()) {
      asked += 1
      return asked > 3
    }
    #expect(found == nil)
    #expect(asked == 4)
  }
}

@Suite("Quality of maps")
struct MapQualityTests {
  @Test("purity, silhouette and trustworthiness are scikit-learn's")
  func areScikitLearns() throws {
    let golden = try Golden.read()
    let points = try Golden.points()
    let near = NearestNeighbors(of: points, count: 10)
    for (row, neighbours) in golden.neighbours.enumerated() {
      #expect(Array(near.neighbours(of: row)) == neighbours)
    }
    let purity = MapQuality.purity(near, classes: golden.labels, count: 10)
    #expect(abs(purity.overall - golden.purity) < 1e-12)
    #expect(purity.chance > 0.05 && purity.chance < 0.2)
    let silhouette = try #require(
      MapQuality.silhouette(points, classes: golden.labels, count: 10, threads: 2))
    #expect(abs(silhouette - golden.silhouette) < 1e-9)
    let components = PrincipalComponents(try Golden.floats(), width: 16, count: 2)
    let trust = try #require(
      MapQuality.trustworthiness(of: components.scores, for: points, neighbours: 7, threads: 2))
    #expect(abs(trust - golden.trustworthiness) < 1e-9)
  }

  @Test("is undefined where there is nothing to compare")
  func isUndefined() {
    let points = PointSet([0, 1, 2, 3, 4, 5], width: 1)
    #expect(MapQuality.silhouette(points, classes: [0, 0, 0, 0, 0, 0], count: 2) == nil)
    #expect(MapQuality.silhouette(points, classes: [0, 1, 2, 3, 4, 5], count: 6) == nil)
    #expect(MapQuality.trustworthiness(of: points, for: points, neighbours: 3) == nil)
    #expect(MapQuality.trustworthiness(of: points, for: points, neighbours: 2) == 1)
    let near = NearestNeighbors(of: points, count: 1)
    let purity = MapQuality.purity(near, classes: [0, 0, 0, 1, 1, 1], count: 3)
    #expect(purity.byClass[2] == nil)
    // Of equal distances the lower place is the nearer one: example 3 has example 2.
    #expect(purity.overall == 5.0 / 6)
  }
}

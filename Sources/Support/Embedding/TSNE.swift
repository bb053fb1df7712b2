import Glibc

/// t-SNE: points in the plane whose neighbours are those of points in many dimensions.
///
/// The options, the schedule and their defaults are scikit-learn's, in double precision: principal components as the
/// start, early exaggeration in the first 250 iterations, momentum and gains. Forces of repulsion are exact for few
/// points and approximated by Barnes and Hut's tree for many. The result is a function of the points and the options
/// alone; the number of threads changes nothing but the time.
package struct TSNE: Sendable {
  package enum Method: Sendable, Hashable {
    /// All pairs; n² steps an iteration.
    case exact
    /// - Parameter angle: how large a cell may look from a point to be taken as a whole; scikit-learn's `angle`.
    case barnesHut(angle: Double)
  }

  package struct Options: Sendable {
    /// About how many neighbours count; lowered to (n − 1) / 3 for few points.
    package var perplexity = 30.0
    /// What probabilities are multiplied by in the first iterations.
    package var earlyExaggeration = 12.0
    /// `nil` for max(n / ``earlyExaggeration`` / 4, 50).
    package var learningRate: Double?
    package var iterations = 1000
    /// `nil` for exact forces up to 500 points, and Barnes and Hut's with an angle of 0.5 beyond.
    package var method: Method?
    package var threads = 1

    package init() {}
  }

  /// [count, 2].
  package let map: PointSet
  /// The Kullback–Leibler divergence of the map's probabilities from those of the points, which was minimised.
  package let divergence: Double
  /// The perplexity that was used.
  package let perplexity: Double
  package let iterations: Int

  /// Iterations of the first stage, with early exaggeration.
  private static let exploration = 250
  /// How often the divergence is computed.
  private static let check = 50
  /// The last stage ends after so many iterations without a lower divergence.
  private static let patience = 300

  /// - Parameters:
  ///   - points: at least four.
  ///   - start: [count, 2]; `nil` for the first two principal components, scaled to a deviation of 10⁻⁴.
  ///   - isInterrupted: is asked in every iteration.
  /// - Returns: `nil` if interrupted.
  package init?(
    _ points: PointSet, start: PointSet? = nil, _ options: Options = Options(),
    isInterrupted: () -> Bool = { false }
  ) {
    precondition(points.count >= 4)
    let count = points.count
    perplexity = min(options.perplexity, Double(count - 1) / 3)
    let method = options.method ?? (count <= 500 ? .exact : .barnesHut(angle: 0.5))
    let near = method == .exact ? count - 1 : min(count - 1, Int(3 * perplexity + 1))
    let neighbors = NearestNeighbors(of: points, count: near, threads: options.threads)
    var optimiser = TSNEOptimiser(
      JointProbabilities(neighbors, perplexity: perplexity), method,
      start: (start ?? Self.start(points)).values, threads: options.threads)
    optimiser.learningRate =
      options.learningRate ?? max(Double(count) / options.earlyExaggeration / 4, 50)
    let stages: [(end: Int, exaggeration: Double, momentum: Double, patience: Int)] = [
      (
        min(Self.exploration, options.iterations), options.earlyExaggeration, 0.5,
        Self.exploration
      ), (options.iterations, 1, 0.8, Self.patience),
    ]
    var iteration = 0
    var last = Double.infinity
    for stage in stages {
      optimiser.forget()
      var (best, bestIteration) = (Double.infinity, iteration)
      while iteration < stage.end {
        if isInterrupted() { return nil }
        let measures = (iteration + 1) % Self.check == 0 || iteration == stage.end - 1
        let found = optimiser.step(
          exaggeration: stage.exaggeration, momentum: stage.momentum, measures: measures)
        iteration += 1
        guard measures, let found else { continue }
        last = found.divergence
        if found.divergence < best {
          (best, bestIteration) = (found.divergence, iteration)
        } else if iteration - bestIteration > stage.patience {
          break
        }
        if found.gradientNorm <= 1e-7 { break }
      }
    }
    map = PointSet(optimiser.points, width: 2)
    divergence = last
    iterations = iteration
  }

  /// The first two principal components, scaled so that the first has a standard deviation of 10⁻⁴.
  private static func start(_ points: PointSet) -> PointSet {
    let components = PrincipalComponents(
      points.values.map(Float.init), width: points.width, count: 2)
    let scores = components.scores
    // With n in the divisor, as NumPy's `std`.
    let variance = components.variances[0] * Double(points.count - 1) / Double(points.count)
    let scale = variance > 0 ? 1e-4 / variance.squareRoot() : 0
    return PointSet(
      (0..<points.count).flatMap { row in
        [scores[row].first ?? 0, scores.width > 1 ? scores[row][2 * row + 1] : 0].map {
          $0 * scale
        }
      }, width: 2)
  }
}

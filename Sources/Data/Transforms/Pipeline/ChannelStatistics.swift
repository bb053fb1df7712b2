import DataSchema

/// The per-channel mean and standard deviation of the training examples.
package struct ChannelStatistics: Codable, Sendable, Equatable {
  package let mean: [Double]
  /// The population standard deviation (divided by N, not N − 1).
  package let std: [Double]

  /// - Parameters:
  ///   - indices: of the training examples; no others are read.
  ///   - pipeline: the transforms before the normalisation; random transforms do nothing.
  ///   - progress: is given the number of examples done.
  /// - Throws: ``DataError`` if an example cannot be read.
  package init(
    _ source: any ExampleSource, _ indices: [Int], behind pipeline: TransformPipeline, threads: Int,
    progress: (Int) -> Void = { _ in }
  ) throws(DataError) {
    let type = pipeline.output
    var sums = [Double](repeating: 0, count: type.channels)
    var squares = sums
    let size = type.height * type.width
    for start in stride(from: 0, to: indices.count, by: Self.batchSize) {
      let part = Array(indices[start..<min(start + Self.batchSize, indices.count)])
      let batch = try pipeline.apply(to: source, part, augmenting: nil, threads: threads)
      batch.floats.withUnsafeBufferPointer { values in
        for plane in 0..<(part.count * type.channels) {
          var sum = 0.0
          var square = 0.0
          for value in values[(plane * size)..<((plane + 1) * size)] {
            sum += Double(value)
            square += Double(value) * Double(value)
          }
          sums[plane % type.channels] += sum
          squares[plane % type.channels] += square
        }
      }
      progress(start + part.count)
    }
    let count = Double(max(indices.count * size, 1))
    let means = sums.map { $0 / count }
    mean = means
    std = zip(squares, means).map { max($0 / count - $1 * $1, 0).squareRoot() }
  }

  private static let batchSize = 512
}

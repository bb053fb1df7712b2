import DataSchema
import Datasets
import Transforms

/// The mean and the standard deviation of each channel over the examples that are trained on.
package struct ChannelStatistics: Codable, Sendable, Equatable {
  package let mean: [Double]
  /// Over all values, divided by their number.
  package let std: [Double]

  /// - Parameters:
  ///   - indices: of the training examples; nobody else's pixels are looked at.
  ///   - pipeline: what is done to them before; random transforms do nothing.
  /// - Throws: ``DataError`` if an example cannot be read.
  package init(
    _ source: any ExampleSource, _ indices: [Int], behind pipeline: TransformPipeline, threads: Int
  ) throws(DataError) {
    let type = pipeline.output
    var sums = [Double](repeating: 0, count: type.channels)
    var squares = sums
    let size = type.height * type.width
    for start in stride(from: 0, to: indices.count, by: Self.batchSize) {
      let part = Array(indices[start..<min(start + Self.batchSize, indices.count)])
      let batch = pipeline.apply(
        try source.batch(part, of: pipeline.input), sampleIndices: part, augmenting: nil,
        threads: threads)
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
    }
    let count = Double(max(indices.count * size, 1))
    let means = sums.map { $0 / count }
    mean = means
    std = zip(squares, means).map { max($0 / count - $1 * $1, 0).squareRoot() }
  }

  private static let batchSize = 512
}

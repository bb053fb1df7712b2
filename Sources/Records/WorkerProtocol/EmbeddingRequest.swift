import FoundationEssentials

/// Asks for what the layer before the head gives for some examples, as principal components. Nothing is written.
package struct EmbeddingRequest: Codable, Sendable {
  /// The model and the examples.
  package var prediction: PredictionRequest
  /// The most components.
  package var components: Int

  /// - Parameter prediction: one model, and examples of a data set.
  package init(_ prediction: PredictionRequest, components: Int) {
    self.prediction = prediction
    self.components = components
  }
}

/// A part of the answer to an ``EmbeddingRequest``, in this order.
package enum EmbeddingEvent: Codable, Sendable {
  /// The examples that have been seen, and their number.
  case progress(done: Int, of: Int)
  /// The predictions of the examples.
  case rows(PredictionRows)
  /// What the components are of.
  case features(EmbeddingFeatures)
  /// A part of the components, row-major, as floats.
  case components(PackedFloats)
  case finished
}

/// What features are, and what their components hold.
package struct EmbeddingFeatures: Codable, Sendable, Equatable {
  /// The path of the layer that gives them; `nil` if they are the model's input.
  package var layer: String?
  /// The shape of its output for an example.
  package var shape: [Int]
  /// The numbers of an example's features.
  package var width: Int
  /// Whether they are means over the positions of an image.
  package var isPooled: Bool
  /// The examples of the split, of which some may have been chosen.
  package var available: Int
  /// The variance along each component, largest first.
  package var variances: [Double]
  package var totalVariance: Double

  package init(
    layer: String?, shape: [Int], width: Int, isPooled: Bool, available: Int,
    variances: [Double], totalVariance: Double
  ) {
    self.layer = layer
    self.shape = shape
    self.width = width
    self.isPooled = isPooled
    self.available = available
    self.variances = variances
    self.totalVariance = totalVariance
  }
}

/// Floats as little-endian bytes, to keep a message short.
package struct PackedFloats: Codable, Sendable {
  /// The most floats of a part.
  package static let most = 12_288

  private var data: Data

  package init(_ values: some Collection<Float>) {
    data = Data(capacity: 4 * values.count)
    for value in values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
  }

  package var values: [Float] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}

import FoundationEssentials
import Tasks

/// A batch of predictions, packed as little-endian numbers to keep the message short.
package struct PredictionRows: Codable, Sendable {
  private var answerBytes: Data
  private var outputBytes: Data
  private var targetBytes: Data?
  private var indexBytes: Data?

  enum CodingKeys: String, CodingKey {
    case answerBytes = "answers"
    case outputBytes = "outputs"
    case targetBytes = "targets"
    case indexBytes = "indices"
  }

  /// The number of rows that fit in a message of acceptable length.
  package static func count(_ layout: PredictionLayout) -> Int {
    max(
      1,
      49_152 / (8 * layout.outputs.count + 4 * layout.answers.count + 4 * layout.targets.count + 4))
  }

  /// - Parameter hasTargets: whether these are examples of a data set, at ``Predictions/indices``
  ///   in its file, rather than unlabelled images.
  package init(_ predictions: Predictions, hasTargets: Bool) {
    answerBytes = Self.pack(predictions.answers.map { UInt32(truncatingIfNeeded: $0) })
    outputBytes = Self.pack(predictions.outputs.map(\.bitPattern))
    guard hasTargets else { return }
    targetBytes = Self.pack(predictions.targets.map(\.bitPattern))
    indexBytes = Self.pack(predictions.indices.map { UInt32(truncatingIfNeeded: $0) })
  }

  package var answers: [Int] { Self.unpack(answerBytes, as: UInt32.self).map(Int.init) }

  package var outputs: [Double] {
    Self.unpack(outputBytes, as: UInt64.self).map(Double.init(bitPattern:))
  }

  package var targets: [Float]? {
    targetBytes.map { Self.unpack($0, as: UInt32.self).map(Float.init(bitPattern:)) }
  }

  package var indices: [Int]? {
    indexBytes.map { Self.unpack($0, as: UInt32.self).map(Int.init) }
  }

  private static func pack(_ words: [some FixedWidthInteger]) -> Data {
    var data = Data()
    for word in words {
      withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  private static func unpack<Word: FixedWidthInteger & BitwiseCopyable>(
    _ data: Data, as type: Word.Type
  ) -> [Word] {
    let size = MemoryLayout<Word>.size
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / size).map {
        Word(littleEndian: bytes.loadUnaligned(fromByteOffset: size * $0, as: type))
      }
    }
  }
}

import FoundationEssentials

/// What a worker answers to a ``PredictionRequest``, in this order: each source before its rows.
package enum PredictionEvent: Codable, Sendable {
  /// The images of one file, or the examples of a data set that one model or an ensemble answers for.
  case source(PredictionSource)
  case rows(PredictionRows)
  /// Something that was done to the images, or that they seem to need.
  case note(String)
  /// All rows have been sent. The mean loss, if there are labels and one model.
  case finished(loss: Double?)
}

package struct PredictionSource: Codable, Sendable, Equatable {
  /// The file, or the data set's name.
  package var name: String
  package var count: Int
  /// Whether the file's format holds many images, so that each has a number.
  package var isNumbered: Bool
  /// What to know of this file before its predictions are trusted, without its name.
  package var warnings: [String] = []
  /// Why the file cannot be read, and so has no rows.
  package var problem: String?
  /// The fold that held these examples out, from 1; 0 for all others.
  package var fold = 0

  package init(name: String, count: Int, isNumbered: Bool) {
    self.name = name
    self.count = count
    self.isNumbered = isNumbered
  }

  /// A file that cannot be read.
  package init(name: String, problem: String) {
    self.init(name: name, count: 0, isNumbered: false)
    self.problem = problem
  }
}

/// Some examples, packed so that a line of them stays short: little-endian numbers of four bytes.
package struct PredictionRows: Codable, Sendable {
  private var predictionBytes: Data
  private var probabilityBytes: Data
  private var labelBytes: Data?
  private var indexBytes: Data?

  enum CodingKeys: String, CodingKey {
    case predictionBytes = "predictions"
    case probabilityBytes = "probabilities"
    case labelBytes = "labels"
    case indexBytes = "indices"
  }

  /// How many rows of so many classes make a line that every reader takes.
  package static func count(classes: Int) -> Int { max(1, 49_152 / (4 * classes + 12)) }

  /// - Parameter indices: of the examples in the data set's file.
  package init(
    predictions: some Collection<Int>, probabilities: some Collection<Float>,
    labels: (some Collection<Int>)?, indices: (some Collection<Int>)?
  ) {
    predictionBytes = Self.pack(predictions.map { UInt32(truncatingIfNeeded: $0) })
    probabilityBytes = Self.pack(probabilities.map(\.bitPattern))
    labelBytes = labels.map { Self.pack($0.map { UInt32(truncatingIfNeeded: $0) }) }
    indexBytes = indices.map { Self.pack($0.map { UInt32(truncatingIfNeeded: $0) }) }
  }

  package var predictions: [Int] { Self.unpack(predictionBytes).map(Int.init) }

  /// Row-major: one row an example, one column a class.
  package var probabilities: [Float] {
    Self.unpack(probabilityBytes).map(Float.init(bitPattern:))
  }

  package var labels: [Int]? { labelBytes.map { Self.unpack($0).map(Int.init) } }
  package var indices: [Int]? { indexBytes.map { Self.unpack($0).map(Int.init) } }

  private static func pack(_ words: [UInt32]) -> Data {
    var data = Data()
    data.reserveCapacity(4 * words.count)
    for word in words {
      withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
    return data
  }

  private static func unpack(_ data: Data) -> [UInt32] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
      }
    }
  }
}

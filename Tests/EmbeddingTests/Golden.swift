import Embedding
import Foundation

/// What Tests/Fixtures/embedding/make.py wrote.
struct Golden: Decodable {
  struct Components: Decodable {
    let variances: [Double]
    let total: Double
    let first_scores: [[Double]]
  }

  struct Divergence: Decodable {
    let kl_divergence: Double
    let trustworthiness: Double?
  }

  let labels: [Int]
  let pca: Components
  let neighbours: [[Int32]]
  let purity: Double
  let silhouette: Double
  let trustworthiness: Double
  let tsne: [String: Divergence]

  private static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/embedding")
  }

  static func read() throws -> Golden {
    let file = folder.appending(path: "embedding.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  /// 300 points of 16 numbers.
  static func floats() throws -> [Float] {
    let data = try Data(contentsOf: folder.appending(path: "points.bin"))
    return data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        let word = bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: word))
      }
    }
  }

  static func points() throws -> PointSet {
    PointSet(try floats().map(Double.init), width: 16)
  }
}

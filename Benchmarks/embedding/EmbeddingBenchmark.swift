import Embedding
import Foundation

/// Reduces points to principal components and maps them by t-SNE, for Benchmarks/embedding/peer.py.
///
///     embedding-benchmark FILE WIDTH COMPONENTS THREADS
///
/// FILE holds float32 numbers, WIDTH for each point. Prints one JSON object.
@main
enum EmbeddingBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 5, let width = Int(arguments[2]), let count = Int(arguments[3]),
      let threads = Int(arguments[4]), width > 0, count > 0, threads > 0
    else {
      FileHandle.standardError.write(
        Data("usage: embedding-benchmark FILE WIDTH COMPONENTS THREADS\n".utf8))
      exit(64)
    }
    let data = try Data(contentsOf: URL(filePath: arguments[1]))
    let values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let clock = ContinuousClock()
    let start = clock.now
    let components = PrincipalComponents(values, width: width, count: count, threads: threads)
    let middle = clock.now
    var options = TSNE.Options()
    options.threads = threads
    guard let map = TSNE(components.scores, options) else { return }
    let end = clock.now
    let trust = MapQuality.trustworthiness(
      of: map.map, for: components.scores, neighbours: 10, threads: threads)
    let result: [String: Any] = [
      "pca_seconds": seconds(middle - start), "tsne_seconds": seconds(end - middle),
      "kl_divergence": map.divergence, "iterations": map.iterations,
      "trustworthiness": trust ?? 0, "variances": components.variances,
      "map": map.map.values,
    ]
    let text = try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys])
    FileHandle.standardOutput.write(text + Data("\n".utf8))
  }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}

import Graph
import Randomness
import Torch

/// Collects what the layers of a model give for some batches: the extremes, and a sample of the values.
package struct ActivationSampler {
  /// The most values of one layer that are kept.
  private static let most = 1 << 16

  private var collected: [Graph.Source: Collected] = [:]
  private let perBatch: Int
  private var batch = 0

  private struct Collected {
    var lower = Float.infinity
    var upper = -Float.infinity
    var values: [Float] = []
  }

  /// - Parameter batches: how many there will be.
  package init(batches: Int) { perBatch = max(Self.most / max(batches, 1), 1) }

  /// Adds a layer's values for a batch.
  package mutating func add(_ output: Tensor, of source: Graph.Source) throws {
    guard output.numel > 0 else { return }
    let values = try output.to(.float32).flatten()
    let upper = try values.max().floats()[0]
    let lower = try -values.neg().max().floats()[0]
    let sampled =
      values.numel <= perBatch
      ? values
      : try values.indexSelect(
        dim: 0, index: Tensor(places(among: values.numel, source), device: values.device))
    var all = collected[source] ?? Collected()
    all.lower = min(all.lower, lower)
    all.upper = max(all.upper, upper)
    all.values += try sampled.floats()
    collected[source] = all
  }

  /// Ends a batch.
  package mutating func finishBatch() { batch += 1 }

  /// One place in each of ``perBatch`` equal parts, drawn.
  private func places(among count: Int, _ source: Graph.Source) -> [Int] {
    let unit =
      switch source {
      case .input(let index): 2 * index
      case .node(let index): 2 * index + 1
      }
    let stream = RandomStream(
      seed: 0, purpose: .trainSample, step: batch, unit: UInt64(unit))
    var shares = [Float](repeating: 0, count: perBatch)
    shares.withUnsafeMutableBufferPointer { stream.fill(uniforms: $0) }
    return (0..<perBatch).map { place in
      let (start, end) = (place * count / perBatch, (place + 1) * count / perBatch)
      return min(start + Int(shares[place] * Float(end - start)), end - 1)
    }
  }

  /// The range of each layer's values that 8 bits represent with the smallest error. Layers that give values that are
  /// not finite have none.
  package func ranges() -> [Graph.Source: ActivationRange] {
    collected.compactMapValues { item in
      guard item.lower.isFinite, item.upper.isFinite else { return nil }
      return RangeChoice(item.values, lower: item.lower, upper: item.upper).best()
    }
  }
}

import Graph
import RunRecord
import Torch

/// Records the activity of a model's activation units during an evaluation, to find dead and saturated ones.
package final class ActivityRecorder {
  private struct Watched {
    let node: String
    let kind: Kind
    /// Whether each unit has had at least one output that is neither dead nor saturated.
    var isAlive: [Bool]
  }

  private enum Kind: String {
    case relu, sigmoid, tanh

    init?(_ operation: Operation) {
      guard case .activation(let activation) = operation else { return nil }
      switch activation {
      case .relu: self = .relu
      case .sigmoid: self = .sigmoid
      case .tanh: self = .tanh
      default: return nil
      }
    }

    /// The midpoint of the output range and the distance from it beyond which a unit counts as saturated.
    var saturation: (middle: Float, distance: Float) {
      self == .sigmoid ? (0.5, 0.49) : (0, 0.98)
    }
  }

  /// Watched nodes, keyed by node index.
  private var watched: [Int: Watched] = [:]

  /// - Parameter prefix: the frozen prefix, whose output is cached and whose activations are not computed.
  package init(_ graph: Graph, behind prefix: FrozenPrefix?) {
    for (index, node) in graph.nodes.enumerated() where prefix?.nodes.contains(index) != true {
      guard let kind = Kind(node.operation), let units = node.output.dims.first else { continue }
      watched[index] = Watched(
        node: node.path, kind: kind, isAlive: Array(repeating: false, count: units))
    }
  }

  package var isEmpty: Bool { watched.isEmpty }

  /// Records a node's output for a batch, [batch, units, …].
  func record(_ index: Int, _ output: Tensor) throws {
    guard var layer = watched[index], layer.isAlive.contains(false), output.numel > 0 else {
      return
    }
    let values = try output.to(.float32)
    let others = [0] + Array(2..<max(values.dim, 2))
    switch layer.kind {
    case .relu:
      // ReLU outputs are never negative, so the sum is nonzero if any of them is.
      let sums = try values.sum(others).floats()
      for unit in layer.isAlive.indices where sums[unit] != 0 { layer.isAlive[unit] = true }
    case .sigmoid, .tanh:
      let (middle, distance) = layer.kind.saturation
      var nearest = try values.add(Double(-middle)).abs().neg()
      for dim in others.reversed() { nearest = try nearest.max(dim: dim).values }
      for (unit, value) in try nearest.floats().enumerated() where !(-value > distance) {
        layer.isAlive[unit] = true
      }
    }
    watched[index] = layer
  }

  /// Records a node's output for `rows` examples, row-major.
  func record(_ index: Int, _ output: UnsafePointer<Float>, rows: Int) {
    guard var layer = watched[index], layer.isAlive.contains(false) else { return }
    let (middle, distance) = layer.kind.saturation
    let isReLU = layer.kind == .relu
    let units = layer.isAlive.count
    layer.isAlive.withUnsafeMutableBufferPointer { isAlive in
      for row in 0..<rows {
        let values = output + row * units
        for unit in 0..<units where !isAlive[unit] {
          let value = values[unit]
          isAlive[unit] = isReLU ? value != 0 : !((value - middle).magnitude > distance)
        }
      }
    }
    watched[index] = layer
  }

  /// The recorded activity, per layer.
  package func activity(split: String, examples: Int) -> UnitActivity {
    UnitActivity(
      split: split, examples: examples,
      layers: watched.sorted { $0.key < $1.key }.map { _, layer in
        let idle = layer.isAlive.count { !$0 }
        return UnitActivity.Layer(
          node: layer.node, activation: layer.kind.rawValue, units: layer.isAlive.count,
          dead: layer.kind == .relu ? idle : 0, saturated: layer.kind == .relu ? 0 : idle)
      })
  }
}

@available(*, unavailable)
extension ActivityRecorder: Sendable {}

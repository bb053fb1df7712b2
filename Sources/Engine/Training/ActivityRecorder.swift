import Graph
import RunRecord
import Torch

/// Watches the activations of a model during an evaluation, unit by unit.
package final class ActivityRecorder {
  private struct Watched {
    let node: String
    let kind: Kind
    /// Whether each unit has been seen doing anything but what makes it dead or saturated.
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

    /// The middle of the range of the outputs, and the distance from it at which a unit is saturated.
    var saturation: (middle: Float, distance: Float) {
      self == .sigmoid ? (0.5, 0.49) : (0, 0.98)
    }
  }

  /// By the index of the node.
  private var watched: [Int: Watched] = [:]

  /// - Parameter prefix: of the graph, whose output is known and whose activations are not computed.
  package init(_ graph: Graph, behind prefix: FrozenPrefix?) {
    for (index, node) in graph.nodes.enumerated() where prefix?.nodes.contains(index) != true {
      guard let kind = Kind(node.operation), let units = node.output.dims.first else { continue }
      watched[index] = Watched(
        node: node.path, kind: kind, isAlive: Array(repeating: false, count: units))
    }
  }

  package var isEmpty: Bool { watched.isEmpty }

  /// Takes in a node's output for a batch, [batch, units, …].
  func record(_ index: Int, _ output: Tensor) throws {
    guard var layer = watched[index], layer.isAlive.contains(false), output.numel > 0 else {
      return
    }
    let values = try output.to(.float32)
    let others = [0] + Array(2..<max(values.dim, 2))
    switch layer.kind {
    case .relu:
      // Of numbers that are not negative the sum is positive if one of them is.
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

  /// Takes in a node's output for `rows` examples, one row each.
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

  /// What was seen.
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

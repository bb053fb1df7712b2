import Graph
import Torch

/// Pictures whose channels all follow from one: channel c is `scales[c]` times that channel plus `shifts[c]`, as with
/// grey pictures that a network for colours is given, normalised by channel.
///
/// A convolution of them needs one channel instead of `count`: its weights are the sums over the channels of weight times
/// scale. What the shifts contribute is the same for every picture, but near the border, where the padding is 0 in all
/// channels, another number than inside; so it is a picture of its own, which is added.
package struct RepeatedChannel: Sendable, Equatable {
  package var scales: [Double]
  package var shifts: [Double]

  package init(scales: [Double], shifts: [Double]) {
    precondition(scales.count == shifts.count)
    self.scales = scales
    self.shifts = shifts
  }

  var count: Int { scales.count }

  /// The contribution of the shifts has at most so many values: it is kept, and computing it takes several times its
  /// memory.
  private static let mostValues = 1 << 22

  /// The chain that alone reads the model's pictures and can be computed from one channel; `nil` if there is none.
  func chain(among chains: [LayerChain], in graph: Graph) -> LayerChain? {
    let readers = graph.nodes.indices.filter { graph.nodes[$0].inputs.contains(.input(0)) }
    guard PackedLayer.takesAddend, graph.inputs.count == 1, readers.count == 1,
      let chain = chains.first(where: { $0.anchor == readers[0] }), chain.residual == nil,
      case .conv2d(let conv) = graph.nodes[chain.anchor].operation, conv.groups == 1,
      conv.dilation == Pair(1, 1), conv.extraPadding == Pair(0, 0),
      let weight = graph.nodes[chain.anchor].parameters.first(where: { $0.name == "weight" }),
      weight.shape.count == 4, weight.shape[1] == count, weight.shape[2] * weight.shape[3] > 1,
      graph.nodes[chain.anchor].output.count <= Self.mostValues
    else { return nil }
    return chain
  }

  /// The weight for one channel, and the contribution of the shifts and the bias, computed in float64 and rounded once.
  ///
  /// - Parameters:
  ///   - weight: [outputs, channels, rows, columns].
  ///   - size: of the pictures, [rows, columns].
  func folded(
    weight: Tensor, bias: Tensor?, stride: [Int], padding: [Int], size: [Int]
  ) throws -> (weight: Tensor, addend: Tensor) {
    let weight = try weight.to(.float64)
    let single = try weight.mul(Tensor(scales, shape: [1, count, 1, 1])).sum([1], keepDims: true)
    let shifts = try Tensor.ones([1, count] + size, dtype: .float64)
      .mul(Tensor(self.shifts, shape: [1, count, 1, 1]))
    let addend = try shifts.conv2d(
      weight: weight, bias: bias?.to(.float64), stride: stride, padding: padding)
    return (try single.to(.float32), try addend.to(.float32))
  }
}

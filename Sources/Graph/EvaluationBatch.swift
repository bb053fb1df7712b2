extension Graph {
  /// The maximum number of values in a layer's output for one evaluation batch: 16 MB, so that the next layer finds
  /// it in the processor's cache. Batches of 128 MB take 1.1 to 1.9 times as long for each example (ResNet-18 at
  /// 32×32 and 224×224, MobileNetV2, a U-Net and a small CNN on a cache of 32 MB).
  private static let evaluatedValues = 4 << 20

  /// The batch size for evaluation. It depends only on the graph, because kernels may round differently for
  /// other batch sizes.
  ///
  /// - Parameter prefix: a frozen prefix whose stored output is the input.
  package func evaluationBatch(behind prefix: FrozenPrefix? = nil) -> Int {
    let computed = nodes.indices.filter { prefix?.nodes.contains($0) != true }
    let input =
      prefix.map { nodes[$0.end].output.count }
      ?? inputs.reduce(0) { Saturating.add($0, $1.shape.count) }
    let largest = computed.reduce(max(input, 1)) { largest, index in
      let node = nodes[index]
      // What a TorchScript file keeps on the way is not known; networks for images hold about eight times
      // their input.
      let inside =
        node.moduleFile == nil ? 0 : Saturating.multiply(8, shape(of: node.inputs[0]).count)
      return max(largest, node.output.count, inside)
    }
    return min(1000, max(1, Self.evaluatedValues / largest))
  }
}

import Execution
import Graph
import Torch

/// How a class activation map is made from a layer's activations A and their gradients g.
package enum ClassActivation: Sendable, CaseIterable {
  /// ReLU of Σ w A, where w is the mean of a channel's gradients: Selvaraju et al. (2017).
  case gradCAM
  /// ReLU of Σ w A, where w = Σ ReLU(g) / (2 + g ΣA) of a channel: Chattopadhay et al. (2018), equation 19. The
  /// quotient there, g² / (2 g² + g³ ΣA), has been reduced.
  case gradCAMPlusPlus
  /// ReLU of Σ ReLU(g) A: Jiang et al. (2021).
  case layerCAM
  /// ReLU of Σ g A: Draelos and Carin (2020).
  case hiResCAM
}

/// Class activation maps.
extension Attribution {
  /// The class activation map of a layer, enlarged to the input's size with bilinear interpolation, [height, width].
  /// It is not negative.
  ///
  /// `gradCAM` is captum's `LayerGradCam` with `relu_attributions=True` and `LayerAttribution.interpolate(…,
  /// "bilinear")`.
  ///
  /// - Parameters:
  ///   - input: [1, channels, height, width].
  ///   - layer: the index of a node of the graph, see ``Graph/spatialNode(named:)``.
  package func classActivation(
    _ kind: ClassActivation, _ input: Tensor, _ target: AttributionTarget, layer: Int
  ) throws -> Tensor {
    let (activations, gradients) = try activationsAndGradients(input, target, layer: layer)
    let map: Tensor
    switch kind {
    case .gradCAM: map = try activations.mul(gradients.mean([2, 3], keepDims: true))
    case .gradCAMPlusPlus:
      let sums = try activations.sum([2, 3], keepDims: true)
      let weights = try gradients.relu().div(gradients.mul(sums).add(2))
      map = try activations.mul(weights.sum([2, 3], keepDims: true))
    case .layerCAM: map = try activations.mul(gradients.relu())
    case .hiResCAM: map = try activations.mul(gradients)
    }
    return try map.sum([1], keepDims: true).relu()
      .upsampleLinear(size: [height, width], scale: nil, alignCorners: false)
      .reshape([height, width])
  }

  /// Grad-CAM of each of several inputs, [count, height, width].
  ///
  /// - Parameters:
  ///   - inputs: [count, channels, height, width].
  ///   - targets: one for each input.
  ///   - layer: the path of a layer whose output has a height and a width; `nil` for the last one before the head.
  /// - Throws: ``InputError`` if the model has no such layer.
  package func gradCAM(
    _ inputs: Tensor, _ targets: [AttributionTarget], layer: String? = nil
  ) throws -> Tensor {
    let layer = try model.graph.spatialNode(named: layer)
    return try Tensor.cat(
      targets.enumerated().map { place, target in
        try classActivation(
          .gradCAM, inputs.narrow(dim: 0, start: place, length: 1), target, layer: layer
        ).unsqueeze(0)
      })
  }

  /// The outputs of a layer for an input, [channels, height, width]: its feature maps.
  package func featureMaps(_ input: Tensor, layer: Int) throws -> Tensor {
    try check(input)
    let output = try withNoGrad { () throws -> Tensor? in
      var found: Tensor?
      _ = try model([input]) { index, output in
        if index == layer { found = output }
      }
      return found
    }
    let found = try reached(output, layer)
    return try found.reshape(Array(found.shape.dropFirst()))
  }

  /// A layer's output and the gradient of the score with respect to it, [1, channels, height, width] each.
  private func activationsAndGradients(
    _ input: Tensor, _ target: AttributionTarget, layer: Int
  ) throws -> (activations: Tensor, gradients: Tensor) {
    try check(input)
    var output: Tensor?
    // Without gradients of the weights and the input, the layer's output is a leaf.
    let result = try model([input.detach().clone()]) { index, value in
      if index == layer {
        try value.setRequiresGrad(true)
        output = value
      }
    }
    let found = try reached(output, layer)
    try target.score(result).sum().backward()
    return try (found.detach(), found.grad() ?? Tensor.zeros(like: found.detach()))
  }

  private func reached(_ output: Tensor?, _ layer: Int) throws(TorchError) -> Tensor {
    guard let output else {
      throw TorchError(
        operation: model.graph.nodes[layer].path,
        message: "the main output does not depend on this layer")
    }
    return output
  }
}

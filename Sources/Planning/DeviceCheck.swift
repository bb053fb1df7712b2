import Diagnostics
import ExperimentConfig
import Graph

extension Plan {
  /// Checks that the experiment can run on `device` deterministically.
  ///
  /// - Parameter device: `cpu`, `mps`, `cuda` or `cuda:N`.
  /// - Throws: ``InputError`` at the setting that `device` does not support.
  package func check(device: String) throws {
    try experiment.checkPrecision(on: device)
    guard device.hasPrefix("cuda") else { return }
    let uneven = graph.nodes.indices.first { index in
      guard case .adaptiveAvgPool2d(let size) = graph.nodes[index].operation,
        frozenPrefix?.nodes.contains(index) != true
      else { return false }
      let image = graph.shape(of: graph.nodes[index].inputs[0]).dims.suffix(2)
      return !zip(image, [size.height, size.width]).allSatisfy { $0 % $1 == 0 }
    }
    guard let uneven else { return }
    // PyTorch lists it among the operations that torch.use_deterministic_algorithms rejects.
    throw InputError(
      "'\(graph.nodes[uneven].layer)' has no deterministic gradient on CUDA if its windows differ "
        + "in size", at: graph.nodes[uneven].range,
      hint: "use an output size that divides the image's, avg_pool2d, or device: cpu")
  }
}

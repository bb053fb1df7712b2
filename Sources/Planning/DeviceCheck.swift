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
      guard let size = graph.nodes[index].operation.adaptiveSize,
        frozenPrefix?.nodes.contains(index) != true
      else { return false }
      let input = graph.shape(of: graph.nodes[index].inputs[0]).dims.suffix(size.count)
      return !zip(input, size).allSatisfy { $0 % $1 == 0 }
    }
    guard let uneven else { return }
    // PyTorch lists it among the operations that torch.use_deterministic_algorithms rejects.
    throw InputError(
      "'\(graph.nodes[uneven].layer)' has no deterministic gradient on CUDA if its windows differ "
        + "in size", at: graph.nodes[uneven].range,
      hint: "use an output size that divides the input's, a pool with a kernel_size, or device: cpu"
    )
  }
}

extension Operation {
  /// The size of an adaptive pool's output; `nil` for other operations.
  fileprivate var adaptiveSize: [Int]? {
    switch self {
    case .adaptiveAvgPool1d(let size): [size]
    case .adaptiveAvgPool2d(let size): size.array
    case .adaptiveMaxPool(let size): size
    default: nil
    }
  }
}

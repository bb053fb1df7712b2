import Diagnostics

/// The error for a block that has the name of a layer or built-in model.
package enum BlockNameClash {
  static func message(_ name: String) -> String {
    "a block cannot have the name of the layer '\(name)'"
  }

  /// The layers of version 0.2.0; those that came later may be the names of blocks in earlier experiments.
  private static let layersOfVersion02: Set<String> = [
    "flatten", "reshape", "identity", "linear", "relu", "leaky_relu", "gelu", "silu", "sigmoid",
    "tanh", "softmax", "dropout", "dropout2d", "conv2d", "batch_norm1d", "batch_norm2d",
    "layer_norm", "group_norm", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d",
    "global_avg_pool", "add", "concat", "multiply",
  ]

  /// The name of a block that was allowed until there was a layer of its name.
  ///
  /// - Returns: `nil` if it is another error, or a name that never was allowed.
  package static func earlierName(in diagnostic: Diagnostic) -> String? {
    let parts = diagnostic.message.split(separator: "'", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let name = String(parts[1])
    let isClash = diagnostic.message == message(name)
    return isClash && !layersOfVersion02.contains(name) ? name : nil
  }
}

/// Names in state dicts from before torchvision renamed modules. Its published files still have them, and its own
/// models translate them too when they load a file.
enum LegacyNames {
  /// The names with today's in place of old ones; `nil` if none is old.
  static func translated(_ names: [String]) -> [String]? {
    let result = names.map(translated)
    return result == names ? nil : result
  }

  private static func translated(_ name: String) -> String {
    var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    for index in parts.indices.dropLast(2) {
      // DenseNet: denselayer1.norm.1.weight, today denselayer1.norm1.weight.
      if parts[index].hasPrefix("denselayer"), ["norm", "relu", "conv"].contains(parts[index + 1]),
        ["1", "2"].contains(parts[index + 2])
      {
        parts[index + 1] += parts.remove(at: index + 2)
        break
      }
      // Vision transformers: encoder_layer_0.mlp.linear_1.weight, today encoder_layer_0.mlp.0.weight.
      if parts[index].hasPrefix("encoder_layer_"), parts[index + 1] == "mlp",
        let place = ["linear_1": "0", "linear_2": "3"][parts[index + 2]]
      {
        parts[index + 2] = place
        break
      }
    }
    return parts.joined(separator: ".")
  }
}

import DataSchema

/// A convolutional network that suits the size of pictures and their number.
struct ImageModelSuggestion {
  /// In pixels, after the transforms.
  let height: Int
  let width: Int
  /// How the file names the number of outputs, such as `${data.classes}`.
  let outputs: String
  let trainCount: Int

  /// Blocks, each of which halves the image, until 4 to 7 pixels are left of the shorter side.
  var blockCount: Int {
    var (count, side) = (0, min(height, width))
    while side >= 8, count < 4 {
      side /= 2
      count += 1
    }
    return max(1, count)
  }

  var layers: CommentedLines {
    var lines = CommentedLines()
    var channels = 16
    for block in 0..<blockCount {
      lines.add(
        "- conv2d: {out_channels: \(channels), kernel_size: 3, padding: 1, bias: false}",
        block == 0 ? "a small network for images of \(height)×\(width)" : nil)
      lines.add("- batch_norm2d")
      lines.add("- relu")
      if min(height, width) >= 8 {
        lines.add("- max_pool2d: 2", block == 0 ? "halves the image" : nil)
      }
      channels *= 2
    }
    lines.add("- global_avg_pool", "the mean of each channel")
    if trainCount < 10_000 { lines.add("- dropout: 0.2", "reduces overfitting on few examples") }
    lines.add("- linear: \(outputs)", "one output for each class; the data determines how many")
    return lines
  }

  var epochs: Int {
    switch trainCount {
    case ..<1000: 30
    case ..<10_000: 20
    case ..<50_000: 10
    default: 5
    }
  }
}

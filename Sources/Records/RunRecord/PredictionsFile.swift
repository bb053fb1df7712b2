import Tasks

/// `predictions.csv`: the model's predictions for each example of the validation and the test set.
///
/// Probabilities are rounded to 32 bits. The model outputs follow exactly: a number of at most nine
/// digits stands for the nearest 32-bit float, one with more digits for a 64-bit float. If the
/// outputs are reported as they are, there are no separate probabilities. The columns depend on the
/// task.
package struct PredictionsFile {
  package private(set) var bytes: [UInt8]
  private let layout: PredictionLayout

  package init(_ layout: PredictionLayout) {
    self.layout = layout
    bytes = Array((layout.columns.joined(separator: ",") + "\n").utf8)
  }

  /// Appends all rows.
  ///
  /// - Parameter fold: replaces the rows' own folds.
  package mutating func add(_ predictions: Predictions, split: String, fold: Int? = nil) {
    precondition(predictions.layout == layout)
    let (targets, answers) = (layout.targets.count, layout.answers.count)
    let (stated, outputs) = (layout.probabilities.count, layout.outputs.count)
    let probabilities = stated == 0 ? [] : predictions.probabilities
    for row in 0..<predictions.count {
      bytes += split.utf8
      append((fold ?? predictions.folds[row]).description)
      append(predictions.indices[row].description)
      for place in (row * targets)..<((row + 1) * targets) {
        let target = predictions.targets[place]
        append(layout.limit == nil ? target.description : Int(target).description)
      }
      for place in (row * answers)..<((row + 1) * answers) {
        append(predictions.answers[place].description)
      }
      for place in (row * stated)..<((row + 1) * stated) {
        // Whether the processor flushes subnormal numbers to 0 is a per-thread setting.
        append((probabilities[place] < 0x1p-126 ? 0 : Float(probabilities[place])).description)
      }
      for place in (row * outputs)..<((row + 1) * outputs) {
        append(ScoreText.text(predictions.outputs[place]))
      }
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  private mutating func append(_ cell: String) {
    bytes.append(UInt8(ascii: ","))
    var cell = cell
    cell.withUTF8 { bytes.append(contentsOf: $0) }
  }
}

/// Exact decimal representations of scores, short if 32 bits suffice.
enum ScoreText {
  /// The maximum number of digits with which 32-bit floats are written; none needs more.
  static let floatDigits = 9

  static func text(_ score: Double) -> String {
    let float = Float(score)
    if Double(float) == score || score.isNaN { return float.description }
    let text = score.description
    let digits = digits(text.utf8)
    if digits > floatDigits || !score.isFinite { return text }
    // With few digits, it would be read as a 32-bit float.
    let zeros = String(repeating: "0", count: floatDigits + 1 - digits)
    let end = text.firstIndex(of: "e") ?? text.endIndex
    let mantissa = text[..<end]
    return mantissa + (mantissa.contains(".") ? "" : ".") + zeros + text[end...]
  }

  /// The number of significant digits, without those of the exponent.
  static func digits(_ text: some Sequence<UInt8>) -> Int {
    var count = 0
    for byte in text {
      if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { break }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { continue }
      if count > 0 || byte != UInt8(ascii: "0") { count += 1 }
    }
    return count
  }
}

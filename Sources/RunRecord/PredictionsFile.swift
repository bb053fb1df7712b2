import Metrics

/// `predictions.csv`: what the model said of each example of the validation and the test set.
///
/// Probabilities `p0`, `p1`, … are rounded to 32 bits. The scores behind them follow, as `logit0`, …
/// (softmax makes probabilities of them) or `binary_logit0`, … (sigmoid), with every bit: a number of
/// at most nine digits is the 32-bit float nearest to it, one of more digits a 64-bit float. Where the
/// scores are the probabilities, they are not written twice.
package struct PredictionsFile {
  package private(set) var bytes: [UInt8]
  private let classes: Int
  private let link: ScoreLink

  package init(classes: Int, link: ScoreLink = .identity) {
    self.classes = classes
    self.link = link
    let columns = Self.columns(classes: classes, link: link)
    bytes = Array((columns.joined(separator: ",") + "\n").utf8)
  }

  /// What stands before the columns of classes.
  static let fixedColumns = ["split", "fold", "index", "label", "predicted"]

  /// The prefix of the columns of scores; nil if the scores are the probabilities.
  static func prefix(_ link: ScoreLink) -> String? {
    switch link {
    case .softmax: "logit"
    case .sigmoid: "binary_logit"
    case .identity: nil
    }
  }

  static func columns(classes: Int, link: ScoreLink) -> [String] {
    let prefixes = ["p"] + (prefix(link).map { [$0] } ?? [])
    return fixedColumns + prefixes.flatMap { prefix in (0..<classes).map { "\(prefix)\($0)" } }
  }

  /// Adds one example; `index` counts within the whole training or test set, and there is one score a
  /// class.
  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    scores: some Collection<Double>
  ) {
    var table = PredictionTable(classes: classes, link: link)
    table.folds = [fold]
    table.indices = [index]
    table.labels = [label]
    table.predictions = [predicted]
    table.scores = Array(scores)
    add(table, split: split)
  }

  /// Adds all rows of a table.
  ///
  /// - Parameter fold: instead of the table's own.
  package mutating func add(_ table: PredictionTable, split: String, fold: Int? = nil) {
    precondition(table.classes == classes && table.link == link)
    precondition(table.scores.count == table.count * classes)
    let probabilities = link == .identity ? [] : table.probabilities
    for row in 0..<table.count {
      bytes += split.utf8
      for number in [
        fold ?? table.folds[row], table.indices[row], table.labels[row], table.predictions[row],
      ] { append(number.description) }
      let places = (row * classes)..<((row + 1) * classes)
      if link != .identity {
        for place in places {
          // Whether the processor keeps smaller numbers is a setting of the thread.
          append((probabilities[place] < 0x1p-126 ? 0 : Float(probabilities[place])).description)
        }
      }
      for place in places { append(ScoreText.text(table.scores[place])) }
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  /// Adds one example of which only the probabilities are known.
  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    probabilities: some Collection<Float>
  ) {
    precondition(link == .identity)
    add(
      split: split, fold: fold, index: index, label: label, predicted: predicted,
      scores: probabilities.map(Double.init))
  }

  private mutating func append(_ cell: String) {
    bytes.append(UInt8(ascii: ","))
    var cell = cell
    cell.withUTF8 { bytes.append(contentsOf: $0) }
  }
}

/// Scores as decimal numbers that keep every bit, short where 32 bits hold them.
enum ScoreText {
  /// No 32-bit float needs more digits, and none is written with more.
  static let floatDigits = 9

  static func text(_ score: Double) -> String {
    let float = Float(score)
    if Double(float) == score || score.isNaN { return float.description }
    let text = score.description
    let digits = digits(text.utf8)
    if digits > floatDigits || !score.isFinite { return text }
    // Few digits would be read as a 32-bit float.
    let zeros = String(repeating: "0", count: floatDigits + 1 - digits)
    let end = text.firstIndex(of: "e") ?? text.endIndex
    let mantissa = text[..<end]
    return mantissa + (mantissa.contains(".") ? "" : ".") + zeros + text[end...]
  }

  /// The digits of a number from the first that is not 0 on, apart from its exponent.
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

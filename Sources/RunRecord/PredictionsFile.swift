/// `predictions.csv`: what the model said of each example of the validation and the test set.
package struct PredictionsFile {
  private var text: [UInt8]
  private let classes: Int

  package init(classes: Int) {
    self.classes = classes
    let heading =
      "split,fold,index,label,predicted,"
      + (0..<classes).map { "p\($0)" }.joined(separator: ",") + "\n"
    text = Array(heading.utf8)
  }

  /// Adds one example; `index` counts within the whole training or test set.
  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    probabilities: some Collection<Float>
  ) {
    text += "\(split),\(fold),\(index),\(label),\(predicted)".utf8
    for probability in probabilities {
      text.append(UInt8(ascii: ","))
      text += "\(probability)".utf8
    }
    text.append(UInt8(ascii: "\n"))
  }

  package var bytes: [UInt8] { text }
}

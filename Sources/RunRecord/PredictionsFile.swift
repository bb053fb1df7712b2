/// `predictions.csv`: what the model said of each example of the validation and the test set.
package struct PredictionsFile {
  package private(set) var bytes: [UInt8]
  private let classes: Int

  package init(classes: Int) {
    self.classes = classes
    let heading =
      "split,fold,index,label,predicted,"
      + (0..<classes).map { "p\($0)" }.joined(separator: ",") + "\n"
    bytes = Array(heading.utf8)
  }

  /// Adds one example; `index` counts within the whole training or test set, and there is one
  /// probability a class.
  package mutating func add(
    split: String, fold: Int, index: Int, label: Int, predicted: Int,
    probabilities: some Collection<Float>
  ) {
    precondition(probabilities.count == classes)
    bytes += split.utf8
    for number in [fold, index, label, predicted] {
      bytes.append(UInt8(ascii: ","))
      bytes += number.description.utf8
    }
    for probability in probabilities {
      bytes.append(UInt8(ascii: ","))
      bytes += probability.description.utf8
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}

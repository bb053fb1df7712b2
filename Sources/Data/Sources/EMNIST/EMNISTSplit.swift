import DataSchema

/// One of the six data sets that EMNIST is published as: Cohen, Afshar, Tapson, van Schaik, "EMNIST: an extension
/// of MNIST to handwritten letters", arXiv:1702.05373.
struct EMNISTSplit: Sendable, Equatable {
  /// As the names of its files have it.
  let name: String
  /// The characters by class.
  let classes: [String]
  /// The label of the first class in the files.
  let firstLabel: Int
  let counts: [DataSplit: Int]

  init(_ name: String, _ classes: [String], firstLabel: Int = 0, train: Int, test: Int) {
    self.name = name
    self.classes = classes
    self.firstLabel = firstLabel
    counts = [.train: train, .test: test]
  }

  static let all = [
    EMNISTSplit("byclass", digits + upper + lower, train: 697_932, test: 116_323),
    EMNISTSplit("bymerge", digits + upper + unmerged, train: 697_932, test: 116_323),
    EMNISTSplit("balanced", digits + upper + unmerged, train: 112_800, test: 18_800),
    // Either case of a letter, under its lower one as in torchvision; the files count from 1.
    EMNISTSplit("letters", lower, firstLabel: 1, train: 124_800, test: 20_800),
    EMNISTSplit("digits", digits, train: 240_000, test: 40_000),
    EMNISTSplit("mnist", digits, train: 60_000, test: 10_000),
  ]

  private static let digits = characters("0123456789")
  private static let upper = characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  private static let lower = characters("abcdefghijklmnopqrstuvwxyz")
  /// The letters whose lower case does not look like their upper case.
  private static let unmerged = characters("abdefghnqrt")

  private static func characters(_ text: String) -> [String] { text.map(String.init) }
}

/// What a data set holds, known before any example is read.
package struct DataSchema: Hashable, Sendable {
  /// What a model is given, at least one field.
  package let inputs: [DataField]
  /// What it is to predict, at least one field.
  package let targets: [DataField]
  /// Examples in each split, if they are known beforehand.
  package var counts: [DataSplit: Int]
  /// How many of the training examples the data set itself reserves for validation; `nil` if none, or if it is
  /// not known beforehand.
  package var validationCount: Int?

  /// - Precondition: there is an input and a target.
  package init(inputs: [DataField], targets: [DataField], counts: [DataSplit: Int] = [:]) {
    precondition(!inputs.isEmpty && !targets.isEmpty)
    self.inputs = inputs
    self.targets = targets
    self.counts = counts
  }

  /// A data set of images with one target.
  package init(image: ImageSize, target: DataField, counts: [DataSplit: Int] = [:]) {
    self.init(inputs: [DataField("image", .image(image))], targets: [target], counts: counts)
  }

  /// The first input; its name can be used in the model.
  package var input: DataField { inputs[0] }

  /// The first target, which tasks are chosen by.
  package var target: DataField { targets[0] }

  /// The share of the training examples that the data set does not reserve for validation; 1 if that is not known.
  package var givenTrainShare: Double {
    guard let all = counts[.train], let validationCount, all > 0 else { return 1 }
    return 1 - Double(validationCount) / Double(all)
  }

  /// The size of the first input; `nil` if that is no image, or images differ in size.
  package var image: ImageSize? {
    if case .image(let size) = input.kind { size } else { nil }
  }

  /// The size of the first input, the largest if images differ in size; `nil` if it is no image.
  package var largestImage: ImageSize? {
    switch input.kind {
    case .image(let size): size
    case .mixedImages(let sizes): sizes.largest
    default: nil
    }
  }
}

extension DataSchema: CustomStringConvertible {
  /// `10 classes of 1×28×28`.
  package var description: String {
    let size = image.map { "\($0)" } ?? "\(input.kind)"
    return "\(target.kind) of \(size)"
  }
}

/// What a data set holds, known before any example is read.
package struct DataSchema: Hashable, Sendable {
  /// What a model is given.
  package var image: ImageSize
  /// What it is to predict.
  package var target: DataField
  /// Examples for training and testing, if they are known beforehand.
  package var trainCount: Int?
  package var testCount: Int?

  package init(
    image: ImageSize, target: DataField, trainCount: Int? = nil, testCount: Int? = nil
  ) {
    self.image = image
    self.target = target
    self.trainCount = trainCount
    self.testCount = testCount
  }

  /// The field that a model is given; its name can be used in the model.
  package var input: DataField { DataField("image", .image(image)) }

  package var channels: Int { image.channels }
  package var height: Int { image.height }
  package var width: Int { image.width }

  /// `10 classes of 1×28×28`.
  package var inWords: String {
    "\(target.inWords) of \(image.channels)×\(image.height)×\(image.width)"
  }
}

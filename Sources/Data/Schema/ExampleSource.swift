/// The examples of one split of a data set, read by their index.
///
/// Opening a source reads what is known without decoding: how many examples there are and what is to be
/// predicted of them. The inputs are read when they are asked for.
package protocol ExampleSource: Sendable {
  /// What each example holds.
  var schema: DataSchema { get }

  var count: Int { get }

  /// Text that differs wherever the examples do.
  var fingerprint: String { get }

  /// What is to be predicted of each example.
  var targets: Targets { get }

  /// Whether the data set itself reserves each example for validation; `nil` if it reserves none.
  var isValidation: [Bool]? { get }

  /// The values of another column of the data set, example by example, as they are written there.
  ///
  /// - Throws: ``DataError`` if there is no such column; its message names those that there are.
  func column(_ name: String) throws(DataError) -> [String]

  /// What a user calls an example, such as the path of its file; `nil` if it is known by its index only.
  ///
  /// - Precondition: there is an example at `index`.
  func name(of index: Int) -> String?

  /// What the annotations of a data set call the image of an example: COCO's id, the stem of VOC's file; `nil` if
  /// there are no annotations that name images.
  ///
  /// - Precondition: there is an example at `index`.
  func annotationID(of index: Int) -> String?

  /// The names that ``column(_:)`` knows, in the order of the data set.
  var columnNames: [String] { get }

  /// What each value of a vector is, such as `island=Biscoe`; `nil` if that has no name.
  var valueNames: [String]? { get }

  /// What is worth knowing about how the examples were read, a sentence each, such as rows that were left out.
  var notes: [String] { get }

  /// The bytes of the first input of all examples, [example, channel, row, column], if they are in memory;
  /// else `nil`.
  var bytes: [UInt8]? { get }

  /// Whether reading copies from memory, so that it need not be done ahead.
  var isInMemory: Bool { get }

  /// The first input of all examples, if it is in memory that processes share; else `nil`.
  var sharedColumn: SharedColumn? { get }

  /// Whether the first ``read(_:into:)`` reads all inputs, which are then kept.
  var isReadAtOnce: Bool { get }

  /// The size of each image as it is read; `nil` if it is not known before, or the inputs are no images.
  var imageSizes: [ImageSize]? { get }

  /// For each example a number that is the same for equal inputs, without reading them; `nil` if that is not
  /// possible.
  func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]?

  /// Finds what the inputs depend on in some examples, such as means and categories, as the text of a JSON file.
  ///
  /// - Parameter rows: the training examples; no others are looked at.
  /// - Returns: `nil` if the inputs depend on nothing of the kind.
  /// - Throws: ``DataError`` if it cannot be found.
  func fit(_ rows: [Int]) throws(DataError) -> [UInt8]?

  /// The same examples with inputs that depend on what ``fit(_:)`` found, perhaps in another source.
  ///
  /// - Throws: ``DataError`` if it does not fit these examples.
  func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource

  /// The first input of all examples, without keeping it if ``isReadAtOnce``.
  ///
  /// - Throws: ``DataError`` if it cannot be read.
  func readAll() throws(DataError) -> ExampleBatch.Column

  /// Reads what would otherwise be read at the first ``read(_:into:)``, so that what is wrong with it shows
  /// before a training begins.
  func prepare() throws(DataError)

  /// Fills a column of `batch` for every input, and for a target that is a mask, with the examples at `indices`
  /// in this order. May be called on several threads at once.
  ///
  /// - Throws: ``DataError`` if an example cannot be read.
  func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError)

  /// The same with images that may be decoded smaller. Masks never are.
  ///
  /// - Parameter reduction: how much smaller they may be; their column then holds ``Pictures``.
  func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError)
}

extension DataError {
  /// The error for a column of a data set that has none besides inputs and targets.
  package static func noColumns(_ name: String) -> DataError {
    DataError(path: name, reason: "the data set has no columns besides inputs and targets")
  }
}

extension ExampleSource {
  package var bytes: [UInt8]? { nil }
  package var isValidation: [Bool]? { nil }
  package var notes: [String] { [] }
  package var isInMemory: Bool { true }
  package var sharedColumn: SharedColumn? { nil }
  package var isReadAtOnce: Bool { false }
  package var columnNames: [String] { [] }
  package var valueNames: [String]? { nil }
  package var imageSizes: [ImageSize]? { nil }

  package func name(of index: Int) -> String? { nil }
  package func annotationID(of index: Int) -> String? { nil }
  package func duplicateKeys(_ indices: [Int]) throws(DataError) -> [UInt64]? { nil }
  package func fit(_ rows: [Int]) throws(DataError) -> [UInt8]? { nil }
  package func applying(_ fitted: [UInt8]) throws(DataError) -> any ExampleSource { self }

  package func column(_ name: String) throws(DataError) -> [String] {
    throw .noColumns(name)
  }

  package func prepare() throws(DataError) {}

  package func readAll() throws(DataError) -> ExampleBatch.Column {
    var batch = ExampleBatch()
    try read(Array(0..<count), into: &batch)
    guard let column = batch.take(schema.input.name) else {
      throw DataError(path: schema.input.name, reason: "holds no inputs")
    }
    return column
  }

  package func read(
    _ indices: [Int], reducedBy reduction: ImageReduction, into batch: inout ExampleBatch
  ) throws(DataError) {
    try read(indices, into: &batch)
  }

  /// The images at `indices`, which are of one size, [example, channel, row, column], as bytes.
  ///
  /// - Throws: ``DataError`` if an example cannot be read, or the first input is no image of one size.
  package func images(_ indices: [Int]) throws(DataError) -> [UInt8] {
    if let bytes, indices.count == count, indices.elementsEqual(0..<count) { return bytes }
    guard schema.image != nil else {
      throw DataError(path: schema.input.name, reason: "does not hold images of equal size")
    }
    return try pictures(indices).bytes
  }

  /// The images at `indices`, whatever their sizes.
  ///
  /// - Parameter reduction: how much smaller they may be decoded; `nil` for whole images.
  /// - Throws: ``DataError`` if an example cannot be read, or the first input is no image.
  package func pictures(
    _ indices: [Int], reducedBy reduction: ImageReduction? = nil
  ) throws(DataError) -> Pictures {
    var batch = try batch(indices, reducedBy: reduction)
    switch batch.take(schema.input.name) {
    case .pictures(let pictures): return pictures
    case .bytes(let bytes):
      guard let size = schema.image else { break }
      return Pictures(bytes: bytes, size: size)
    default: break
    }
    throw DataError(path: schema.input.name, reason: "holds no images")
  }

  private func batch(
    _ indices: [Int], reducedBy reduction: ImageReduction?
  ) throws(DataError) -> ExampleBatch {
    var batch = ExampleBatch()
    if let reduction {
      try read(indices, reducedBy: reduction, into: &batch)
    } else {
      try read(indices, into: &batch)
    }
    return batch
  }

  /// Whether the target is a mask, which ``read(_:into:)`` then gives as a column of its own.
  package var hasMasks: Bool { schema.target.kind.isMask }

  /// The images at `indices` with their masks: class numbers of the same height and width, with
  /// ``FieldKind/ignoredPixel`` for pixels without a class; `nil` if the target is no mask.
  ///
  /// - Parameter reduction: how much smaller the images may be decoded; `nil` for whole images.
  /// - Throws: ``DataError`` if an example cannot be read, or the first input is no image.
  package func picturesAndMasks(
    _ indices: [Int], reducedBy reduction: ImageReduction? = nil
  ) throws(DataError) -> (images: Pictures, masks: Pictures?) {
    guard hasMasks else { return (try pictures(indices, reducedBy: reduction), nil) }
    var batch = try batch(indices, reducedBy: reduction)
    guard let images = pictures(in: &batch, schema.input.name, schema.image) else {
      throw DataError(path: schema.input.name, reason: "holds no images")
    }
    let size = schema.image.map { ImageSize(channels: 1, height: $0.height, width: $0.width) }
    guard let masks = pictures(in: &batch, schema.target.name, size) else {
      throw DataError(path: schema.target.name, reason: "holds no masks")
    }
    return (images, masks)
  }

  private func pictures(
    in batch: inout ExampleBatch, _ name: String, _ size: ImageSize?
  ) -> Pictures? {
    switch batch.take(name) {
    case .pictures(let pictures): pictures
    case .bytes(let bytes): size.map { Pictures(bytes: bytes, size: $0) }
    default: nil
    }
  }

  /// The first examples, at most this many.
  package func prefix(_ limit: Int) -> any ExampleSource {
    limit >= count ? self : ExampleSubset(self, rows: Array(0..<max(0, limit)))
  }
}

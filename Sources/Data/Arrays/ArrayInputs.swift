import DataSchema

/// The inputs in an array: images or vectors.
package enum ArrayInputs: Sendable {
  case images(ArrayImages)
  case vectors(ArrayVectors)

  package var array: NumericArray {
    switch self {
    case .images(let images): images.array
    case .vectors(let vectors): vectors.array
    }
  }

  /// The number of examples.
  package var count: Int {
    switch self {
    case .images(let images): images.count
    case .vectors(let vectors): vectors.count
    }
  }

  /// What each example is to a model.
  package var field: DataField {
    switch self {
    case .images(let images): DataField("image", .image(images.size))
    case .vectors(let vectors): DataField("features", .vector(vectors.width))
    }
  }

  /// The size of an example as it is read, in bytes.
  package var exampleSize: Int {
    switch self {
    case .images(let images): images.size.count
    case .vectors(let vectors): vectors.width * MemoryLayout<Float>.size
    }
  }

  /// How the array is read, as far as it decides about the values.
  package var reading: String {
    switch self {
    case .images(let images): "images \(images.axes) \(images.range.map { "\($0)" } ?? "bytes")"
    case .vectors: "vectors"
    }
  }

  /// Reads what would otherwise be read at the first ``read(_:)``.
  package func prepare() throws(DataError) {
    switch self {
    case .images(let images): try images.prepare()
    case .vectors(let vectors): try vectors.prepare()
    }
  }

  /// The examples at `indices`, in this order: bytes of images, numbers of vectors. May be called on several
  /// threads at once.
  ///
  /// - Precondition: the examples exist.
  /// - Throws: ``DataError`` if they cannot be read, or hold a value that cannot be learned from.
  package func read(_ indices: [Int]) throws(DataError) -> ExampleBatch.Column {
    switch self {
    case .images(let images): .bytes(try images.read(indices))
    case .vectors(let vectors): .numbers(try vectors.read(indices))
    }
  }
}

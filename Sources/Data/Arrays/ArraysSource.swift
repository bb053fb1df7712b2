import DataSchema
import Files

/// The examples in two arrays: images or vectors, and what is to be predicted of them.
package struct ArraysSource: ExampleSource {
  /// The inputs of all examples.
  package enum Inputs: Sendable {
    case images(ArrayImages)
    case vectors(ArrayVectors)

    fileprivate var array: NumericArray {
      switch self {
      case .images(let images): images.array
      case .vectors(let vectors): vectors.array
      }
    }

    fileprivate var count: Int {
      switch self {
      case .images(let images): images.count
      case .vectors(let vectors): vectors.count
      }
    }

    fileprivate var field: DataField {
      switch self {
      case .images(let images): DataField("image", .image(images.size))
      case .vectors(let vectors): DataField("vector", .vector(vectors.width))
      }
    }

    /// How the array is read, as far as it decides about the values.
    fileprivate var reading: String {
      switch self {
      case .images(let images):
        "images \(images.axes) \(images.range.map { "\($0)" } ?? "bytes")"
      case .vectors: "vectors"
      }
    }
  }

  package let schema: DataSchema
  package let targets: Targets
  package let fingerprint: String
  private let inputs: Inputs

  /// - Parameters:
  ///   - target: what the targets are: a category, numbers or a set of labels, with names for each.
  ///   - labels: the array that holds them.
  ///   - digests: SHA-256 of the files of the inputs and of the targets, as ``ArrayFile/sha256()`` gives it.
  /// - Throws: ``DataError`` if the targets are not what `target` says, or there are not as many as inputs.
  package init(
    _ inputs: Inputs, target: DataField, labels: NumericArray,
    digests: (inputs: String, targets: String)
  ) throws(DataError) {
    targets = try Self.targets(labels, of: target.kind)
    guard targets.count == inputs.count else {
      throw labels.error(
        "holds \(targets.count) targets for the \(inputs.count) examples of "
          + "\(FileError.quoted(inputs.array.name)) in \(inputs.array.path)")
    }
    guard targets.count > 0 else { throw labels.error("holds no examples") }
    schema = DataSchema(inputs: [inputs.field], targets: [target])
    let parts = [
      digests.inputs, inputs.array.name, inputs.reading, digests.targets, labels.name,
      target.kind.name,
    ]
    fingerprint = Digest.hex(of: parts.map { "\($0.utf8.count) \($0)\n" }.joined().utf8)
    self.inputs = inputs
  }

  private static func targets(
    _ array: NumericArray, of kind: FieldKind
  ) throws(DataError) -> Targets {
    switch kind {
    case .category(let names): try ArrayTargets.classes(array, classes: names.count)
    case .numbers(let quantities): try ArrayTargets.numbers(array, width: quantities.count)
    case .labelSet(let names): try ArrayTargets.labelSets(array, labels: names.count)
    case .image, .mixedImages, .vector, .mask, .boxes:
      throw array.error("cannot hold \(kind) as targets; expected classes, numbers or labels")
    }
  }

  package var count: Int { targets.count }

  package func prepare() throws(DataError) {
    switch inputs {
    case .images(let images): try images.prepare()
    case .vectors(let vectors): try vectors.prepare()
    }
  }

  package func read(_ indices: [Int], into batch: inout ExampleBatch) throws(DataError) {
    switch inputs {
    case .images(let images): batch[schema.input.name] = .bytes(try images.read(indices))
    case .vectors(let vectors): batch[schema.input.name] = .numbers(try vectors.read(indices))
    }
  }
}

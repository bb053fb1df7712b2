import Arrays
import DataSchema
import Files

/// Arrays of inputs alone, to be predicted by a model.
enum ArrayPredictionInputs {
  /// Opens the inputs in a file, whose targets are unknown and set to 0.
  ///
  /// - Parameters:
  ///   - reading: how the arrays that the model was trained on are read.
  ///   - schema: of those.
  /// - Throws: ``DataError`` if the inputs are not of the same kind, or several arrays could be meant.
  static func open(
    _ path: String, _ reading: ArrayReading, _ schema: DataSchema
  ) throws(DataError) -> any ExampleSource {
    let collection = try ArrayCollection(path)
    let array = try collection[name(in: collection, reading)]
    let inputs: ArrayInputs
    do throws(ArrayProblem) {
      inputs = try reading.inputs(array, argument: "inputs")
    } catch {
      throw error.error
    }
    switch (inputs.field.kind, schema.input.kind) {
    // Images are resized if need be.
    case (.image(let found), .image(let wanted)) where found.channels == wanted.channels: break
    case (let found, let wanted) where found != wanted:
      throw array.error("holds \(found), but the model needs \(wanted)")
    default: break
    }
    guard inputs.count > 0 else { throw array.error("holds no examples") }
    let width = schema.target.kind.targetWidth
    return ArraySource(
      [(inputs, Array(0..<inputs.count))],
      schema: DataSchema(inputs: [inputs.field], targets: schema.targets),
      targets: Targets([Float](repeating: 0, count: inputs.count * width), width: width),
      hashes: nil,
      fingerprint: Digest.hex(
        of: "inputs\n\(array.path)\n\(array.name)\n\(collection.stamps)\n".utf8))
  }

  /// The array of inputs: the only one, that with the name of the training inputs, or one that says so.
  private static func name(
    in collection: ArrayCollection, _ reading: ArrayReading
  ) throws(DataError) -> String {
    if collection.names.count == 1 { return collection.names[0] }
    for split in ArrayConvention.Split.allCases {
      if let name = reading.splits[split].flatMap({ collection.name($0.inputs) }) { return name }
    }
    let found = ArrayConvention.inputs(among: collection.names)
    if found.count == 1 { return found[0] }
    throw DataError(
      path: collection.path,
      reason: "holds \(ArrayFile.list(collection.names)); save only the inputs to predict")
  }
}

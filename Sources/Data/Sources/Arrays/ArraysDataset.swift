import Arrays
import DataSchema
import Diagnostics
import ExperimentConfig
import Files

/// A user's own arrays: `.npy`, `.npz` or `.safetensors`.
struct ArraysDataset: OwnDataset {
  let path: String
  private let reading: ArrayReading
  private let folder: IndexFolder
  private let memory: IndexMemory<ArrayContents.Key, ArrayContents>
  let dataSchema: DataSchema

  init(_ arguments: Arguments, in environment: DataEnvironment) throws {
    path = environment.absolute(try arguments.string("file"))
    let names = try ArrayNames(arguments)
    reading = try ArrayReading(arguments, names)
    folder = IndexFolder(environment)
    memory = environment.arrays
    if let recorded = environment.recorded {
      dataSchema = recorded
      return
    }
    let collection: ArrayCollection
    do throws(DataError) {
      collection = try ArrayCollection(path)
    } catch {
      throw InputError("\(error)", at: arguments.range("file"))
    }
    try names.check(against: collection)
    do throws(ArrayProblem) {
      dataSchema = try Self.contents(collection, reading, folder, memory).schema
    } catch {
      let place = arguments.has(error.argument) ? error.argument : "file"
      throw InputError("\(error.error)", at: arguments.range(place))
    }
    try Self.checkUnit(arguments, of: dataSchema)
    if case .vector = dataSchema.input.kind, arguments.has("range") {
      throw InputError(
        "'range' is for images, but the inputs are \(dataSchema.input.kind)",
        at: arguments.range("range"))
    }
  }

  func isInputList(_ path: String) -> Bool {
    [".npy", ".npz", ".safetensors"].contains { path.lowercased().hasSuffix($0) }
  }

  func openInputs(_ path: String) throws(DataError) -> any ExampleSource {
    try ArrayPredictionInputs.open(path, reading, dataSchema)
  }

  func contents(_ path: String) throws(DataError) -> any SplitContents {
    let collection = try ArrayCollection(path)
    do throws(ArrayProblem) {
      return try Self.contents(collection, reading, folder, memory)
    } catch {
      throw error.error
    }
  }

  private static func contents(
    _ collection: ArrayCollection, _ reading: ArrayReading, _ folder: IndexFolder,
    _ memory: IndexMemory<ArrayContents.Key, ArrayContents>
  ) throws(ArrayProblem) -> ArrayContents {
    let key = ArrayContents.Key(
      path: collection.path, stamps: collection.stamps, reading: reading)
    return try memory.index(key) { () throws(ArrayProblem) in
      try ArrayContents(reading, collection, in: folder)
    }
  }
}

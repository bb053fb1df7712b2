import DataSchema
import ExperimentConfig

/// A data set that an experiment may name, declared once: its arguments, what it holds, where it comes
/// from.
package protocol DatasetDefinition: Sendable {
  static var schema: ComponentSchema { get }

  /// - Parameter environment: where files may lie, for a data set that only its files describe.
  /// - Throws: `InputError` with the place of an argument that does not fit, or of files that cannot be read.
  init(_ arguments: Arguments, in environment: DataEnvironment) throws

  /// What it holds, known before any example is read.
  var dataSchema: DataSchema { get }

  /// Whether its images are files that are decoded when they are read.
  var decodesImages: Bool { get }

  /// Finds, downloads or draws the data and reads it through once.
  ///
  /// - Throws: ``DataError``; of kind `unavailable` where another data set may replace it.
  func acquire(
    environment: DataEnvironment, progress: @escaping @Sendable (DownloadProgress) -> Void
  ) async throws -> AcquiredDataset

  /// Files of the data that are left out or cannot be read.
  ///
  /// - Throws: ``DataError`` if that cannot be told.
  func omissions() throws(DataError) -> DatasetOmissions

  /// The same for the data that ``acquire(environment:progress:)`` found, then or earlier.
  ///
  /// - Throws: ``DataError`` if that cannot be told.
  func omissions(of data: AcquiredDataset) throws(DataError) -> DatasetOmissions

  /// The texts that stand for a missing value in a table; empty if the data are none.
  var missingTexts: [String] { get }

  /// Whether a file, by its name, is none of the inputs itself but lists them, so that
  /// ``openInputs(_:)`` opens it.
  func isInputList(_ path: String) -> Bool

  /// Opens a file with inputs to predict, whose targets are unknown and set to 0.
  ///
  /// - Throws: ``DataError`` if it is not a file of such inputs.
  func openInputs(_ path: String) throws(DataError) -> any ExampleSource

  /// Opens rows that are in memory, to be predicted like those of a file.
  ///
  /// - Parameters:
  ///   - columns: the names of the columns.
  ///   - rows: their values as texts, `nil` where one is missing.
  /// - Precondition: every row has as many values as there are columns.
  /// - Throws: ``DataError`` if the inputs are not columns of a table.
  func openInputs(
    columns: [String], rows: [[String?]]
  ) throws(DataError) -> any ExampleSource

  /// Opens a split of the data that ``acquire(environment:progress:)`` found, then or earlier.
  ///
  /// - Throws: ``DataError`` if the files have changed since, or hold other targets than ``dataSchema`` says.
  func open(
    _ split: DataSplit, of data: AcquiredDataset
  ) throws(DataError) -> any ExampleSource
}

/// Files that a data set does not use.
package struct DatasetOmissions: Sendable {
  /// A file and the reason.
  package typealias File = (path: String, reason: String)

  /// Files that cannot be read.
  package var broken: [File] = []
  /// Files that are left out because of their names or places.
  package var skipped: [File] = []
}

extension DatasetDefinition {
  package func omissions() throws(DataError) -> DatasetOmissions { DatasetOmissions() }

  package func omissions(of data: AcquiredDataset) throws(DataError) -> DatasetOmissions {
    try omissions()
  }

  package var missingTexts: [String] { [] }

  package var decodesImages: Bool { false }

  package func isInputList(_ path: String) -> Bool { false }

  package func openInputs(_ path: String) throws(DataError) -> any ExampleSource {
    throw DataError(path: path, reason: "is not a file of \(dataSchema.input.kind)")
  }
}

extension DatasetDefinition {
  package func openInputs(
    columns: [String], rows: [[String?]]
  ) throws(DataError) -> any ExampleSource {
    throw DataError(
      path: "the request", reason: "has rows, but the model takes \(dataSchema.input.kind)")
  }
}

/// The data sets there are: one explicit list.
package enum DatasetRegistry {
  package static let all: [any DatasetDefinition.Type] = [
    MNISTDataset.self, FashionMNISTDataset.self, KMNISTDataset.self, EMNISTDataset.self,
    CIFAR10Dataset.self, CIFAR100Dataset.self, DigitsDataset.self, IDXDataset.self,
    ImageFolderDataset.self, TableDataset.self, ArraysDataset.self, ImageMasksDataset.self,
    CocoDataset.self, VOCDataset.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// Whether the data set of that name cannot be made without arguments.
  package static func needsArguments(_ name: String) -> Bool {
    schemas.first { $0.name == name }?.arguments.fields.contains {
      if case .required = $0.presence { true } else { false }
    } ?? false
  }

  /// The data set of that name with its standard arguments.
  ///
  /// - Throws: `InputError` if it needs an argument.
  package static func make(
    named name: String, in environment: DataEnvironment
  ) throws -> (any DatasetDefinition)? {
    guard let type = all.first(where: { $0.schema.name == name }) else { return nil }
    return try type.init(Arguments(defaultsOf: type.schema), in: environment)
  }

  /// The data set that a checked component names.
  package static func make(
    _ component: ResolvedComponent, in environment: DataEnvironment
  ) throws -> (any DatasetDefinition)? {
    try all.first { $0.schema.name == component.name }?.init(component.arguments, in: environment)
  }
}

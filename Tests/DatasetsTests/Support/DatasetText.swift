import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig

/// Data sets from the text of an experiment.
enum DatasetText {
  /// Why a text was refused.
  struct Refusal: Error, CustomStringConvertible {
    var description: String
  }

  /// The data set of `text`, which is what follows `dataset:`, in one line.
  static func make(
    _ text: String, in folder: TemporaryFolder, recorded: DataSchema? = nil
  ) throws -> any DatasetDefinition {
    let environment = folder.environment()
    let made = try DatasetRegistry.make(
      component(text, in: folder),
      in: DataEnvironment(
        variables: environment.variables, workingDirectory: folder.path, recorded: recorded))
    guard let made else { throw Refusal(description: "no such data set") }
    return made
  }

  /// Both splits of the data set of `text`.
  static func open(
    _ text: String, in folder: TemporaryFolder
  ) async throws -> (train: any ExampleSource, test: any ExampleSource) {
    let dataset = try make(text, in: folder)
    let data = try await dataset.acquire(environment: folder.environment()) { _ in }
    return (try dataset.open(.train, of: data), try dataset.open(.test, of: data))
  }

  /// Why a text is refused: for each error the part of the text that it points at, its message and its hint.
  static func refusals(_ text: String, in folder: TemporaryFolder) throws -> [String] {
    do {
      _ = try make(text, in: folder)
      return []
    } catch let error as InputError {
      return error.diagnostics.map { place($0, text) }
    } catch let refusal as Refusal {
      return [refusal.description]
    }
  }

  private static let start = "  dataset: {"

  private static func component(
    _ text: String, in folder: TemporaryFolder
  ) throws -> ResolvedComponent {
    let experiment = "data:\n\(start)\(text)}\n  transforms: []\nmodel: [nothing]\n"
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let source = SourceFile(name: folder.path + "/test.yaml", text: experiment, kind: .file)
    guard let loaded = loader.load(source, into: diagnostics) else {
      throw Refusal(description: diagnostics.all.map { place($0, text) }.joined(separator: "; "))
    }
    return loaded.experiment.data.dataset
  }

  private static func place(_ diagnostic: Diagnostic, _ text: String) -> String {
    let found =
      diagnostic.range.map { range in
        let line = text.dropFirst(max(0, range.start.column - 1 - start.count))
        return line.prefix(max(0, range.end.column - range.start.column)) + ": "
      } ?? ""
    return found + diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
  }

  private static let catalog = Catalog([
    .layer: [ComponentSchema("nothing", doc: "")],
    .dataset: DatasetRegistry.schemas,
    .loss: [ComponentSchema("cross_entropy", doc: "")],
    .optimizer: OptimizerRegistry.schemas,
  ])
}

extension ExampleSource {
  /// The vectors of all examples, after fitting to the training examples of `training`.
  func vectors(fittedTo training: any ExampleSource, _ rows: [Int]? = nil) throws -> [[Float]] {
    guard let fitted = try training.fit(rows ?? Array(0..<training.count)) else { return [] }
    return try applying(fitted).vectors()
  }

  /// The vectors of all examples.
  func vectors() throws -> [[Float]] {
    var batch = ExampleBatch()
    try read(Array(0..<count), into: &batch)
    guard case .numbers(let values) = batch[schema.input.name] else { return [] }
    let width = values.count / count
    return (0..<count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }
}

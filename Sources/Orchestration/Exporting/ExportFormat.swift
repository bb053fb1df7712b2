import Diagnostics
import ExperimentConfig
import Files
import RunRecord

/// A form in which a trained model can leave the program.
package protocol ExportFormat: Sendable {
  /// As `runner export RUN NAME` calls it.
  static var name: String { get }
  /// One sentence of user documentation.
  static var doc: String { get }
  /// What file names end in.
  static var ending: String { get }
  /// Whether the model is a folder of files.
  static var isFolder: Bool { get }
  /// The names of the options that it takes besides those of every format.
  static var options: Set<String> { get }

  init()

  /// Writes the model.
  ///
  /// - Throws: `InputError` if the model or an option does not suit the format.
  func export(_ request: ExportRequest) async throws -> ExportedFile
}

extension ExportFormat {
  package static var isFolder: Bool { false }
  package static var options: Set<String> { [] }
}

/// The formats, in one explicit list that the command and its documentation are derived from.
package enum ExportRegistry {
  package static let all: [any ExportFormat.Type] = [
    ONNXFormat.self, INT8Format.self, PyTorchFormat.self, HuggingFaceFormat.self,
    TorchScriptFormat.self,
    SafeTensorsExport.self,
  ]

  /// Their documentation.
  package static var schemas: [ComponentSchema] {
    all.map { ComponentSchema($0.name, doc: $0.doc) }
  }

  package static func find(_ name: String) -> (any ExportFormat.Type)? {
    all.first { $0.name == name }
  }
}

/// One call of `runner export`.
package struct ExportRequest {
  /// What an exported model takes.
  package enum Input: String, Sendable, CaseIterable {
    case bytes, columns, tensor
  }

  package let models: PredictionModels
  /// The file to write.
  package let path: String
  package let environment: [String: String]
  /// `nil` for bytes if the model takes pictures, for columns if it takes rows of a table, otherwise for tensors.
  package var input: Input?
  /// ONNX's operator set; `nil` for the standard one.
  package var opset: Int?
  /// The Python to compare the answers with; `nil` for `python3`, if it has what is needed.
  package var python: String?

  /// The answer to a call.
  ///
  /// - Parameters:
  ///   - format: the name of a format.
  ///   - path: the file to write; `nil` for the run's name in the current folder.
  /// - Throws: `InputError` if there is no such format or file, or the run has no such models.
  package init(
    _ run: RunDirectory, format: any ExportFormat.Type, path: String?, weights: String,
    _ choice: PredictionModels.Choice, environment: [String: String]
  ) throws {
    var choice = choice
    // The models of folds answer together, as for 'predict'.
    if case .any = choice, RunParts.all(of: run).first.flatMap({ RunParts.kind($0.name) }) == .fold
    {
      choice = .all
    }
    models = try PredictionModels(run, weights: weights, part: choice, split: nil)
    self.environment = environment
    let name = models.partName.map { "\(run.name)-\($0)" } ?? run.name
    self.path = path ?? "\(name)\(format.isFolder ? "-" : ".")\(format.ending)"
    try Self.check(self.path, isFolder: format.isFolder)
  }

  /// The Python to compare the answers with.
  var pythonProgram: String { python ?? "python3" }

  /// Refuses to overwrite files recorded by a run.
  static func check(_ path: String, isFolder: Bool = false) throws {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if RunCatalog.isFile("\(folder)/run.json") {
      throw InputError(
        "\(path) is inside a run directory, whose files are the record of that run",
        hint: "write it elsewhere: --output FILE")
    }
    if isFolder { return try ExportFolder.check(path) }
    if RunCatalog.isFolder(path) {
      throw InputError("\(path) is a folder", hint: "name a file: --output FILE")
    }
  }
}

/// What was written.
package struct ExportedFile {
  package let path: String
  /// Lines about it for people, without its name and size.
  package let notes: [String]
  /// The same for programs.
  package let details: [String: JSONValue]
  /// Why the file does not give the run's answers; `nil` if it does, or if that was not compared.
  package let disagreement: String?
  /// The bytes of a folder's files; `nil` for a file.
  package var bytes: Int?
}

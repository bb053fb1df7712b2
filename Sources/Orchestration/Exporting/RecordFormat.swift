import Diagnostics
import ExperimentConfig
import Files
import RunRecord

/// A form in which what a run recorded leaves the program. Models are neither read nor needed.
package protocol RecordFormat: Sendable {
  /// As `runner export RUN NAME` calls it.
  static var name: String { get }
  /// One sentence of user documentation.
  static var doc: String { get }
  /// The names of the options that it takes besides those of every format.
  static var options: Set<String> { get }

  init()

  /// Writes or sends the records.
  ///
  /// - Throws: `InputError` if the run or an option does not suit the format.
  func export(_ request: RecordRequest) async throws -> ExportedRecord
}

extension RecordFormat {
  package static var options: Set<String> { [] }
}

/// The formats of records, in one explicit list that the command and its documentation are derived from.
package enum RecordRegistry {
  package static let all: [any RecordFormat.Type] = [
    CardFormat.self, MLflowFormat.self, CroissantFormat.self,
  ]

  package static func find(_ name: String) -> (any RecordFormat.Type)? {
    all.first { $0.name == name }
  }
}

/// One call of `runner export` for records.
package struct RecordRequest: Sendable {
  /// A run, a fold, a seed or a trial, or a whole sweep.
  package let target: RunReference.Target
  /// The file to write; `nil` for a name in the current folder.
  package let path: String?
  package let environment: [String: String]
  /// The address of a server.
  package var uri: String?
  /// The name of an experiment on that server.
  package var experiment: String?
  /// Shows a line of progress.
  package var progress: @Sendable (String) -> Void = { _ in }

  package init(_ target: RunReference.Target, path: String?, environment: [String: String]) {
    self.target = target
    self.path = path
    self.environment = environment
  }

  /// The run.
  ///
  /// - Throws: ``InputError`` if it is a sweep.
  func run(for format: String) throws -> RunDirectory {
    switch target {
    case .run(let run): return run
    case .sweep(let path):
      throw InputError(
        "'\(path)' is a sweep, and \(format) describes one run",
        hint: "name one of its trials: runner export \(path)/trials/TRIAL \(format)")
    }
  }

  /// Writes a file, to ``path`` or else under this name in the current folder.
  ///
  /// - Throws: ``InputError`` if it would overwrite files of a run; ``FileError`` if it cannot be written.
  func write(_ text: String, as name: String) throws -> String {
    let path = path ?? name
    try ExportRequest.check(path)
    try AtomicFile.write([Array(text.utf8)], to: path)
    return path
  }
}

/// What was written or sent.
package struct ExportedRecord: Sendable {
  /// A path or an address.
  package let place: String
  /// Lines about it for people, without its place.
  package let notes: [String]
  /// The same for programs.
  package let details: [String: JSONValue]

  package init(place: String, notes: [String] = [], details: [String: JSONValue] = [:]) {
    self.place = place
    self.notes = notes
    self.details = details
  }
}

import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Files
import Glibc
import Planning

/// Writes a commented experiment for a user's own data, or from a template.
package struct ExperimentStart {
  private let origin: Origin
  private let place: String?
  private let environment: DataEnvironment

  /// What the experiment is made from.
  private enum Origin {
    /// Data, as the user named them, and the column to predict if they are a table.
    case data(String, target: String?)
    case template(ExperimentTemplate)
  }

  /// - Parameters:
  ///   - environment: variables, of which some say where indexes are kept.
  package init(
    data: String, place: String?, target: String?, environment: [String: String]
  ) {
    self.init(
      data: data, place: place, target: target,
      environment: DataEnvironment(
        variables: environment, workingDirectory: PathResolution.workingDirectory))
  }

  /// - Parameters:
  ///   - data: the folder or file, as the user named it.
  ///   - place: where to write: a `.yaml` file, or a folder; the working directory if `nil`.
  ///   - target: the column of a table to predict.
  ///   - environment: where indexes are kept, and what relative paths start from.
  package init(data: String, place: String?, target: String?, environment: DataEnvironment) {
    let data = data.count > 1 && data.hasSuffix("/") ? String(data.dropLast()) : data
    origin = .data(data, target: target)
    self.place = place
    self.environment = environment
  }

  /// - Parameters:
  ///   - template: what to write.
  ///   - place: where to write: a `.yaml` file, or a folder; the working directory if `nil`.
  ///   - environment: what relative paths start from.
  package init(template: ExperimentTemplate, place: String?, environment: DataEnvironment) {
    origin = .template(template)
    self.place = place
    self.environment = environment
  }

  package init(template: ExperimentTemplate, place: String?, environment: [String: String]) {
    self.init(
      template: template, place: place,
      environment: DataEnvironment(
        variables: environment, workingDirectory: PathResolution.workingDirectory))
  }

  /// What was written, and why.
  package struct Outcome: Sendable {
    /// The file, as the user would name it.
    package let path: String
    /// What was found in the data, a line each.
    package fileprivate(set) var found: [String] = []
    /// What data a template expects, a line each.
    package fileprivate(set) var expected: [String] = []
    /// The JSON Schema, if it was asked for.
    package fileprivate(set) var schema: String?
    fileprivate var isSweep = false

    /// What is printed: what was found, what was written and what to do next.
    package var lines: [String] {
      let file = ShellWord.quoted(path)
      func paragraph(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines.map { "  " + $0 }
      }
      return paragraph("found", found) + ["wrote \(path)"] + (schema.map { ["wrote \($0)"] } ?? [])
        + paragraph("expects", expected)
        + [
          "next",
          "  runner check \(file)   # shapes, sizes and errors, in a moment",
          "  runner data \(file)    # what is wrong with the data",
          isSweep
            ? "  runner sweep \(file)   # tries the values below 'sweep'"
            : "  runner \(file)         # trains it",
        ]
    }
  }

  /// Looks at the data and writes the file.
  ///
  /// - Parameter withSchema: whether to write the JSON Schema for editors beside it.
  /// - Throws: `InputError` if a file exists already, or the data or the target cannot be used; `DataError`
  ///   and `FileError` for files that cannot be read or written.
  package func write(withSchema: Bool = false) async throws -> Outcome {
    let file = outputFile
    try refuseExisting(file)
    var outcome = Outcome(path: file)
    let text: String
    switch origin {
    case .data(let data, let target):
      let draft = try await draft(data, target: target, for: file)
      outcome.found = draft.found
      text = draft.text(file: ShellWord.quoted(file))
    case .template(let template):
      outcome.expected = template.expected
      outcome.isSweep = template.name == ExperimentTemplate.sweep.name
      text = template.text(file: ShellWord.quoted(file))
    }
    try makeFolder(of: absolute(file))
    if withSchema {
      let schema = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
      outcome.schema = schema + EditorSchema.fileName
      try EditorSchema.write(
        to: absolute(schema + EditorSchema.fileName), shown: outcome.schema ?? "")
    }
    try NewFile.write(text, to: absolute(file), shown: file)
    return outcome
  }

  // MARK: Where

  /// As the user would name it.
  private var outputFile: String {
    if let place, place.hasSuffix(".yaml") || place.hasSuffix(".yml") { return place }
    guard var folder = place, folder != "." else { return fileName }
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    return folder == "/" ? "/" + fileName : "\(folder)/\(fileName)"
  }

  /// `pets.yaml` for `data/pets` and for `pets.csv.gz`; the name of a template.
  private var fileName: String {
    switch origin {
    case .template(let template): return template.name + ".yaml"
    case .data(let data, _):
      let last = absolute(data).split(separator: "/").last.map(String.init) ?? "experiment"
      let stem = last.prefix { $0 != "." }
      return (stem.isEmpty ? "experiment" : String(stem)) + ".yaml"
    }
  }

  private func absolute(_ path: String) -> String {
    PathResolution.absolute(
      path, mentionedIn: SourceFile(name: environment.workingDirectory + "/.", text: ""))
  }

  private func refuseExisting(_ file: String) throws {
    var status = stat()
    if lstat(absolute(file), &status) == 0 { throw NewFile.exists(file) }
  }

  private func makeFolder(of path: String) throws {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try AtomicFile.createFolder(String(path[..<slash]))
  }

  /// The data's path for the file: relative to the file if it lies beside or below it, so that both can be moved
  /// together.
  private func path(of data: String, for file: String) -> String {
    let (data, file) = (absolute(data), absolute(file))
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "/"
    let isBelow = data.hasPrefix(folder) && data.count > folder.count
    return InitText.value(isBelow ? String(data.dropFirst(folder.count)) : data)
  }

  // MARK: What

  private func draft(
    _ data: String, target: String?, for file: String
  ) async throws -> ExperimentDraft {
    let written = path(of: data, for: file)
    let kind = try DataKind(absolute(data), name: data)
    if let target, kind != .table {
      throw InputError(
        "--target names a column of a table, but '\(InitText.oneLine(data))' is not a table",
        hint: "remove --target \(ShellWord.quoted(target)): folders name the classes")
    }
    switch kind {
    case .images:
      if let kind = try AnnotatedFolder.kind(absolute(data)) {
        return try annotated(kind, data, written, file)
      }
      let survey = try ImageFolderSurvey(absolute(data), in: environment)
      let dataset = ImageFolderStart.dataset(path: written, survey)
      return ImageFolderStart(
        schema: try schema(dataset, file), survey: survey, dataset: dataset, name: data
      ).draft
    case .table:
      let table = try TableStart(path: absolute(data), target: target, name: data)
      return table.draft(path: written, try schema(table.dataset(path: written), file))
    case .idx:
      return try await IDXStart(folder: absolute(data), name: data, environment: environment)
        .draft(path: written)
    }
  }

  /// Images with boxes or masks.
  private func annotated(
    _ kind: AnnotatedFolder, _ data: String, _ written: String, _ file: String
  ) throws -> ExperimentDraft {
    if kind == .masks {
      let dataset = try MaskStart.dataset(
        path: written, MaskSurvey(absolute(data)), name: data)
      return MaskStart(schema: try schema(dataset, file), dataset: dataset, name: data).draft
    }
    let dataset = BoxStart.dataset(isVOC: kind == .voc, path: written)
    return BoxStart(schema: try schema(dataset, file), dataset: dataset, name: data).draft
  }

  /// What the data set holds that the lines describe.
  private func schema(_ dataset: CommentedLines, _ file: String) throws -> DataSchema {
    let source = SourceFile(name: absolute(file), text: dataset.text)
    let component = try ResolvedComponent.read(source, as: .dataset, catalog: .standard)
    do {
      guard let made = try DatasetRegistry.make(component, in: environment) else {
        throw ProgramFault("no data set '\(component.name)'")
      }
      return made.dataSchema
    } catch let error as InputError {
      // The places are in a file that does not exist.
      throw InputError(
        error.diagnostics.map { Diagnostic($0.severity, $0.message, at: nil, hint: $0.hint) })
    }
  }
}

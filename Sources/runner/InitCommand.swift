import ArgumentParser
import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Reporting

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a commented experiment, from a template or for your own data.",
    usage: """
      runner init TEMPLATE [FILE]
      runner init --data DATA [FILE] [--target COLUMN]
      """,
    discussion: """
      With --data, it looks at the data and suggests everything else: transforms, model, optimizer and split. \
      Templates are for data of a kind; what they expect is in their comments. Comments say why each choice was made. \
      Nothing is overwritten. 'runner init' alone lists the templates.

      EXAMPLES
        runner init                             the templates
        runner init segmentation                writes segmentation.yaml
        runner init transfer pets.yaml          the file to write
        runner init table --schema              also the JSON Schema for editors
        runner init --data flowers              a folder of images with a folder for each class
        runner init --data flowers.zip          the same in an archive (.zip or .tar)
        runner init --data cells                images with boxes (COCO or Pascal VOC), or with masks
        runner init --data penguins.csv         a table; lists its columns if no target is given
        runner init --data penguins.csv --target species
        runner init --data scans scans.yaml     a folder of MNIST's format (IDX)
      """)

  @Option(
    help: ArgumentHelp("The folder, archive or table to learn from.", valueName: "path"),
    completion: .file())
  var data: String?

  @Argument(
    help: "One of the templates that 'runner init' lists; not with --data.",
    completion: .list(ExperimentTemplate.all.map(\.name)))
  var template: String?

  @Argument(
    help: ArgumentHelp(
      "Where to write: a .yaml file, or a folder. Named after the template or the data if left out.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var place: String?

  @Option(help: ArgumentHelp("The column of a table to predict.", valueName: "column"))
  var target: String?

  @Flag(help: "Also writes runner.schema.json beside the file, for completion in editors.")
  var schema = false

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  /// With --data there is no template, so that the first argument is the file.
  private var file: String? { data == nil ? place : template }

  func validate() throws {
    if data == nil {
      if target != nil {
        throw ValidationError("--target names a column of a table: add --data TABLE")
      }
      if template == nil, schema {
        throw ValidationError("--schema needs a template or --data; 'runner schema' prints it")
      }
    } else if let place {
      throw ValidationError("unexpected argument '\(place)'")
    } else if let template, ExperimentTemplate.find(template) != nil {
      throw ValidationError(
        "--data and the template '\(template)' exclude each other; write ./\(template) for a folder"
      )
    }
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    if let data {
      let start = ExperimentStart(
        data: data, place: file, target: target, environment: environment)
      return try report(await start.write(withSchema: schema))
    }
    guard let template else { return try list() }
    guard let found = ExperimentTemplate.find(template) else {
      let names = ExperimentTemplate.all.map(\.name)
      throw InputError(
        "there is no template '\(template)'",
        hint: Suggestion.hint(for: template, among: names)
          ?? "templates: \(names.joined(separator: ", ")); for your own data: runner init --data DATA"
      )
    }
    let start = ExperimentStart(template: found, place: file, environment: environment)
    try report(await start.write(withSchema: schema))
  }

  private func list() throws {
    let templates = ExperimentTemplate.all
    if json {
      return try StandardOutput.write(
        json: JSONValue.object([
          "templates": .array(
            templates.map { ["name": .string($0.name), "summary": .string($0.summary)] })
        ]))
    }
    let width = templates.map(\.name.count).max() ?? 0
    let rows = templates.map { template in
      "  \(template.name)\(String(repeating: " ", count: width - template.name.count))  "
        + template.summary.prefix(1).lowercased() + template.summary.dropFirst() + "\n"
    }
    try StandardOutput.write(
      "runner init TEMPLATE [FILE] writes a commented experiment:\n\n" + rows.joined()
        + "\nrunner init --data flowers, a folder, an archive or a table, looks at the data\n"
        + "and writes an experiment for it.\n")
  }

  private func report(_ outcome: ExperimentStart.Outcome) throws {
    guard json else {
      return try StandardOutput.write(outcome.lines.joined(separator: "\n") + "\n")
    }
    var object: [String: JSONValue] = [
      "written": .string(outcome.path), "found": .array(outcome.found.map(JSONValue.string)),
    ]
    if !outcome.expected.isEmpty {
      object["expected"] = .array(outcome.expected.map(JSONValue.string))
    }
    if let schema = outcome.schema { object["schema"] = .string(schema) }
    try StandardOutput.write(json: JSONValue.object(object))
  }
}

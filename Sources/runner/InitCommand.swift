import ArgumentParser
import ExperimentConfig
import FoundationEssentials
import Orchestration
import Reporting

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a commented experiment for your own data.",
    usage: "runner init --data DATA [FILE] [--target COLUMN]",
    discussion: """
      It looks at the data and suggests everything else: transforms, model, optimizer and split, each with a \
      comment that says why. Nothing is overwritten.

      EXAMPLES
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
    help: ArgumentHelp(
      "Where to write: a .yaml file, or a folder. Named after the data if left out.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var place: String?

  @Option(help: ArgumentHelp("The column of a table to predict.", valueName: "column"))
  var target: String?

  @Flag(help: "Prints one JSON object to standard output.")
  var json = false

  func validate() throws {
    if data == nil, place != nil || target != nil || json {
      throw ValidationError("say what to learn from: --data DATA")
    }
  }

  func run() async throws {
    guard let data else { throw CleanExit.helpRequest(self) }
    let outcome = try await ExperimentStart(
      data: data, place: place, target: target, environment: ProcessInfo.processInfo.environment
    ).write()
    if json {
      try StandardOutput.write(
        json: JSONValue.object([
          "written": .string(outcome.path), "found": .array(outcome.found.map(JSONValue.string)),
        ]))
    } else {
      try StandardOutput.write(outcome.lines.joined(separator: "\n") + "\n")
    }
  }
}

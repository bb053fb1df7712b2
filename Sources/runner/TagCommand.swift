import ArgumentParser
import Diagnostics
import ExperimentConfig
import Files
import Reporting
import RunRecord

struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Gives a run or a sweep tags, removes them, or lists them.",
    discussion: """
      A tag that only one run has names it wherever a run is expected: 'runner show baseline'. Tags are \
      stored in annotations.json in the run's directory; they are not part of its results.

        runner tag latest baseline
        runner tag latest --remove baseline
        runner list --tag baseline
      """)

  @OptionGroup var annotated: AnnotationArguments

  @Argument(help: "Letters, digits, '.', '_' and '-'. Without any, the run's tags are listed.")
  var tags: [String] = []

  @Flag(help: "Removes these tags.")
  var remove = false

  func validate() throws {
    if remove, tags.isEmpty { throw ValidationError("--remove needs the tags to remove") }
  }

  func run() throws {
    if !remove { try RunTag.check(tags) }
    let folder = try annotated.resolve()
    var annotations = try RunAnnotations.read(in: folder)
    if remove {
      if let missing = tags.first(where: { !annotations.tags.contains($0) }) {
        throw InputError(
          "'\(folder.path)' has no tag '\(missing)'",
          hint: Suggestion.hint(for: missing, among: annotations.tags))
      }
      annotations = try RunAnnotations.change(in: folder) { $0.remove(tags: tags) }
      annotated.refreshPage(in: folder)
    } else if !tags.isEmpty {
      annotations = try RunAnnotations.change(in: folder) { $0.add(tags: tags) }
      annotated.refreshPage(in: folder)
    }
    if annotated.json {
      let list = annotations.tags.map(JSONValue.string)
      try StandardOutput.write(
        json: JSONValue.object(["run": .string(folder.path), "tags": .array(list)]))
    } else if !annotations.tags.isEmpty {
      try StandardOutput.write(annotations.tags.joined(separator: " ") + "\n")
    }
  }
}

import ArgumentParser
import Diagnostics
import ExperimentConfig
import Files
import FoundationEssentials
import Reporting
import RunRecord

struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note", abstract: "Adds a note to a run or a sweep, or shows its notes.",
    discussion: """
      Notes are stored with their times in annotations.json in the run's directory; they are not part of its \
      results. 'runner show' shows them, and 'runner list --columns note' the last one of each run.

        runner note latest 'the learning rate was too high'
        runner note latest
      """)

  /// The maximum length of a note in characters.
  private static let longest = 10_000

  @OptionGroup var annotated: AnnotationArguments

  @Argument(help: "The note. Without it, the run's notes are shown.")
  var text: [String] = []

  func run() throws {
    let folder = try annotated.resolve()
    let text = text.joined(separator: " ")
    var annotations = try RunAnnotations.read(in: folder)
    if !self.text.isEmpty {
      if text.allSatisfy(\.isWhitespace) { throw InputError("the note is empty") }
      if text.count > Self.longest {
        throw InputError("the note has \(text.count) characters; at most \(Self.longest) fit")
      }
      let note = RunAnnotations.Note(time: UTCTime.iso(UTCTime.now()), text: text)
      annotations = try RunAnnotations.change(in: folder) { $0.add(note) }
      annotated.refreshPage(in: folder)
    }
    if annotated.json {
      let notes = annotations.notes.map { note -> JSONValue in
        ["time": .string(note.time), "text": .string(note.text)]
      }
      try StandardOutput.write(
        json: JSONValue.object(["run": .string(folder.path), "notes": .array(notes)]))
      return
    }
    let terminal = StandardOutput.terminal(environment: ProcessInfo.processInfo.environment)
    for note in self.text.isEmpty ? annotations.notes : annotations.notes.suffix(1) {
      try StandardOutput.write(NoteText.render(note, terminal))
    }
  }
}

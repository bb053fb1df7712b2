import ExperimentConfig

/// A kind of experiment that `runner init TEMPLATE` writes, for data that are not looked at.
package struct ExperimentTemplate: Sendable {
  package let name: String
  /// What it is for, in a few words.
  package let summary: String
  /// What the data have to look like, a line each; empty if nothing is needed.
  package let expected: [String]
  let draft: @Sendable () -> ExperimentDraft

  /// The text of the file.
  ///
  /// - Parameter file: what the commands in the text call the file.
  func text(file: String) -> String {
    var draft = draft()
    draft.title = ["\(summary). Written by 'runner init \(name)'."]
    for (index, line) in expected.enumerated() {
      draft.title?.append((index == 0 ? "It expects " : "  ") + line)
    }
    return draft.text(file: file)
  }

  /// All templates, in the order in which they are listed.
  package static let all: [ExperimentTemplate] = [
    imageFolder, table, regression, multiLabel, segmentation, detection, transfer, sweep,
  ]

  /// The template of a name, in which words may also be separated by hyphens.
  package static func find(_ name: String) -> ExperimentTemplate? {
    all.first { $0.name == name.replacing("-", with: "_") }
  }
}

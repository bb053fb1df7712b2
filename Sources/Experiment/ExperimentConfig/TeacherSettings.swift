import Diagnostics

/// Distillation from the model of a run (Hinton, Vinyals and Dean, "Distilling the knowledge in a neural
/// network", 2015).
package struct TeacherSettings: Sendable {
  /// The run as the experiment names it; once planned, the absolute path of its directory.
  package internal(set) var run: String
  package let runRange: SourceRange?
  /// What the scores of both models are divided by.
  package let temperature: Double
  /// The share of the comparison in the training loss.
  package let alpha: Double
  package let range: SourceRange?

  init(_ value: Resolved) throws {
    run = try value.at("run").string()
    runRange = try value.at("run").range
    temperature = try value.at("temperature").number()
    alpha = try value.at("alpha").number()
    range = value.range
  }

  /// The file with the teacher's weights, in a run directory.
  package static let weights = "weights/best.safetensors"
}

import Diagnostics
import FoundationEssentials

/// What the parameters start from, as the experiment says it.
package struct WeightsSource: Sendable {
  package enum Kind: Sendable, Equatable {
    /// A state dict, by its absolute path.
    case file(String)
    /// torchvision's weights of the model, by the name of the data that it was trained on.
    case pretrained(String)
    /// The model of an earlier run.
    case run(String, epoch: Epoch)
  }

  package enum Epoch: String, Sendable {
    case best, last
  }

  package let kind: Kind
  /// Whether random weights may stand in for pretrained ones that cannot be had.
  package let fallsBackToRandom: Bool
  package let range: SourceRange?

  init(_ value: Resolved) throws {
    range = value.range
    fallsBackToRandom = value.optional("fallback") != nil
    switch value.content {
    case .path(let path): kind = .file(path)
    case .string(let name): kind = .pretrained(name)
    default:
      if let file = value.optional("file") {
        kind = .file(try file.string())
      } else if let run = value.optional("run") {
        let epoch = Epoch(rawValue: try value.at("epoch").string()) ?? .best
        kind = .run(try run.string(), epoch: epoch)
      } else {
        kind = .pretrained(try value.at("pretrained").string())
      }
    }
  }

  /// Reports a file that is not there.
  func validate(into diagnostics: DiagnosticCollector) throws {
    guard case .file(let path) = kind else { return }
    var isDirectory = false
    if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      diagnostics.error("no such file: '\(path)'", at: range)
    } else if isDirectory {
      diagnostics.error(
        "'\(path)' is a directory, not a file", at: range,
        hint: "the weights of a run are {run: RUN}")
    }
  }
}

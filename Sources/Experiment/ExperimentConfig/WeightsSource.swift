import Diagnostics
import FoundationEssentials

/// The initial values of the parameters, as the experiment specifies them.
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
  /// Whether random weights replace pretrained ones that are not available.
  package let fallsBackToRandom: Bool
  package let range: SourceRange?
  /// The key of the state dict in a checkpoint; `nil` if it is to be found.
  package let key: String?
  package let keyRange: SourceRange?
  /// What the names in the file begin with before the model's names follow; `nil` if it is to be found.
  package let prefix: String?
  package let prefixRange: SourceRange?

  init(_ value: Resolved) throws {
    range = value.range
    fallsBackToRandom = value.optional("fallback") != nil
    key = try value.optional("key")?.string()
    keyRange = value.optional("key")?.range
    prefix = try value.optional("prefix")?.string()
    prefixRange = value.optional("prefix")?.range
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

  /// Reports a missing file.
  func validate(into diagnostics: DiagnosticCollector) throws {
    guard case .file(let path) = kind else { return }
    var isDirectory = false
    if !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) {
      diagnostics.error("no such file: '\(path)'", at: range)
    } else if isDirectory {
      diagnostics.error(
        "'\(path)' is a directory, not a file", at: range,
        hint: Self.weights(in: path).map { "name the file in it: \($0)" }
          ?? "the weights of a run are {run: RUN}")
    }
  }

  /// The file of a directory that the user probably means: an index before the files that it lists.
  private static func weights(in directory: String) -> String? {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      return nil  // only the suggestion is lost
    }
    let endings = [".index.json", ".safetensors", ".pth", ".pt", ".bin", ".ckpt"]
    for ending in endings {
      if let name = names.filter({ $0.hasSuffix(ending) }).min() { return name }
    }
    return nil
  }
}

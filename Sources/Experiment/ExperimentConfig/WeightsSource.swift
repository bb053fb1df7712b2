import Diagnostics
import FoundationEssentials

/// The source of the initial parameter values, as specified in the experiment.
package struct WeightsSource: Sendable {
  package enum Kind: Sendable, Equatable {
    /// A state dict at an absolute path.
    case file(String)
    /// torchvision's weights for the model, by the name of the data set they were trained on.
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
  /// The key of the state dict in a checkpoint; `nil` to detect it.
  package let key: String?
  package let keyRange: SourceRange?
  /// The prefix of the parameter names in the file; `nil` to detect it.
  package let prefix: String?
  package let prefixRange: SourceRange?
  /// The path of the part of the model that takes the weights, such as `backbone`; `nil` for the whole model.
  package let part: String?
  package let partRange: SourceRange?

  init(_ value: Resolved) throws {
    range = value.range
    fallsBackToRandom = value.optional("fallback") != nil
    key = try value.optional("key")?.string()
    keyRange = value.optional("key")?.range
    prefix = try value.optional("prefix")?.string()
    prefixRange = value.optional("prefix")?.range
    part = try value.optional("into")?.string()
    partRange = value.optional("into")?.range
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
        hint: Self.weights(in: path).map { "give the file in it: \($0)" }
          ?? "for the weights of a run, write {run: RUN}")
    }
  }

  /// The file in a directory that the user probably means; an index takes precedence over the files
  /// it lists.
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

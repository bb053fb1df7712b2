import Diagnostics
import FoundationEssentials

/// A checked experiment. Components carry their arguments with the place of each.
package struct Experiment: Sendable {
  package struct FileReference: Sendable {
    package let path: String
    package let range: SourceRange?
  }

  package struct Data: Sendable {
    package let dataset: ResolvedComponent
    package let fallback: ResolvedComponent?
    package let transforms: [ResolvedComponent]
    /// The list of the transforms.
    package let transformsRange: SourceRange?
    package let split: Split
    package let batchSize: Int
    package let batchSizeRange: SourceRange?
    package let limitRange: SourceRange?
    package let shuffle: Bool
    package let dropLast: Bool
    package let trainLimit: Int?
    package let testLimit: Int?
  }

  package struct Split: Sendable {
    /// The share of the training set that is set apart, above 0 and below 1.
    package let validation: Double
    package let isStratified: Bool
    package let range: SourceRange?
  }

  package let name: String
  package let seed: UInt64
  package internal(set) var threads: Int
  /// `auto`, or the device asked for.
  package let device: String
  package let data: Data
  package let model: [ModelNode]
  package let weights: FileReference?
  package let loss: ResolvedComponent
  package let optimizer: ResolvedComponent
  package let epochs: Int
  package let maxSteps: Int?
  package let metrics: [ResolvedComponent]

  init(_ root: Resolved, model: [ModelNode]) throws {
    name = try root.at("name").string()
    seed = UInt64(try root.at("seed").integer())
    threads = try root.at("threads").integer()
    device = try root.at("device").string()
    data = try Data(root.at("data"))
    self.model = model
    weights = try root.optional("weights").map {
      FileReference(path: try $0.string(), range: $0.range)
    }
    loss = try root.at("loss").component()
    optimizer = try root.at("optimizer").component()
    epochs = try root.at("train").at("epochs").integer()
    maxSteps = try root.at("train").optional("max_steps")?.integer()
    metrics = try root.at("metrics").list().map { try $0.component() }
  }

  /// What no single value shows: rules between values, and files that have to be there.
  func validate(into diagnostics: DiagnosticCollector) throws {
    if let weights {
      var isDirectory = false
      if !FileManager.default.fileExists(atPath: weights.path, isDirectory: &isDirectory) {
        diagnostics.error("no such file: '\(weights.path)'", at: weights.range)
      } else if isDirectory {
        diagnostics.error("'\(weights.path)' is a directory, not a file", at: weights.range)
      } else if ![".safetensors", ".pth", ".pt"].contains(where: weights.path.hasSuffix) {
        diagnostics.error(
          "weights are read from .safetensors, .pth and .pt files", at: weights.range)
      }
    }
    let arguments = optimizer.arguments
    if optimizer.name == "sgd", try arguments.boolean("nesterov"),
      try arguments.number("momentum") == 0 || arguments.number("dampening") != 0
    {
      diagnostics.error(
        "Nesterov's momentum needs 'momentum' above 0 and no 'dampening'",
        at: arguments.range("nesterov"))
    }
    var seen: Set<String> = []
    for metric in metrics where !seen.insert(metric.name).inserted {
      diagnostics.error("the metric '\(metric.name)' is named twice", at: metric.origin.range)
    }
  }
}

extension Experiment.Data {
  init(_ data: Resolved) throws {
    dataset = try data.at("dataset").component()
    fallback = try data.optional("fallback")?.component()
    transforms = try data.at("transforms").list().map { try $0.component() }
    transformsRange = try data.at("transforms").range
    split = try Experiment.Split(data.at("split"))
    batchSize = try data.at("batch_size").integer()
    batchSizeRange = try data.at("batch_size").range
    limitRange = try data.at("limit").range
    shuffle = try data.at("shuffle").boolean()
    dropLast = try data.at("drop_last").boolean()
    trainLimit = try data.at("limit").optional("train")?.integer()
    testLimit = try data.at("limit").optional("test")?.integer()
  }
}

extension Experiment.Split {
  init(_ split: Resolved) throws {
    validation = try split.at("validation").number()
    isStratified = try split.at("stratified").boolean()
    range = try split.at("validation").range ?? split.range
  }
}

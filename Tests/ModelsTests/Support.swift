import Diagnostics
import ExperimentConfig
import Foundation
import Graph
import Models
import Testing

enum ModelFiles {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/models")

  static func read(_ name: String) throws -> Data {
    try Data(contentsOf: fixtures.appending(path: name))
  }

  /// The graph of a built-in model.
  ///
  /// - Parameter arguments: as in `{classes: 10}`, without the braces.
  static func graph(_ model: String, _ arguments: String, image: Shape) throws -> Graph {
    let catalog = Catalog(
      [
        .layer: LayerRegistry.standard.schemas,
        .dataset: [ComponentSchema("anything", doc: "A data set that is never opened.")],
        // What an experiment has unless it says otherwise.
        .transform: [ComponentSchema("to_tensor", doc: "")],
        .loss: [ComponentSchema("cross_entropy", doc: "")],
        .optimizer: OptimizerRegistry.schemas,
      ], models: Models.all)
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: catalog, environment: [:], processors: 1)
    let text = "data: {dataset: anything}\nmodel: {\(model): {\(arguments)}}\n"
    guard let loaded = loader.load(SourceFile(name: "test.yaml", text: text), into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", image)], output: "label",
        requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    return graph
  }

  /// A model with arguments, and the name of what `make_torchvision.py` wrote of it.
  struct Reference: CustomTestStringConvertible {
    let model: ModelSource
    var arguments: [String] = []
    let fixture: String

    /// Whether its logits and its step are recorded.
    var hasValues: Bool {
      FileManager.default.fileExists(
        atPath: ModelFiles.fixtures.appending(path: "\(fixture).values.json").path)
    }

    var testDescription: String { fixture }

    /// Whether it has a score for every pixel.
    var isSegmentation: Bool {
      ["fcn_resnet50", "deeplabv3_resnet50", "lraspp_mobilenet_v3_large", "unet"]
        .contains(model.schema.name)
    }

    func graph(_ more: [String], image: [Int]) throws -> Graph {
      try ModelFiles.graph(
        model.schema.name, (arguments + more).joined(separator: ", "), image: Shape(image))
    }
  }

  /// The models that have a reference in PyTorch.
  static let references: [Reference] = Models.all.flatMap { model in
    let name = model.schema.name
    let others: [([String], String)] =
      switch name {
      case "resnet20": [(["shortcut: B"], name + "-B")]
      case "unet":
        [
          (["depth: 3", "width: 16", "norm: group", "upsampling: bilinear"], name + "-bilinear"),
          (["depth: 2", "width: 12", "norm: none"], name + "-plain"),
        ]
      default: []
      }
    let variants = [([], name)] + others
    return variants.compactMap { arguments, fixture in
      FileManager.default.fileExists(atPath: fixtures.appending(path: "\(fixture).modules").path)
        ? Reference(model: model, arguments: arguments, fixture: fixture) : nil
    }
  }
}

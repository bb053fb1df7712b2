import Diagnostics
import ExperimentConfig
import Graph

/// A model that ships with the program, for images of the size that it was published for.
package struct BuiltInModel {
  package let source: ModelSource
  package let graph: Graph

  /// - Throws: ``InputError`` if the images do not fit the model.
  package init(_ source: ModelSource) throws {
    let name = source.schema.name
    let diagnostics = DiagnosticCollector()
    let loader = ExperimentLoader(catalog: .standard, environment: [:], processors: 1)
    let text = "data: {dataset: digits}\nmodel: {\(name): {classes: \(source.facts.classes)}}\n"
    let file = SourceFile(name: "\(name).yaml", text: text, kind: .builtIn)
    guard let loaded = loader.load(file, into: diagnostics),
      let graph = GraphBuilder.build(
        loaded.experiment.model, inputs: [Graph.Input("image", Shape(source.facts.image))],
        output: "label", requirement: nil, registry: .standard, diagnostics: diagnostics)
    else { throw InputError(diagnostics.sorted) }
    self.source = source
    self.graph = graph
  }
}

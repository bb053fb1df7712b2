import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Graph
import RunRecord
import Tasks
import Transforms
import Weights

/// How a finished model answers a large image in tiles.
package struct TilePlan: Sendable {
  /// The model for inputs of the size of a tile.
  package let graph: Graph
  /// The run's transforms without those that change an image's size.
  package let pipeline: TransformPipeline
  /// The names of the transforms that are left out, in order.
  package let omitted: [String]
}

extension Plan {
  /// The run's model and transforms for tiles of images at their own resolution.
  ///
  /// - Parameter size: the side of a tile in pixels.
  /// - Throws: ``InputError`` if the model does not give a class for each pixel, or takes no inputs of this size.
  package func tiles(size: Int) throws -> TilePlan {
    guard let transforms, task.target.kind.isMask else {
      throw InputError("--tile is for models that give every pixel a class")
    }
    let input = ImageType(
      channels: transforms.input.channels, height: size, width: size, isFloat: false)
    let pairs = zip(namedTransforms, transforms.steps)
    let kept = pairs.filter { !$0.1.changesSize }.map { $0.0 }
    let planned = Self.steps(kept, from: input)
    if let (component, error) = planned.mismatch {
      throw InputError(
        "--tile \(size): '\(component.name)' cannot transform tiles: \(error.message)")
    }
    let diagnostics = DiagnosticCollector()
    let schema = dataset.dataSchema
    let graph = GraphBuilder.build(
      experiment.model, inputs: [Graph.Input(schema.input.name, planned.image.shape)],
      output: schema.target.name, outputs: experiment.outputs,
      requirement: Self.requirement(loss, task, input: planned.image.shape),
      head: experiment.head, registry: .standard, modules: ModuleInspection(),
      diagnostics: diagnostics)
    guard let graph else {
      throw InputError(
        [Diagnostic(.error, "the model takes no tiles of \(size)×\(size) pixels", at: nil)]
          + diagnostics.sorted)
    }
    let own = Dictionary(self.graph.expectedTensors.map { ($0.name, $0.shape) }) { first, _ in first
    }
    if let other = graph.expectedTensors.first(where: { own[$0.name] != $0.shape }) {
      throw InputError(
        "the model takes no tiles of \(size)×\(size) pixels: the size of '\(other.name)' depends on "
          + "that of the image")
    }
    return TilePlan(
      graph: graph, pipeline: TransformPipeline(input: input, steps: planned.steps),
      omitted: pairs.filter { $0.1.changesSize }.map { $0.0.component.name })
  }
}

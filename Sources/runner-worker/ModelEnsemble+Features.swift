import DataSchema
import Datasets
import Diagnostics
import Execution
import Graph
import Torch
import Training
import Transforms

/// What a model makes of examples before its head decides.
extension ModelEnsemble {
  /// Computes the features of a single model in batches: the value at `place`, images as the mean over their
  /// positions, everything else flattened.
  ///
  /// - Parameter receive: is given the range of the examples and their features, [examples, width].
  func features(
    _ source: any ExampleSource, _ pipeline: TransformPipeline?, at place: Graph.Source,
    receive: (Range<Int>, [Float]) throws -> Void
  ) throws {
    let model = models[0]
    let examples = try self.examples(source, pipeline, model: 0)
    for start in stride(from: 0, to: source.count, by: batchSize) {
      if Interruption.isRequested { throw TrainingInterrupted() }
      let range = start..<min(start + batchSize, source.count)
      let values = try withInferenceMode { () throws -> [Float] in
        let inputs = try examples.batch(range, format: model.format).inputs
        guard case .node(let wanted) = place else { return try inputs.flatten(start: 1).floats() }
        var found: Tensor?
        _ = try model(inputs) { index, output in
          if index == wanted { found = output }
        }
        guard let output = try found?.to(.float32) else {
          throw ProgramFault("the model does not compute '\(model.graph.name(of: place))'")
        }
        let pooled = output.dim == 4 ? try output.mean([2, 3]) : output
        return try pooled.flatten(start: 1).floats()
      }
      try receive(range, values)
    }
  }
}

import Graph
import RunRecord

/// Asks which values a trained model's layers give for training examples. Nothing is written.
package struct CalibrationRequest: Codable, Sendable {
  private let location: RunLocation
  package let model: PredictionRequest.Model
  package let dataset: RunInfo.Dataset
  /// The largest number of training examples that are looked at, spread evenly over all of them.
  package let examples: Int
  package let threads: Int

  /// - Parameter run: the run, or the one fold or seed whose model it is.
  package init(
    _ run: RunDirectory, model: PredictionRequest.Model, dataset: RunInfo.Dataset, examples: Int,
    threads: Int
  ) {
    location = RunLocation(run)
    self.model = model
    self.dataset = dataset
    self.examples = examples
    self.threads = threads
  }

  package var run: RunDirectory { location.run }
}

/// The answer to a ``CalibrationRequest``.
package struct CalibrationAnswer: Codable, Sendable {
  package struct Node: Codable, Sendable {
    /// The index in the graph.
    package let index: Int
    package let range: ActivationRange

    package init(index: Int, range: ActivationRange) {
      (self.index, self.range) = (index, range)
    }
  }

  /// Of the model's input.
  package let input: ActivationRange
  /// Of the outputs of the layers.
  package let nodes: [Node]
  /// How many training examples were looked at.
  package let examples: Int

  package init(input: ActivationRange, nodes: [Node], examples: Int) {
    (self.input, self.nodes, self.examples) = (input, nodes, examples)
  }

  /// The ranges by what gives the values.
  package var ranges: [Graph.Source: ActivationRange] {
    var ranges: [Graph.Source: ActivationRange] = [.input(0): input]
    for node in nodes { ranges[.node(node.index)] = node.range }
    return ranges
  }
}

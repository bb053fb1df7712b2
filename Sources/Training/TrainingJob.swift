import Datasets
import ExperimentConfig
import Graph
import Torch
import Weights

/// Everything that decides the outcome of a training, apart from the machine.
package struct TrainingJob {
  package var graph: Graph
  package var classes: Int
  package var loss: ResolvedComponent
  package var optimizer: ResolvedComponent
  /// In the order of the file.
  package var metrics: [ResolvedComponent]
  package var batchSize: Int
  package var shuffle: Bool
  package var dropLast: Bool
  package var epochs: Int
  package var maxSteps: Int?
  package var seed: UInt64
  package var fold = 0
  package var device: Device
  /// Where the parameters start, instead of the default initialisation.
  package var initialWeights: [SafeTensors.Entry]?
  /// Training and validation examples; the indices say which are which.
  package var examples: ExampleSet
  package var trainIndices: [Int]
  package var validationIndices: [Int]

  package init(
    _ experiment: Experiment, graph: Graph, classes: Int, device: Device, examples: ExampleSet,
    trainIndices: [Int], validationIndices: [Int]
  ) {
    self.graph = graph
    self.classes = classes
    loss = experiment.loss
    optimizer = experiment.optimizer
    metrics = experiment.metrics
    batchSize = experiment.data.batchSize
    shuffle = experiment.data.shuffle
    dropLast = experiment.data.dropLast
    epochs = experiment.epochs
    maxSteps = experiment.maxSteps
    seed = experiment.seed
    self.device = device
    self.examples = examples
    self.trainIndices = trainIndices
    self.validationIndices = validationIndices
  }

  package var stepsPerEpoch: Int {
    dropLast
      ? trainIndices.count / batchSize : (trainIndices.count + batchSize - 1) / batchSize
  }

  /// Steps of the whole training.
  package var totalSteps: Int { min(maxSteps ?? .max, epochs * stepsPerEpoch) }
}

/// Why a training cannot go on although nothing is wrong with the program.
package struct TrainingFailure: Error, Sendable, CustomStringConvertible {
  package let description: String
}

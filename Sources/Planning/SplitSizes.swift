import Datasets
import ExperimentConfig

/// How many examples each part of the data has, where that is known before it is read.
package struct SplitSizes: Sendable {
  package let train: Int
  package let validation: Int
  package let test: Int

  package init?(_ data: Experiment.Data, _ facts: DatasetFacts) {
    guard let all = facts.trainCount, let test = facts.testCount else { return nil }
    let count = min(all, data.trainLimit ?? all)
    validation = StratifiedSplit.heldOut(of: count, fraction: data.split.validation)
    train = count - validation
    self.test = min(test, data.testLimit ?? test)
  }
}

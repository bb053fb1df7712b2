import DataSchema
import Datasets
import ExperimentConfig
import Splits

/// The number of examples in each split, if known before the data is read. With folds, the sizes of
/// the first fold, whose validation set is the largest.
package struct SplitSizes: Sendable {
  package let train: Int
  package let validation: Int
  package let test: Int

  package init?(_ data: Experiment.Data, _ schema: DataSchema) {
    guard let all = schema.counts[.train], let test = schema.counts[.test] else { return nil }
    if data.classLimit != nil { return nil }
    let reserved = schema.validationCount ?? 0
    if case .given = data.split.kind {
      (train, validation) = (min(all - reserved, data.trainLimit ?? all), reserved)
      self.test = min(test, data.testLimit ?? test)
      return
    }
    let count = min(all, data.trainLimit ?? all)
    self.test = min(test, data.testLimit ?? test)
    switch data.split.kind {
    case .holdOut(let fraction):
      validation = StratifiedSplit.heldOut(of: count, fraction: fraction)
      train = count - validation
    case .given: return nil
    case .folds(let folds):
      validation = (count + folds.count - 1) / folds.count
      let rest = count - validation
      let inner = folds.innerValidation.map { StratifiedSplit.heldOut(of: rest, fraction: $0) } ?? 0
      train = rest - inner
    }
  }
}

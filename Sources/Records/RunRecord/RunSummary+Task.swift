import Tasks

extension RunSummary {
  /// Records the task and the unit of each score.
  package mutating func record(_ set: MetricSet) {
    task = set.task.name
    primary = set.task.primary
    metrics = set.facts.mapValues { MetricRecord($0) }
  }

  /// Records which classes or labels have no examples, by split.
  package mutating func setWithoutExamples(_ predictions: [String: Predictions], _ task: any Task) {
    let found = predictions.mapValues { task.withoutExamples($0) }.filter { !$0.value.isEmpty }
    withoutExamples = found.isEmpty ? nil : found
  }
}

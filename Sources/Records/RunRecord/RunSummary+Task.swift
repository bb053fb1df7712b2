import Tasks

extension RunSummary {
  /// Says what was asked and what each score is measured in.
  package mutating func record(_ set: MetricSet) {
    task = set.task.name
    primary = set.task.primary
    metrics = set.facts.mapValues { MetricRecord($0) }
  }

  /// Says which classes or labels none of the examples has, by split.
  package mutating func setWithoutExamples(_ predictions: [String: Predictions], _ task: any Task) {
    let found = predictions.mapValues { task.withoutExamples($0) }.filter { !$0.value.isEmpty }
    withoutExamples = found.isEmpty ? nil : found
  }
}

import ExperimentConfig

/// What the scores of a split are based on: how many independent examples, and which models.
package struct ScoreBasis: Codable, Sendable, Equatable {
  package enum Models: String, Codable, Sendable {
    case single
    /// The mean of the scores of the individual models.
    case mean
    /// The score of the ensemble, which averages the models' probabilities; usually better than any
    /// single model.
    case ensemble
  }

  /// The number of distinct examples; one that several models predicted counts once.
  package var examples: Int
  package var models: Int
  package var by: Models
  /// What was fitted to these same examples, such as `thresholds`, which makes scores that depend
  /// on it optimistic. `nil` if nothing was.
  package var fitted: String?

  package init(examples: Int, models: Int = 1, by: Models = .single) {
    self.examples = examples
    self.models = models
    self.by = by
  }

  /// For example `1,000 examples, ensemble of 5 models`.
  package var description: String {
    let count = NumberText.grouped(examples) + (examples == 1 ? " example" : " examples")
    return models == 1 && by == .single ? count : "\(count), \(modelsText)"
  }

  /// For example `one model`, `mean of 3 models` or `ensemble of 5 models`.
  package var modelsText: String {
    let count = "\(models) \(models == 1 ? "model" : "models")"
    return switch by {
    case .single: "one model"
    case .mean: "mean of \(count)"
    case .ensemble: "ensemble of \(count)"
    }
  }

  /// Whether both scores describe the same kind of model.
  package func isComparable(with other: ScoreBasis) -> Bool {
    (by == .ensemble) == (other.by == .ensemble) && (by != .ensemble || models == other.models)
  }
}

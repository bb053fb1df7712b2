import ExperimentConfig

/// What the scores of a split are based on: how many independent examples, and which models.
package struct ScoreBasis: Codable, Sendable, Equatable {
  package enum Models: String, Codable, Sendable {
    case single
    /// Each model was scored by itself; the score is the mean.
    case mean
    /// The models' probabilities were averaged, and the ensemble was scored: usually better than any single
    /// one.
    case ensemble
  }

  /// Distinct examples; one that several models predicted counts once.
  package var examples: Int
  package var models: Int
  package var by: Models
  /// What was fitted to these very examples, such as `thresholds`: scores that depend on it are optimistic.
  /// `nil` if nothing was.
  package var fitted: String?

  package init(examples: Int, models: Int = 1, by: Models = .single) {
    self.examples = examples
    self.models = models
    self.by = by
  }

  /// `1,000 examples, ensemble of 5 models`.
  package var description: String {
    let count = NumberText.grouped(examples) + (examples == 1 ? " example" : " examples")
    return models == 1 && by == .single ? count : "\(count), \(modelsText)"
  }

  /// `one model`, `mean of 3 models`, `ensemble of 5 models`.
  package var modelsText: String {
    let count = "\(models) \(models == 1 ? "model" : "models")"
    return switch by {
    case .single: "one model"
    case .mean: "mean of \(count)"
    case .ensemble: "ensemble of \(count)"
    }
  }

  /// Whether both kinds of scores describe the same kind of model.
  package func isComparable(with other: ScoreBasis) -> Bool {
    (by == .ensemble) == (other.by == .ensemble) && (by != .ensemble || models == other.models)
  }
}

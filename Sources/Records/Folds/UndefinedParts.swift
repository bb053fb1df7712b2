import ExperimentConfig

/// Why a metric is undefined in some of several trainings.
struct UndefinedParts {
  /// By key, such as `undefined in 2 of 5 folds (2, 4): the labels contain only one class`.
  let reasons: [String: String]

  /// - Parameter undefined: the reasons of each training, in order, by key.
  init(_ parts: Experiment.Parts, _ undefined: [[String: String]]) {
    var reasons: [String: String] = [:]
    for key in Set(undefined.flatMap(\.keys)) {
      let affected = undefined.indices.filter { undefined[$0][key] != nil }
      let names = affected.map { parts.label($0 + 1) }.joined(separator: ", ")
      let why = Set(affected.compactMap { undefined[$0][key] }).sorted().joined(separator: "; ")
      reasons[key] =
        affected.count == undefined.count
        ? "undefined in every \(parts.word): \(why)"
        : "undefined in \(affected.count) of \(undefined.count) \(parts.word)s (\(names)), which "
          + "are excluded from the mean: \(why)"
    }
    self.reasons = reasons
  }
}

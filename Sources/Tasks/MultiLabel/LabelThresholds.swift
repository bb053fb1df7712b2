import ExperimentConfig
import Tasks

/// The probability threshold of each label, as stored in `thresholds.json`.
package struct LabelThresholds: Codable, Sendable, Equatable {
  package struct Row: Codable, Sendable, Equatable {
    package var label: String
    package var threshold: Double
    /// F1 on the examples the threshold was fitted to; `nil` for the mean of several thresholds and
    /// for a label without examples.
    package var f1: Double?
    /// The number of examples with the label; `nil` for the mean of several thresholds.
    package var support: Int?
  }

  /// The number of models whose thresholds were averaged.
  package var models = 1
  /// The number of validation examples used for fitting; `nil` for the mean of several thresholds.
  package var examples: Int?
  /// In label order.
  package var labels: [Row]

  package var values: [Double] { labels.map(\.threshold) }

  /// Fits the threshold with the highest F1 for each label.
  init(_ names: [String], fittedTo predictions: Predictions) {
    let width = names.count
    let probabilities = predictions.probabilities
    examples = predictions.count
    labels = names.enumerated().map { column, name in
      let places = stride(from: column, to: probabilities.count, by: width)
      let best = ThresholdSearch.best(
        places.map { (probabilities[$0], predictions.targets[$0] != 0) })
      return Row(label: name, threshold: best.threshold, f1: best.f1, support: best.support)
    }
  }

  /// The mean of several models' thresholds.
  ///
  /// - Precondition: `members` is not empty, and all have the same labels.
  init(meanOf members: [LabelThresholds]) {
    models = members.count
    examples = nil
    labels = members[0].labels.indices.map { place in
      let sum = members.reduce(0) { $0 + $1.labels[place].threshold }
      return Row(
        label: members[0].labels[place].label, threshold: sum / Double(members.count))
    }
  }

  /// - Throws: ``FittedRecordProblem`` if the record does not contain a threshold for each of these
  ///   labels.
  init(recorded bytes: [UInt8], of names: [String]) throws {
    do {
      self = try JSONText.decode(LabelThresholds.self, from: bytes)
    } catch {
      throw FittedRecordProblem("is not in the expected format")
    }
    guard labels.map(\.label) == names, values.allSatisfy(\.isFinite) else {
      throw FittedRecordProblem("does not contain a threshold for each label")
    }
  }
}

import ExperimentConfig

/// A measure of hard predictions, pooled over all examples.
package protocol Metric: Sendable {
  static var schema: ComponentSchema { get }
  /// By key of `summary.json`; empty for a metric that is a file of its own.
  static func values(_ matrix: ConfusionMatrix) -> [(key: String, value: Double)]
  /// The score of each class; nothing for a metric that has none.
  static func perClass(_ matrix: ConfusionMatrix) -> [Double]?
}

extension Metric {
  package static func perClass(_ matrix: ConfusionMatrix) -> [Double]? { nil }
}

/// The metrics there are.
package enum MetricRegistry {
  package static let all: [any Metric.Type] = [
    Accuracy.self, Precision.self, Recall.self, F1.self, ConfusionMatrixFile.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// The values of the named metrics, in the order of the names.
  package static func values(
    _ names: [String], _ matrix: ConfusionMatrix
  ) -> [(key: String, value: Double)] {
    names.flatMap { name in
      all.first { $0.schema.name == name }.map { $0.values(matrix) } ?? []
    }
  }

  /// The named metric's score of each class, as the classification report shows it.
  package static func perClass(_ name: String, _ matrix: ConfusionMatrix) -> [Double]? {
    all.first { $0.schema.name == name }?.perClass(matrix)
  }
}

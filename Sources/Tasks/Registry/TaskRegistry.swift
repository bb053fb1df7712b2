import Classification
import DataSchema
import Detection
import Diagnostics
import ExperimentConfig
import MultiLabel
import Regression
import Segmentation
import Tasks

/// All tasks, in one explicit list.
package enum TaskRegistry {
  package static let all: [any Task.Type] = [
    ClassificationTask.self, RegressionTask.self, MultiLabelTask.self, SegmentationTask.self,
    DetectionTask.self,
  ]

  /// The task that accepts targets of this kind; `nil` if there is none.
  package static func task(for target: DataField) -> (any Task)? {
    all.lazy.compactMap { $0.init(target) }.first
  }

  /// The task with this name; `nil` if there is none.
  package static func task(named name: String) -> (any Task.Type)? { all.first { $0.name == name } }

  /// The schemas of all tasks, with their options.
  package static var schemas: [ComponentSchema] {
    all.map { ComponentSchema($0.name, $0.options, doc: $0.doc) }
  }

  /// The schemas of all metrics, one per name. Metrics of different tasks with the same name are
  /// merged; they must take the same arguments.
  package static var metricSchemas: [ComponentSchema] {
    var found: [ComponentSchema] = []
    for task in all {
      for metric in task.metrics {
        let schema = metric.schema
        guard let place = found.firstIndex(where: { $0.name == schema.name }) else {
          found.append(schema)
          continue
        }
        precondition(
          found[place].arguments.fields.map(\.name) == schema.arguments.fields.map(\.name),
          "two metrics are called \(schema.name) and take other arguments")
        found[place].doc += " For \(task.name): " + schema.doc
        found[place].aliases += schema.aliases.filter { !found[place].aliases.contains($0) }
      }
    }
    return found
  }

  /// The task and columns for a header of `predictions.csv`; `nil` if no task recognises it.
  package static func layout(
    ofHeading columns: [String]
  ) -> (task: any Task.Type, layout: PredictionLayout)? {
    for task in all {
      if let layout = task.layout(ofHeading: columns) { return (task, layout) }
    }
    return nil
  }
}

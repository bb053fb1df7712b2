import Classification
import DataSchema
import Diagnostics
import ExperimentConfig
import MultiLabel
import Regression
import Tasks

/// The tasks there are: one explicit list.
package enum TaskRegistry {
  package static let all: [any Task.Type] = [
    ClassificationTask.self, RegressionTask.self, MultiLabelTask.self,
  ]

  /// The task that takes targets of this kind; `nil` if there is none.
  package static func task(for target: DataField) -> (any Task)? {
    all.lazy.compactMap { $0.init(target) }.first
  }

  /// The task of that name; `nil` if there is none.
  package static func task(named name: String) -> (any Task.Type)? { all.first { $0.name == name } }

  /// The declarations of the tasks with their options.
  package static var schemas: [ComponentSchema] {
    all.map { ComponentSchema($0.name, $0.options, doc: $0.doc) }
  }

  /// The declarations of all metrics, one for each name. Tasks may have metrics of one name; these take the
  /// same arguments.
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

  /// The task and the columns that a heading of `predictions.csv` is of; `nil` if it is no task's.
  package static func layout(
    ofHeading columns: [String]
  ) -> (task: any Task.Type, layout: PredictionLayout)? {
    for task in all {
      if let layout = task.layout(ofHeading: columns) { return (task, layout) }
    }
    return nil
  }
}

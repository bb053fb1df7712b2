import DataSchema
import Datasets
import Diagnostics
import ExperimentConfig
import Graph
import Models
import Schedules
import TaskRegistry
import Tasks
import Transforms

extension Catalog {
  /// Every component this program has.
  package static let standard = standard(in: .empty)

  /// Every component this program has.
  ///
  /// - Parameter environment: where data sets are described by their files.
  package static func standard(in environment: DataEnvironment) -> Catalog {
    Catalog(
      [
        .layer: LayerRegistry.standard.schemas,
        .dataset: DatasetRegistry.schemas,
        .transform: TransformRegistry.schemas,
        .loss: LossRegistry.schemas,
        .optimizer: OptimizerRegistry.schemas,
        .schedule: ScheduleRegistry.schemas,
        .metric: TaskRegistry.metricSchemas,
        .task: TaskRegistry.schemas,
      ], models: Models.all,
      dataFacts: { component in
        // What is wrong with the data set is reported where the plan makes it.
        guard let dataset = (try? DatasetRegistry.make(component, in: environment)) ?? nil else {
          return nil
        }
        let schema = dataset.dataSchema
        return TaskRegistry.task(for: schema.target).map { DataFacts($0, schema) }
      },
      dataNumbers: { component in
        guard let dataset = try DatasetRegistry.make(component, in: environment) else {
          throw ProgramFault("no data set '\(component.name)'")
        }
        return dataset.dataSchema.numbers
      })
  }
}

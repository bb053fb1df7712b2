import DataSchema
import Datasets
import ExperimentConfig
import Graph
import Models
import Schedules
import TaskRegistry
import Tasks
import Transforms

extension Catalog {
  /// All components that ship with this program.
  package static let standard = Catalog(
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
      guard let dataset = (try? DatasetRegistry.make(component)) ?? nil else { return nil }
      let target = dataset.dataSchema.target
      return TaskRegistry.task(for: target).map { DataFacts($0) }
    })
}

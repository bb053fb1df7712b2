import Diagnostics
import ExperimentConfig

/// All schedules, in one explicit list.
package enum ScheduleRegistry {
  package static let all: [any ScheduleDefinition.Type] = [
    Constant.self, Step.self, MultiStep.self, Exponential.self, Linear.self, Cosine.self,
    CosineRestarts.self, OneCycle.self, Polynomial.self, Cyclic.self, ReduceOnPlateau.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// The schedule that an experiment names.
  ///
  /// - Throws: `InputError` if its arguments contradict each other.
  package static func make(_ component: ResolvedComponent) throws -> any ScheduleDefinition {
    guard let type = all.first(where: { $0.schema.name == component.name }) else {
      throw ProgramFault("no schedule '\(component.name)'")
    }
    return try type.init(component.arguments)
  }
}

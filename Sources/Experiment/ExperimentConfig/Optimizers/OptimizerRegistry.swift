import Diagnostics

/// All optimizers, in one explicit list.
package enum OptimizerRegistry {
  package static let all: [any OptimizerDefinition.Type] = [
    Adam.self,
    AdamW.self,
    SGD.self,
    RMSprop.self,
    Adagrad.self,
    Adadelta.self,
    Adamax.self,
    NAdam.self,
    RAdam.self,
    Lion.self,
    Muon.self,
  ]

  package static var schemas: [ComponentSchema] { all.map { $0.schema } }

  /// Creates the optimizer configured in an experiment.
  static func make(_ component: ResolvedComponent) throws -> any OptimizerDefinition {
    guard let type = all.first(where: { $0.schema.name == component.name }) else {
      throw ProgramFault("no optimizer '\(component.name)'")
    }
    return try type.init(component.arguments)
  }
}

import Diagnostics
import ExperimentConfig

/// All losses, in one explicit list.
package enum LossRegistry {
  package static let all: [any Loss.Type] = [
    CrossEntropy.self, MeanSquaredError.self, BinaryCrossEntropy.self, MeanAbsoluteError.self,
    Huber.self, SmoothL1.self, Focal.self, PoissonNLL.self, GaussianNLL.self, KLDivergence.self,
    Dice.self, FCOS.self,
  ]

  /// The schemas of all losses, with the argument that every loss has.
  package static var schemas: [ComponentSchema] {
    all.map { type in
      var schema = type.schema
      schema.arguments.fields.append(TrainingLoss.scale)
      return schema
    }
  }

  package static func type(named name: String) -> (any Loss.Type)? {
    all.first { $0.schema.name == name }
  }

  /// - Throws: `ProgramFault` for a loss or an argument that the checker should have rejected.
  package static func make(_ component: ResolvedComponent) throws -> any Loss {
    guard let type = type(named: component.name) else {
      throw ProgramFault("no loss '\(component.name)'")
    }
    return try type.init(component.arguments)
  }
}

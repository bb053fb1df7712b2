import Diagnostics
import ExperimentConfig
import Transforms

/// A transform with its name and its location in the experiment.
struct NamedTransform: Sendable {
  let component: ResolvedComponent
  let transform: any Transform

  static func all(_ components: [ResolvedComponent]) throws -> [NamedTransform] {
    try components.map { component in
      guard let transform = try TransformRegistry.make(component) else {
        throw ProgramFault("no transform '\(component.name)'")
      }
      return NamedTransform(component: component, transform: transform)
    }
  }
}

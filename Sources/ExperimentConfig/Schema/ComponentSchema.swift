package enum ComponentKind: String, Sendable, CaseIterable {
  case layer, model, dataset, transform, loss, optimizer, schedule, metric
}

/// The declaration of a layer, a model, a data set, a transform, a loss, an optimizer, a schedule or a
/// metric.
package struct ComponentSchema: Sendable {
  package var name: String
  /// The argument that `name: value` sets.
  package var main: String?
  package var arguments: RecordSchema
  package var doc: String

  package init(_ name: String, main: String? = nil, _ arguments: [Field] = [], doc: String) {
    self.name = name
    self.main = main
    self.arguments = RecordSchema(arguments)
    self.doc = doc
  }
}

/// Every component that an experiment file may name: a value built from explicit lists and passed to
/// whoever needs it.
package struct Catalog: Sendable {
  private var schemas: [ComponentKind: [ComponentSchema]]
  private let models: [ModelSource]
  /// How many classes a data set has, where that is known without reading it.
  let classCount: @Sendable (ResolvedComponent) -> Int?

  package init(
    _ schemas: [ComponentKind: [ComponentSchema]], models: [ModelSource] = [],
    classCount: @escaping @Sendable (ResolvedComponent) -> Int? = { _ in nil }
  ) {
    self.schemas = schemas
    self.schemas[.model] = models.map(\.schema)
    self.models = models
    self.classCount = classCount
  }

  package func model(_ name: String) -> ModelSource? { models.first { $0.schema.name == name } }

  package func all(_ kind: ComponentKind) -> [ComponentSchema] { schemas[kind] ?? [] }

  package func find(_ kind: ComponentKind, _ name: String) -> ComponentSchema? {
    all(kind).first { $0.name == name }
  }
}

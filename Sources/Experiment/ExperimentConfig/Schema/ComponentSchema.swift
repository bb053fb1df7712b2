import Diagnostics

package enum ComponentKind: String, Sendable, CaseIterable {
  case layer, model, dataset, transform, loss, optimizer, schedule, metric, task
}

/// The declaration of a layer, a model, a data set, a transform, a loss, an optimizer, a schedule, a metric or
/// a task.
package struct ComponentSchema: Sendable {
  package var name: String
  /// The argument that `name: value` sets.
  package var main: String?
  package var arguments: RecordSchema
  package var doc: String
  /// Its names in other tools, for suggestions.
  package var aliases: [String]

  package init(
    _ name: String, main: String? = nil, _ arguments: [Field] = [], aliases: [String] = [],
    doc: String
  ) {
    self.name = name
    self.main = main
    self.arguments = RecordSchema(arguments)
    self.doc = doc
    self.aliases = aliases
  }
}

extension Suggestion {
  /// `did you mean 'x'?` for the component that `name` is another word for or nearest to; `nil` if none is
  /// near.
  package static func hint(for name: String, among components: [ComponentSchema]) -> String? {
    hint(
      for: name, among: components.map(\.name),
      aliases: Dictionary(components.map { ($0.name, $0.aliases) }) { $0 + $1 })
  }
}

/// What a data set implies for an experiment that does not set it.
package struct DataFacts: Sendable {
  /// The number of outputs that a model needs for each example.
  package var outputs: Int
  /// The name of that number, such as `classes`.
  package var outputsText: String
  /// By key of the experiment: what it is if left out, such as the loss.
  package var defaults: [String: String]

  package init(outputs: Int, outputsText: String, defaults: [String: String]) {
    self.outputs = outputs
    self.outputsText = outputsText
    self.defaults = defaults
  }
}

/// Every component that an experiment file may name: a value built from explicit lists and passed as a
/// parameter.
package struct Catalog: Sendable {
  private var schemas: [ComponentKind: [ComponentSchema]]
  private let models: [ModelSource]
  /// The facts known about a data set without reading it.
  let dataFacts: @Sendable (ResolvedComponent) -> DataFacts?

  package init(
    _ schemas: [ComponentKind: [ComponentSchema]], models: [ModelSource] = [],
    dataFacts: @escaping @Sendable (ResolvedComponent) -> DataFacts? = { _ in nil }
  ) {
    self.schemas = schemas
    self.schemas[.model] = models.map(\.schema)
    self.models = models
    self.dataFacts = dataFacts
  }

  package func model(_ name: String) -> ModelSource? { models.first { $0.schema.name == name } }

  package func all(_ kind: ComponentKind) -> [ComponentSchema] { schemas[kind] ?? [] }

  package func find(_ kind: ComponentKind, _ name: String) -> ComponentSchema? {
    all(kind).first { $0.name == name }
  }
}

import Diagnostics
import OrderedCollections

package enum ComponentKind: String, Sendable, CaseIterable {
  case layer, model, dataset, transform, loss, optimizer, schedule, metric, task

  /// How many may be listed where one is expected: losses are added. `nil` if only one is allowed.
  package var listCount: ClosedRange<Int>? { self == .loss ? 1...16 : nil }
}

/// The declaration of a layer, model, data set, transform, loss, optimizer, schedule, metric or
/// task.
package struct ComponentSchema: Sendable {
  package var name: String
  /// The argument that `name: value` sets.
  package var main: String?
  package var arguments: RecordSchema
  package var doc: String
  /// Its names in other tools, for suggestions.
  package var aliases: [String]
  /// The argument of a layer that may be left out in a model's last layer, where the task's targets determine
  /// it; `nil` if there is none.
  package var outputSize: String?
  /// How many outputs a model needs per class, label or number for this loss.
  package var outputsPerTarget: Int

  package init(
    _ name: String, main: String? = nil, _ arguments: [Field] = [], aliases: [String] = [],
    outputSize: String? = nil, outputsPerTarget: Int = 1, doc: String
  ) {
    self.name = name
    self.main = main
    self.arguments = RecordSchema(arguments)
    self.doc = doc
    self.aliases = aliases
    self.outputSize = outputSize
    self.outputsPerTarget = outputsPerTarget
  }
}

extension Suggestion {
  /// `did you mean 'x'?` for the component that `name` is a synonym of or most similar to; `nil` if
  /// none is similar.
  package static func hint(for name: String, among components: [ComponentSchema]) -> String? {
    hint(
      for: name, among: components.map(\.name),
      aliases: Dictionary(components.map { ($0.name, $0.aliases) }) { $0 + $1 })
  }
}

/// What a data set implies for settings that an experiment leaves out.
package struct DataFacts: Sendable {
  /// The number of outputs that a model needs for each example.
  package var outputs: Int
  /// The name of that number, such as `classes`.
  package var outputsText: String
  /// The default for each key, such as the loss.
  package var defaults: [String: String]

  package init(outputs: Int, outputsText: String, defaults: [String: String]) {
    self.outputs = outputs
    self.outputsText = outputsText
    self.defaults = defaults
  }
}

/// All components available in experiment files: a value built from explicit lists and passed as a
/// parameter.
package struct Catalog: Sendable {
  private var schemas: [ComponentKind: [ComponentSchema]]
  private let models: [ModelSource]
  /// What is known about a data set without reading it.
  let dataFacts: @Sendable (ResolvedComponent) -> DataFacts?
  /// The numbers that references such as `${data.classes}` mean; throws ``InputError`` if the data set is invalid.
  let dataNumbers: @Sendable (ResolvedComponent) throws -> OrderedDictionary<String, Int>

  package init(
    _ schemas: [ComponentKind: [ComponentSchema]], models: [ModelSource] = [],
    dataFacts: @escaping @Sendable (ResolvedComponent) -> DataFacts? = { _ in nil },
    dataNumbers: @escaping @Sendable (ResolvedComponent) throws -> OrderedDictionary<String, Int> =
      {
        _ in [:]
      }
  ) {
    self.schemas = schemas
    self.schemas[.model] = models.map(\.schema)
    self.models = models
    self.dataFacts = dataFacts
    self.dataNumbers = dataNumbers
  }

  package func model(_ name: String) -> ModelSource? { models.first { $0.schema.name == name } }

  package func all(_ kind: ComponentKind) -> [ComponentSchema] { schemas[kind] ?? [] }

  package func find(_ kind: ComponentKind, _ name: String) -> ComponentSchema? {
    all(kind).first { $0.name == name }
  }
}

extension ComponentKind: CustomStringConvertible {
  package var description: String { self == .dataset ? "data set" : rawValue }
  var withArticle: String { self == .optimizer ? "an optimizer" : "a \(description)" }
}

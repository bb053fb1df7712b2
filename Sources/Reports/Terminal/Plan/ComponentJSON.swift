import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Pretrained

/// The documentation of components as one JSON document, from the schemas that parse them.
///
/// Every object has all of its keys, `null` where there is nothing to say.
package enum ComponentJSON {
  /// All components, or those with a name, of which two kinds may have one.
  ///
  /// - Parameter others: components that no experiment names, such as formats of exports.
  /// - Throws: ``InputError`` if there is no component with the name.
  package static func describe(
    _ name: String?, others: [OtherComponents] = []
  ) throws -> JSONValue {
    let catalog = Catalog.standard
    var found: [JSONValue] = []
    for kind in ComponentKind.allCases {
      for schema in catalog.all(kind) where name == nil || schema.name == name {
        let source = kind == .model ? catalog.model(schema.name) : nil
        found.append(try component(schema, kind.rawValue, source))
      }
    }
    for other in others {
      for schema in other.schemas where name == nil || schema.name == name {
        found.append(try component(schema, other.kind.replacing(" ", with: "_"), nil))
      }
    }
    if let name, found.isEmpty { throw ComponentText.unknown(name) }
    return ["components": .array(found)]
  }

  private static func component(
    _ schema: ComponentSchema, _ kind: String, _ source: ModelSource?
  ) throws -> JSONValue {
    [
      "kind": .string(kind),
      "name": .string(schema.name),
      "documentation": .string(schema.doc),
      "aliases": .array(schema.aliases.map(JSONValue.string)),
      "main_argument": schema.main.map(JSONValue.string) ?? .null,
      "arguments": arguments(schema.arguments),
      "model": try source.map(model) ?? .null,
    ]
  }

  private static func arguments(_ schema: RecordSchema) -> JSONValue {
    .array(schema.fields.map(argument))
  }

  private static func argument(_ field: Field) -> JSONValue {
    var isRequired = false
    var standard = JSONValue.null
    switch field.presence {
    case .required: isRequired = true
    case .optional: break
    case .defaulted(let text): standard = .string(text)
    }
    return [
      "name": .string(field.name),
      "types": .array(field.type.names.map(JSONValue.string)),
      "values": .string(field.type.description + field.type.limits),
      "required": .boolean(isRequired),
      // As an experiment would write it.
      "default": standard,
      "documentation": .string(field.doc),
      "choices": choices(field.type),
      "arguments": nested(field.type),
    ]
  }

  private static func choices(_ type: SchemaType) -> JSONValue {
    if case .choice(let choices) = type { .array(choices.map(JSONValue.string)) } else { .null }
  }

  /// The arguments of an argument that is a mapping.
  private static func nested(_ type: SchemaType) -> JSONValue {
    if case .record(let schema) = type { arguments(schema) } else { .null }
  }

  private static func model(_ source: ModelSource) throws -> JSONValue {
    let graph = try BuiltInModel(source).graph
    let facts = source.facts
    return [
      "parameters": .integer(graph.parameterCount),
      "multiply_adds": .integer(graph.multiplyAdds),
      "flops": .integer(graph.flops),
      "input": .array(facts.image.map(JSONValue.integer)),
      "classes": .integer(facts.classes),
      "reference": facts.reference.map(JSONValue.string) ?? .null,
      "publication": facts.publication.map(JSONValue.string) ?? .null,
      "weights": .array(PretrainedWeights.of(source.schema.name).map(weights)),
      "yaml": .string(String(decoding: source.text, as: UTF8.self)),
    ]
  }

  private static func weights(_ weights: PretrainedWeights) -> JSONValue {
    [
      "name": .string(weights.name),
      "file": .string(weights.file),
      // In percent, of ImageNet-1K's validation images.
      "top1": weights.top1.map(JSONValue.number) ?? .null,
      // In percent, of COCO's val2017 with Pascal VOC's classes.
      "segmentation": weights.segmentation.map { scores in
        .object(
          Dictionary(scores.byName.map { ($0.name, .number($0.value)) }) { first, _ in first })
      } ?? .null,
      // In percent, of COCO's val2017.
      "box_map": weights.boxMAP.map(JSONValue.number) ?? .null,
      "input_size": .integer(weights.size),
    ]
  }
}

extension SchemaType {
  /// The kinds of values that it allows, each in one word.
  fileprivate var names: [String] {
    switch self {
    case .integer: ["integer"]
    case .number: ["number"]
    case .boolean: ["boolean"]
    case .string: ["string"]
    case .choice: ["choice"]
    case .path: ["path"]
    case .list: ["list"]
    case .record, .variants, .mapping, .blocks, .sweepParameters: ["mapping"]
    case .oneOf(let types):
      types.flatMap(\.names).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    case .component(let kind): [kind.rawValue]
    case .layers: ["list", "model"]
    }
  }
}

/// The JSON Schema (draft 2020-12) of experiment files, for editors. It is built from the same
/// declarations that check them.
package enum JSONSchema {
  package static func make(_ catalog: Catalog) -> JSONValue {
    guard case .object(var root) = record(ExperimentSchema.root, catalog) else { return [:] }
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["title"] = "runner experiment"
    // A file that extends another need not repeat what is required.
    root["required"] = nil
    root["anyOf"] = [
      ["required": ["extends"]],
      ["required": .array(required(ExperimentSchema.root).map(JSONValue.string))],
    ]
    var definitions: [String: JSONValue] = [
      "reference": ["type": "string", "pattern": "\\$\\{.+\\}"]
    ]
    for kind in ComponentKind.allCases {
      definitions[kind.rawValue] = component(kind, catalog)
    }
    definitions["layers"] = [
      "anyOf": [
        ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/layer"]],
        ["$ref": "#/$defs/model"],
      ]
    ]
    root["$defs"] = .object(definitions)
    return .object(root)
  }

  private static func record(_ schema: RecordSchema, _ catalog: Catalog) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in schema.fields { properties[field.name] = self.field(field, catalog) }
    return [
      "type": "object", "additionalProperties": false, "properties": .object(properties),
      "required": .array(required(schema).map(JSONValue.string)),
    ]
  }

  private static func required(_ schema: RecordSchema) -> [String] {
    schema.fields.filter(\.isRequired).map(\.name)
  }

  private static func field(_ field: Field, _ catalog: Catalog) -> JSONValue {
    var description = field.doc
    if case .defaulted(let text) = field.presence { description += " Default: \(text)." }
    var alternatives = [type(field.type, catalog), ["$ref": "#/$defs/reference"]]
    if mayBeNull(field) { alternatives.append(["type": "null"]) }
    return ["anyOf": .array(alternatives), "description": .string(description)]
  }

  /// Where nothing behind the colon is no mistake.
  private static func mayBeNull(_ field: Field) -> Bool {
    switch (field.presence, field.type) {
    case (.optional, _), (.defaulted, .record): true
    default: field.isNullable
    }
  }

  private static func type(_ type: SchemaType, _ catalog: Catalog) -> JSONValue {
    switch type {
    case .integer(let limits): return number("integer", limits)
    case .number(let limits): return number("number", limits)
    case .boolean: return ["anyOf": [["type": "boolean"], ["$ref": "#/$defs/reference"]]]
    case .string, .path: return ["type": ["string", "number", "boolean"]]
    case .choice(let choices):
      return [
        "anyOf": [
          ["enum": .array(choices.map(JSONValue.string))], ["$ref": "#/$defs/reference"],
        ]
      ]
    case .list(let element, let count):
      return [
        "type": "array", "items": self.type(element, catalog),
        "minItems": .integer(count.lowerBound), "maxItems": .integer(count.upperBound),
      ]
    case .record(let schema): return record(schema, catalog)
    case .variants(let schemas): return ["anyOf": .array(schemas.map { record($0, catalog) })]
    case .oneOf(let types): return ["anyOf": .array(types.map { self.type($0, catalog) })]
    case .component(let kind): return ["$ref": .string("#/$defs/\(kind.rawValue)")]
    case .layers: return ["$ref": "#/$defs/layers"]
    case .sweepParameters:
      return [
        "type": "object",
        "additionalProperties": ["type": ["array", "string", "number", "boolean"]],
      ]
    case .blocks:
      return [
        "type": "object",
        "additionalProperties": [
          "type": "object", "additionalProperties": false, "required": ["layers"],
          "properties": ["parameters": ["type": "object"], "layers": ["$ref": "#/$defs/layers"]],
        ],
      ]
    }
  }

  private static func number(_ name: String, _ limits: NumberLimits) -> JSONValue {
    var result: [String: JSONValue] = ["type": .string(name)]
    if let minimum = limits.minimum {
      result[limits.excludesMinimum ? "exclusiveMinimum" : "minimum"] = .number(minimum)
    }
    if let maximum = limits.maximum {
      result[limits.excludesMaximum ? "exclusiveMaximum" : "maximum"] = .number(maximum)
    }
    return ["anyOf": [.object(result), ["$ref": "#/$defs/reference"]]]
  }

  private static func component(_ kind: ComponentKind, _ catalog: Catalog) -> JSONValue {
    let isLayer = kind == .layer
    var alternatives = catalog.all(kind).map { alternative($0, isLayer: isLayer, catalog) }
    if isLayer {
      // A block of the file's own: any other name.
      let names = catalog.all(.layer).map { JSONValue.string($0.name) }
      alternatives.append(["type": "string", "not": ["enum": .array(names)]])
      alternatives.append([
        "type": "object",
        "propertyNames": ["not": ["enum": .array(names)]],
      ])
    }
    return ["anyOf": .array(alternatives)]
  }

  private static func alternative(
    _ schema: ComponentSchema, isLayer: Bool, _ catalog: Catalog
  ) -> JSONValue {
    var forms: [JSONValue] = [record(schema.arguments, catalog)]
    let needed = required(schema.arguments)
    if needed.isEmpty { forms.append(["type": "null"]) }
    if let main = schema.main, let field = schema.arguments[main], needed.allSatisfy({ $0 == main })
    {
      forms.append(type(field.type, catalog))
    }
    var properties: [String: JSONValue] = [schema.name: ["anyOf": .array(forms)]]
    if isLayer {
      properties["name"] = ["type": "string"]
      properties["from"] = [
        "anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]
      ]
    }
    let object: JSONValue = [
      "type": "object", "additionalProperties": false, "required": [.string(schema.name)],
      "properties": .object(properties), "description": .string(schema.doc),
    ]
    return needed.isEmpty ? ["anyOf": [["const": .string(schema.name)], object]] : object
  }
}

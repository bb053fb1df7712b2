import Diagnostics
import YAMLSyntax

/// The JSON Schema (draft 2020-12) of experiment files, for editors. It is generated from the same
/// declarations that check them, and accepts what YAML 1.1 and 1.2 readers make of a file: `1e-3`
/// as text, which 1.1 does not parse as a number, and `true` for `yes`.
package enum JSONSchema {
  package static func make(_ catalog: Catalog) -> JSONValue {
    // A file that extends another need not repeat required keys at any level.
    let partial = JSONSchemaWriter(catalog, isPartial: true)
    let whole = JSONSchemaWriter(catalog, isPartial: false)
    guard case .object(var root) = partial.record(ExperimentSchema.root) else { return [:] }
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["title"] = "runner experiment"
    root["anyOf"] = [["required": ["extends"]], whole.requirements(of: ExperimentSchema.root)]
    var definitions: [String: JSONValue] = [
      "reference": ["type": "string", "pattern": "\\$\\{.+\\}"],
      "layers": [
        "anyOf": [
          ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/layer"]],
          ["$ref": "#/$defs/model"],
        ]
      ],
    ]
    for kind in ComponentKind.allCases {
      definitions[whole.name(of: kind)] = whole.component(kind)
      definitions[partial.name(of: kind)] = partial.component(kind)
    }
    root["$defs"] = .object(definitions)
    return .object(root)
  }
}

/// Writes the parts of the schema.
struct JSONSchemaWriter {
  private let catalog: Catalog
  /// Whether required keys may be omitted.
  private let isPartial: Bool

  init(_ catalog: Catalog, isPartial: Bool) {
    self.catalog = catalog
    self.isPartial = isPartial
  }

  /// The definition of a component kind. List elements and layers are complete in any file.
  func name(of kind: ComponentKind) -> String {
    isPartial && Self.isMerged(kind) ? "\(kind.rawValue)_in_part" : kind.rawValue
  }

  /// Whether a component is merged with that of the extended file.
  private static func isMerged(_ kind: ComponentKind) -> Bool {
    switch kind {
    case .layer, .transform, .metric: false
    case .model, .dataset, .loss, .optimizer, .schedule, .task: true
    }
  }

  // MARK: Records

  func record(_ schema: RecordSchema) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in schema.fields { properties[field.name] = self.field(field) }
    var object: [String: JSONValue] = [
      "type": "object", "additionalProperties": false, "properties": .object(properties),
    ]
    if !isPartial { object["required"] = .array(Self.required(schema).map(JSONValue.string)) }
    return .object(object)
  }

  /// The requirements for a file that extends no other: the required keys at every level, and
  /// complete components.
  func requirements(of schema: RecordSchema) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for field in schema.fields {
      switch field.type {
      case .record(let inner): properties[field.name] = nullable(requirements(of: inner), field)
      case .component(let kind) where Self.isMerged(kind):
        properties[field.name] = self.field(field)
      default: break
      }
    }
    return [
      "required": .array(Self.required(schema).map(JSONValue.string)),
      "properties": .object(properties),
    ]
  }

  private func nullable(_ requirement: JSONValue, _ field: Field) -> JSONValue {
    Self.mayBeNull(field) ? ["anyOf": [requirement, ["type": "null"]]] : requirement
  }

  private static func required(_ schema: RecordSchema) -> [String] {
    schema.fields.filter(\.isRequired).map(\.name)
  }

  private func field(_ field: Field) -> JSONValue {
    var alternatives = [type(field.type), ["$ref": "#/$defs/reference"]]
    if Self.mayBeNull(field) { alternatives.append(["type": "null"]) }
    var object: [String: JSONValue] = [
      "anyOf": .array(alternatives), "description": .string(field.doc),
    ]
    if field.isDefaultOfTask {
      object["description"] = .string(field.doc + " Default: depends on the task of the data set.")
    } else if case .defaulted(let text) = field.presence {
      object["default"] = Self.value(of: text, field.type)
      object["description"] = .string(field.doc + " Default: \(text).")
    }
    return .object(object)
  }

  /// Whether an empty value is valid.
  private static func mayBeNull(_ field: Field) -> Bool {
    switch (field.presence, field.type) {
    case (.optional, _), (.defaulted, .record): true
    default: field.isNullable
    }
  }

  /// A default as the JSON value that a YAML reader produces for its text.
  private static func value(of text: String, _ type: SchemaType) -> JSONValue? {
    switch type {
    case .integer: Int(text).map(JSONValue.integer)
    case .number: Double(text).map(JSONValue.number)
    case .boolean: JSONValue.boolean(text == "true")
    case .string, .path, .choice, .component: JSONValue.string(text)
    case .oneOf(let types):
      types.lazy.compactMap { type -> JSONValue? in
        switch type {
        case .integer, .number: value(of: text, type)
        case .boolean: text == "true" || text == "false" ? value(of: text, type) : nil
        case .string, .path, .choice, .component: .string(text)
        default: nil
        }
      }.first
    case .list, .record, .mapping, .variants:
      YAMLParser.parse(
        SourceFile(name: "default", text: text, kind: .builtIn), into: DiagnosticCollector()
      ).map(value)
    default: nil
    }
  }

  /// What YAML readers make of a list or a mapping.
  private static func value(_ node: YAMLNode) -> JSONValue {
    switch node.content {
    case .sequence(let items): .array(items.map(value))
    case .mapping(let entries):
      .object(Dictionary(entries.map { ($0.key, value($0.value)) }) { $1 })
    case .scalar(let scalar) where scalar.style == .plain:
      Int(scalar.text).map(JSONValue.integer) ?? Double(scalar.text).map(JSONValue.number)
        ?? (["true", "false"].contains(scalar.text)
          ? .boolean(scalar.text == "true") : .string(scalar.text))
    case .scalar(let scalar): .string(scalar.text)
    }
  }

  // MARK: Types

  private func type(_ type: SchemaType) -> JSONValue {
    switch type {
    case .integer(let limits): return Self.number("integer", limits, "^[-+]?[0-9]+$")
    case .number(let limits):
      return Self.number("number", limits, "^[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?$")
    case .boolean: return ["type": "boolean"]
    case .string, .path: return ["type": ["string", "number", "boolean"]]
    case .choice(let choices): return ["enum": .array(choices.flatMap(Self.spellings))]
    case .list(let element, let count):
      return [
        "type": "array", "items": ["anyOf": [self.type(element), ["$ref": "#/$defs/reference"]]],
        "minItems": .integer(count.lowerBound), "maxItems": .integer(count.upperBound),
      ]
    case .record(let schema): return record(schema)
    case .mapping(let element):
      return [
        "type": "object",
        "additionalProperties": ["anyOf": [self.type(element), ["$ref": "#/$defs/reference"]]],
      ]
    case .variants(let schemas): return ["anyOf": .array(schemas.map(record))]
    case .oneOf(let types): return ["anyOf": .array(types.map(self.type))]
    case .component(let kind): return ["$ref": .string("#/$defs/\(name(of: kind))")]
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
          "description": "A reusable sub-graph, used as a layer by its name.",
          "properties": [
            "inputs": [
              "type": ["array", "null"], "items": ["type": "string"],
              "description": "Names of the nodes that the block takes, if there are several.",
            ],
            "parameters": [
              "type": ["object", "null"],
              "description":
                "Names of values that ${name} inserts, with their defaults; without a default, one must be given.",
            ],
            "layers": [
              "anyOf": [["$ref": "#/$defs/layers"]],
              "description": "The layers in order, or a graph; 'input' is the block's input.",
            ],
          ],
        ],
      ]
    }
  }

  /// A word, and the boolean that YAML 1.1 reads it as.
  private static func spellings(_ word: String) -> [JSONValue] {
    switch word {
    case "yes", "on", "true": [.string(word), true]
    case "no", "off", "false": [.string(word), false]
    default: [.string(word)]
    }
  }

  private static func number(
    _ name: String, _ limits: NumberLimits, _ pattern: String
  ) -> JSONValue {
    var result: [String: JSONValue] = ["type": .string(name)]
    if let minimum = limits.minimum {
      result[limits.excludesMinimum ? "exclusiveMinimum" : "minimum"] = .number(minimum)
    }
    if let maximum = limits.maximum {
      result[limits.excludesMaximum ? "exclusiveMaximum" : "maximum"] = .number(maximum)
    }
    return ["anyOf": [.object(result), ["type": "string", "pattern": .string(pattern)]]]
  }

  // MARK: Components

  func component(_ kind: ComponentKind) -> JSONValue {
    let isLayer = kind == .layer
    var alternatives = catalog.all(kind).map { alternative($0, isLayer: isLayer) }
    if isLayer {
      // Any other name refers to a block in the file.
      let names = catalog.all(.layer).map { JSONValue.string($0.name) }
      alternatives.append(["type": "string", "not": ["enum": .array(names)]])
      alternatives.append([
        "type": "object",
        "propertyNames": ["not": ["enum": .array(names)]],
      ])
    }
    guard let count = kind.listCount else { return ["anyOf": .array(alternatives)] }
    alternatives.append([
      "type": "array", "items": ["anyOf": .array(alternatives)],
      "minItems": .integer(count.lowerBound), "maxItems": .integer(count.upperBound),
    ])
    return ["anyOf": .array(alternatives)]
  }

  private func alternative(_ schema: ComponentSchema, isLayer: Bool) -> JSONValue {
    let needed = isPartial && !isLayer ? [] : Self.required(schema.arguments)
    var forms: [JSONValue] = [record(schema.arguments)]
    if needed.isEmpty { forms.append(["type": "null"]) }
    if let main = schema.main, let field = schema.arguments[main], needed.allSatisfy({ $0 == main })
    {
      forms += [type(field.type), ["$ref": "#/$defs/reference"]]
    }
    var properties: [String: JSONValue] = [
      schema.name: ["anyOf": .array(forms), "description": .string(schema.doc)]
    ]
    if isLayer {
      properties["name"] = [
        "type": ["string", "number", "boolean"],
        "description": "The layer's name in 'from', overrides and weight files.",
      ]
      properties["from"] = [
        "anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]],
        "description":
          "The nodes or model inputs that the layer takes; the preceding node if left out.",
      ]
      properties["weights_of"] = [
        "type": "string",
        "description":
          "An earlier node of the same kind whose parameters the layer uses instead of its own.",
      ]
    }
    var object: [String: JSONValue] = [
      "type": "object", "additionalProperties": false, "required": [.string(schema.name)],
      "properties": .object(properties), "description": .string(schema.doc),
    ]
    if let example = Self.example(schema) { object["examples"] = [example] }
    guard needed.isEmpty else { return .object(object) }
    return [
      "anyOf": [
        ["const": .string(schema.name), "description": .string(schema.doc)], .object(object),
      ]
    ]
  }

  /// The short form with the default of the main argument, such as `dropout: 0.5`.
  private static func example(_ schema: ComponentSchema) -> JSONValue? {
    guard let main = schema.main, let field = schema.arguments[main], !field.isDefaultOfTask,
      case .defaulted(let text) = field.presence, let value = value(of: text, field.type)
    else { return nil }
    return [schema.name: value]
  }
}

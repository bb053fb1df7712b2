import Diagnostics
import ExperimentConfig
import Planning

/// Components that no experiment names.
package struct OtherComponents {
  /// What they are, such as `export format`.
  package let kind: String
  package let schemas: [ComponentSchema]

  package init(_ kind: String, _ schemas: [ComponentSchema]) {
    self.kind = kind
    self.schemas = schemas
  }
}

/// The documentation of components, generated from the schemas that parse them.
package enum ComponentText {
  package static func render(_ kind: ComponentKind, name: String?) throws -> String {
    guard let name else { return list(Catalog.standard.all(kind)) }
    guard let schema = Catalog.standard.find(kind, name) else {
      let known = Catalog.standard.all(kind)
      throw InputError(
        "unknown \(kind.description) '\(name)'",
        hint: Suggestion.hint(for: name, among: known)
          ?? "known: " + known.map(\.name).joined(separator: ", "))
    }
    return document(schema)
  }

  /// The documentation of layers and of the models built from them; a model's ends with its YAML.
  package static func layersAndModels(name: String?) throws -> String {
    let catalog = Catalog.standard
    guard let name else {
      return list(catalog.all(.layer))
        + "\nModels built from them, as in model: resnet18\n" + list(catalog.all(.model))
    }
    if let model = catalog.model(name) { return try document(model) }
    if let layer = catalog.find(.layer, name) { return document(layer) }
    let names = (catalog.all(.layer) + catalog.all(.model)).map(\.name)
    throw InputError(
      "unknown layer or model '\(name)'",
      hint: Suggestion.hint(for: name, among: names) ?? "'runner layers' lists them")
  }

  /// The documentation of all components with a name, of which two kinds may have one, or a list of all.
  ///
  /// - Parameter others: components that no experiment names, such as formats of exports.
  package static func describe(
    _ name: String?, others: [OtherComponents] = []
  ) throws -> String {
    let catalog = Catalog.standard
    guard let name else {
      let known = ComponentKind.allCases.map { ($0.description, catalog.all($0)) }
      return (known + others.map { ($0.kind, $0.schemas) }).map { kind, schemas in
        "\(kind)\n" + list(schemas)
      }.joined(separator: "\n")
    }
    var found = try ComponentKind.allCases.compactMap { kind -> String? in
      if kind == .model { return try catalog.model(name).map { "model " + (try document($0)) } }
      return catalog.find(kind, name).map { "\(kind.description) " + document($0) }
    }
    for other in others {
      found += other.schemas.filter { $0.name == name }.map { "\(other.kind) " + document($0) }
    }
    if found.isEmpty { throw unknown(name) }
    return found.joined(separator: "\n")
  }

  /// The error that there is no component with a name.
  static func unknown(_ name: String) -> InputError {
    let all = ComponentKind.allCases.flatMap { Catalog.standard.all($0) }
    return InputError(
      "unknown component '\(name)'",
      hint: Suggestion.hint(for: name, among: all) ?? "'runner describe' lists them")
  }

  /// The facts of a model, its arguments and its YAML.
  private static func document(_ model: ModelSource) throws -> String {
    header(model.schema) + "\n" + (try ModelText.facts(model)) + arguments(model.schema) + "\n"
      + String(decoding: model.text, as: UTF8.self)
  }

  private static func list(_ names: [ComponentSchema]) -> String {
    let width = names.map { $0.name.count }.max() ?? 0
    return names.map { schema in
      let pad = String(repeating: " ", count: width - schema.name.count)
      let lead = "  \(schema.name)\(pad)  "
      return lead + WrappedText.wrap(schema.doc, indent: lead.count) + "\n"
    }.joined()
  }

  private static func document(_ schema: ComponentSchema) -> String {
    header(schema) + arguments(schema)
  }

  private static func header(_ schema: ComponentSchema) -> String {
    "\(schema.name)\n  \(WrappedText.wrap(schema.doc, indent: 2))\n"
  }

  private static func arguments(_ schema: ComponentSchema) -> String {
    var text = ""
    for field in schema.arguments.fields {
      let presence =
        switch field.presence {
        case .required: "required"
        case .optional: "optional"
        case .defaulted(let text): "default \(text)"
        }
      let main = field.name == schema.main ? ", the main argument" : ""
      text +=
        "\n  \(field.name): \(field.type.description)\(field.type.limits) (\(presence)\(main))\n"
      text += "      \(WrappedText.wrap(field.doc, indent: 6))\n"
    }
    if let main = schema.main {
      text += "\n  \(schema.name): VALUE is short for \(schema.name): {\(main): VALUE}\n"
    }
    return text
  }
}

extension SchemaType {
  /// The limits of a number with a leading space; empty if there are none.
  var limits: String {
    switch self {
    case .integer(let limits), .number(let limits):
      limits.description.isEmpty ? "" : " " + limits.description
    default: ""
    }
  }
}

import ExperimentConfig
import Planning
import Testing

@Suite struct JSONSchemaTests {
  private let schema = JSONSchema.make(.standard)

  private func value(_ path: String...) -> JSONValue? {
    path.reduce(schema) { value, key in
      guard case .object(let object)? = value else { return nil }
      return object[key]
    }
  }

  @Test func isJSONThatReadsBackTheSame() throws {
    let bytes = try JSONText.encode(schema, pretty: true)
    let again = try JSONText.decode(JSONValue.self, from: bytes)
    #expect(try JSONText.encode(again, pretty: true) == bytes)
  }

  @Test func knowsEveryKeyAndComponent() throws {
    for field in ExperimentSchema.root.fields {
      #expect(value("properties", field.name) != nil, "\(field.name)")
    }
    for kind in ComponentKind.allCases {
      let text = String(
        decoding: try JSONText.encode(try #require(value("$defs", kind.rawValue))), as: UTF8.self)
      for schema in Catalog.standard.all(kind) {
        #expect(text.contains("\"\(schema.name)\""), "\(schema.name)")
      }
    }
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let text = String(decoding: try JSONText.encode(schema), as: UTF8.self)
    let names = Set(
      text.split(separator: "\"#/$defs/").dropFirst().compactMap { $0.split(separator: "\"").first }
    )
    for name in names { #expect(value("$defs", String(name)) != nil, "\(name)") }
    #expect(names.count >= ComponentKind.allCases.count)
  }

  @Test func everyDefaultHasItsType() {
    // A default that its own schema refuses would be reported against every file.
    for kind in ComponentKind.allCases {
      for schema in Catalog.standard.all(kind) {
        for field in schema.arguments.fields {
          if case .defaulted(let text) = field.presence { #expect(!text.isEmpty) }
          #expect(!field.doc.isEmpty, "\(schema.name).\(field.name)")
        }
      }
    }
  }
}

import ExperimentConfig
import FoundationEssentials
import Planning
import TestSupport
import Testing

/// The JSON Schema accepts what the program accepts, whichever YAML an editor reads, and refuses typos.
@Suite struct SchemaAcceptanceTests {
  private let validator = SchemaValidator(root: JSONSchema.make(.standard))

  private static let shipped: [String] =
    ["", "/transfer"].flatMap { Checkout.experiments(in: Checkout.root + "/experiments" + $0) }
    + Checkout.experiments(in: Checkout.good)

  @Test(arguments: YAMLReader.allCases, shipped)
  func shippedExperimentsAreValid(_ reader: YAMLReader, _ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let value = try #require(reader.read(text))
    #expect(validator.errors(value) == [], "\(path)")
  }

  @Test(arguments: YAMLReader.allCases)
  func whatExtendsNeedNotBeWhole(_ reader: YAMLReader) throws {
    for text in [
      "extends: a.yaml\ndata: {split: {folds: 5}}\n",
      "extends: a.yaml\nschedule: {step: {gamma: 1e-1}}\n",
      "extends: a.yaml\ndata: {dataset: {idx: {classes: 4}}}\ntrain:\n",
    ] { #expect(validator.errors(try #require(reader.read(text))) == [], "\(text)") }
  }

  @Test(arguments: YAMLReader.allCases)
  func numbersMayBeTexts(_ reader: YAMLReader) throws {
    let text = """
      data: {dataset: digits, batch_size: "64"}
      model: [flatten, {linear: 32}, relu, {dropout: .5}, {linear: 10}]
      optimizer: {adam: {lr: 1e-3, eps: '1e-7'}}
      """
    #expect(validator.errors(try #require(reader.read(text))) == [])
  }

  @Test(arguments: YAMLReader.allCases)
  func mistakesAreRefused(_ reader: YAMLReader) throws {
    for text in [
      "data: {dataset: digits}\n",
      "data: {split: {folds: 5}}\nmodel: [flatten]\n",
      "data: {dataset: digits}\nmodel: [flatten, {linear: ten}]\n",
      "data: {dataset: digits}\nmodel: [flatten, {linear: 10}]\nepochs: 3\n",
      "data: {dataset: digits}\nmodel: [flatten, {linear: 10}]\noptimizer: {adam: {rate: 1}}\n",
      "data: {dataset: digits}\nmodel: [flatten, {linear: 10}]\noptimizer: {adam: {lr: -1}}\n",
      "data: {dataset: digits}\nmodel: [flatten, {linear: 10}]\nschedule: {step: {gamma: 0.1}}\n",
    ] { #expect(!validator.errors(try #require(reader.read(text))).isEmpty, "\(text)") }
  }

  /// Everything that an editor completes explains itself when the pointer rests on it.
  @Test func everythingIsDescribedAndEveryDefaultAndExampleIsValid() throws {
    var counts = ["bare": 0, "default": 0, "example": 0, "property": 0, "component": 0]
    func check(_ value: JSONValue, _ schema: JSONValue, _ path: String) {
      #expect(validator.errors(value, in: schema) == [], "\(path): \(value)")
    }
    func described(_ schema: JSONValue) -> Bool {
      guard case .object(let object) = schema, case .string(let text)? = object["description"]
      else { return false }
      return text.count > 8 && (text.hasSuffix(".") || text.hasSuffix(")"))
    }
    /// - Parameter isConstraint: whether the schema only says what else has to hold of properties that are
    ///   described elsewhere.
    func walk(_ schema: JSONValue, _ path: String, isConstraint: Bool = false) {
      switch schema {
      case .array(let items):
        for (index, item) in items.enumerated() {
          walk(item, "\(path)/\(index)", isConstraint: isConstraint)
        }
      case .object(let object):
        if let name = object["const"] {
          counts["bare"]! += 1
          #expect(described(schema), "\(path)/\(name)")
        }
        if let value = object["default"], value != .null, object["anyOf"] != nil {
          counts["default"]! += 1
          check(value, schema, path)
        }
        if case .array(let examples)? = object["examples"] {
          counts["example"]! += 1
          for example in examples { check(example, schema, path) }
        }
        for (key, value) in object where key != "properties" {
          walk(value, "\(path)/\(key)", isConstraint: isConstraint || path + "/" + key == "/anyOf")
        }
        guard case .object(let properties)? = object["properties"] else { return }
        for (key, value) in properties {
          counts["property"]! += 1
          #expect(isConstraint || described(value), "\(path)/\(key)")
          walk(value, "\(path)/\(key)", isConstraint: isConstraint)
        }
      default: break
      }
    }
    walk(validator.root, "")
    // The components once more, from the registry's side.
    for kind in ComponentKind.allCases {
      for component in Catalog.standard.all(kind) {
        counts["component"]! += 1
        #expect(component.doc.count > 8, "\(component.name)")
        for field in component.arguments.fields {
          #expect(field.doc.count > 8, "\(component.name).\(field.name)")
        }
      }
    }
    #expect(counts["bare"]! > 150 && counts["component"]! > 150, "\(counts)")
    #expect(counts["default"]! > 300 && counts["property"]! > 1000, "\(counts)")
    #expect(counts["example"]! > 10, "\(counts)")
  }

  /// Lists and mappings have their defaults as values, not as text.
  @Test func defaultsOfListsAreLists() throws {
    func find(_ schema: JSONValue, _ name: String) -> JSONValue? {
      switch schema {
      case .array(let items): return items.lazy.compactMap { find($0, name) }.first
      case .object(let object):
        if case .object(let properties)? = object["properties"],
          case .object(let property)? = properties[name], let value = property["default"]
        {
          return value
        }
        return object.sorted { $0.key < $1.key }.lazy.compactMap { find($0.value, name) }.first
      default: return nil
      }
    }
    #expect(find(validator.root, "betas") == [.number(0.9), .number(0.999)])
    #expect(find(validator.root, "ignore") == [])
    #expect(find(validator.root, "checkpoint") == .object([:]))
  }
}

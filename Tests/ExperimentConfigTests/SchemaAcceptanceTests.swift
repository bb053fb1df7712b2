import ExperimentConfig
import FoundationEssentials
import Planning
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

  @Test func everyNameHasADescriptionAndEveryDefaultIsValid() throws {
    var bare = 0
    var defaults = 0
    func walk(_ schema: JSONValue, _ path: String) {
      switch schema {
      case .array(let items): items.forEach { walk($0, path) }
      case .object(let object):
        if let name = object["const"] {
          bare += 1
          #expect(object["description"] != nil, "\(path)/\(name)")
        }
        if let value = object["default"], value != .null, object["anyOf"] != nil {
          defaults += 1
          let own = SchemaValidator(root: validator.root)
          #expect(own.errors(value, in: schema) == [], "\(path): \(value)")
        }
        for (key, value) in object { walk(value, "\(path)/\(key)") }
      default: break
      }
    }
    walk(validator.root, "")
    #expect(bare > 40)
    #expect(defaults > 40)
  }
}

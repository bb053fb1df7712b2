import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Testing

@Suite struct ExtendsTests {
  private let good = Checkout.good

  private func root(_ name: String, _ overrides: String...) throws -> Resolved {
    let outcome = Outcome.of("\(good)/\(name).yaml", overrides)
    return try #require(outcome.loaded?.resolved, "\(outcome.text)")
  }

  @Test func whatIsNotSaidIsTheBases() throws {
    let root = try root("extends")
    #expect(try root.at("seed").integer() == 7)
    #expect(try root.at("data").at("batch_size").integer() == 32)
    #expect(try root.at("data").at("dataset").component().name == "digits")
    #expect(try root.at("model").list().count == 4)
  }

  @Test func aComponentOfTheSameNameIsMerged() throws {
    let optimizer = try root("extends").at("optimizer")
    #expect(try optimizer.at("lr").number() == 0.01)
    #expect(try optimizer.at("weight_decay").number() == 0.1)
  }

  @Test func anotherComponentReplacesTheBases() throws {
    let loss = try root("extends").at("loss").component()
    #expect(loss.name == "mse")
  }

  @Test func listsAreReplaced() throws {
    #expect(try root("extends").at("metrics").list().count == 1)
  }

  @Test func pathsStartAtTheFileThatNamesThem() throws {
    let root = try root("extends")
    #expect(try root.at("weights").string() == "\(good)/parts/weights.safetensors")
  }

  @Test func theBaseMayExtendAnother() throws {
    #expect(try root("extends").at("train").at("epochs").integer() == 2)
  }

  @Test func whatWasReplacedIsRemembered() throws {
    let loaded = try #require(Outcome.of("\(good)/extends.yaml", ["seed=9"]).loaded)
    #expect(loaded.history["seed"]?.map(\.text) == ["1", "7"])
    #expect(loaded.history["optimizer.adamw.lr"]?.map(\.text) == ["0.5"])
  }

  @Test func originsNameTheFile() throws {
    let root = try root("extends")
    let file = try #require(try root.at("data").at("batch_size").range).file.name
    #expect(file.hasSuffix("/parts/base.yaml"))
  }
}

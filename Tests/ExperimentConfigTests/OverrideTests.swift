import Diagnostics
import ExperimentConfig
import Graph
import Planning
import Testing

@Suite struct OverrideTests {
  static let text = """
    data: {dataset: digits}
    model:
      - flatten
      - linear: 32
        name: hidden
      - relu
      - dropout: 0.2
      - linear: 10
    optimizer:
      adam: {lr: 1e-3, eps: 1e-7}
    """

  private func root(_ overrides: String..., in text: String = text) throws -> Resolved {
    let outcome = Outcome.of(text: text, overrides)
    return try #require(outcome.loaded?.resolved, "\(outcome.text)")
  }

  private func errors(_ overrides: String..., in text: String = text) -> [String] {
    Outcome.of(text: text, overrides).errors
  }

  private func layer(_ root: Resolved, _ index: Int) throws -> Resolved {
    let item = try root.at("model").list()[index]
    guard case .node(let component, _, _, _) = item.content else { return item }
    return component
  }

  @Test(arguments: ["lr=1e-4", "adam.lr=1e-4", "optimizer.adam.lr=1e-4"])
  func theLastPartsOfAPathAreEnough(override: String) throws {
    let root = try root(override)
    #expect(try root.at("optimizer").at("lr").number() == 1e-4)
    #expect(try root.at("optimizer").at("eps").number() == 1e-7)
    #expect(try root.at("optimizer").at("lr").range?.file.kind == .commandLine)
  }

  @Test func whatOnlyTheDefaultsHoldIsFoundToo() throws {
    let bare = "data: {dataset: digits}\nmodel: [flatten, linear: 10]\n"
    let root = try root("lr=1e-4", "epochs=3", "validation=0.1", "data.limit.train=100", in: bare)
    #expect(try root.at("optimizer").at("lr").number() == 1e-4)
    #expect(try root.at("train").at("epochs").integer() == 3)
    #expect(try root.at("data").at("split").at("validation").number() == 0.1)
    #expect(try root.at("data").at("limit").at("train").integer() == 100)
  }

  @Test func anotherComponentLosesTheOldOnesArguments() throws {
    let root = try root("optimizer=sgd")
    let optimizer = try root.at("optimizer").component()
    #expect(optimizer.name == "sgd")
    #expect(try optimizer.arguments.number("lr") == 1e-3)
    #expect(optimizer.arguments.range("lr") == nil)
  }

  @Test func aPathThroughAnotherComponentSwapsIt() throws {
    let optimizer = try root("optimizer.sgd.lr=0.1", "momentum=0.9").at("optimizer").component()
    #expect(optimizer.name == "sgd")
    #expect(try optimizer.arguments.number("lr") == 0.1)
    #expect(try optimizer.arguments.number("momentum") == 0.9)
  }

  /// A key that belongs to a component which was not chosen does not choose it.
  @Test(arguments: [
    ("momentum=0.9", "optimizer.sgd.momentum"), ("max_lr=0.1", "schedule.one_cycle.max_lr"),
    ("sgd=0.1", "optimizer.sgd"),
    ("label_smoothin=1", "label_smoothing"),
  ])
  func aKeyOfAnotherComponentIsAnError(_ override: String, _ path: String) {
    let outcome = Outcome.of(text: OverrideTests.text, [override])
    let key = override.prefix { $0 != "=" }
    #expect(outcome.errors == ["1:1: no key '\(key)' in this experiment"])
    #expect(outcome.text.contains(path), "\(outcome.text)")
  }

  @Test func theSameComponentKeepsItsArguments() throws {
    let optimizer = try root("optimizer={adam: {lr: 1}}").at("optimizer")
    #expect(try optimizer.at("lr").number() == 1)
    #expect(try optimizer.at("eps").number() == 1e-7)
  }

  @Test func layersAreFoundByNameAndNumber() throws {
    #expect(try layer(root("dropout=0.5"), 3).at("p").number() == 0.5)
    #expect(try layer(root("p=0.5"), 3).at("p").number() == 0.5)
    #expect(try layer(root("model.3.dropout.p=0.5"), 3).at("p").number() == 0.5)
    #expect(try layer(root("model.1.linear=64"), 1).at("out_features").integer() == 64)
    #expect(try layer(root("hidden.linear=64"), 1).at("out_features").integer() == 64)
    #expect(try layer(root("model.hidden.linear.bias=false"), 1).at("bias").boolean() == false)
    #expect(try layer(root("model.hidden.linear.bias=false"), 1).at("out_features").integer() == 32)
    #expect(try layer(root("model.2=gelu"), 2).component().name == "gelu")
    #expect(try root("~model.3").at("model").list().count == 4)
  }

  @Test func aBlockKeepsTheParameterItWasGiven() throws {
    let text = """
      data: {dataset: digits}
      blocks: {b: {parameters: {width: 8, p: 0.5}, layers: [{linear: "${width}"}, {dropout: "${p}"}]}}
      model: [flatten, b: 32, linear: 10]
      """
    let outcome = Outcome.of(text: text, ["model.1.b.p=0.1"])
    let names = outcome.plan?.graph.parameters.map { "\($0.name) \($0.spec.shape)" }
    #expect(names?.first == "1.0.weight [32, 784]", "\(outcome.text)")
  }

  @Test func listsAreReplacedAndIndexed() throws {
    let text = Self.text + "\nmetrics: [accuracy, f1]\n"
    #expect(try root("metrics=[recall]", in: text).at("metrics").list().count == 1)
    let root = try root("metrics.1=recall", in: text)
    #expect(
      try root.at("metrics").list().map { try $0.component().name } == ["accuracy", "recall"])
  }

  @Test func plusAddsAndTildeRemoves() throws {
    #expect(try root("+train.max_steps=5").at("train").at("max_steps").integer() == 5)
    #expect(try root("+description=a text").at("description").string() == "a text")
    #expect(try root("~eps").at("optimizer").at("eps").number() == 1e-8)
    #expect(try root("~optimizer").at("optimizer").component().name == "adam")
  }

  @Test func valuesMayHoldEqualsSignsAndReferences() throws {
    #expect(try root("description=a=b").at("description").string() == "a=b")
    #expect(try root("seed=3", "epochs=${seed}").at("train").at("epochs").integer() == 3)
    #expect(try root("description=").at("description").isNull)
  }

  @Test(arguments: [
    ("lr=fast", "1:4: expected a number for 'lr', found 'fast'"),
    ("lr=", "1:4: expected a number for 'lr', found nothing"),
    ("lr=[1e-3, 1e-4]", "1:4: expected a number for 'lr', found a list"),
    ("optimizer=adma", "1:11: unknown optimizer 'adma'"),
    ("optimizer={sgd: {lr: 0.1, nestrov: true}}", "1:27: unknown argument 'nestrov' in 'sgd'"),
    ("optimizer.adma.lr=1", "1:1: unknown optimizer 'adma'"),
    ("linear=3", "1:1: 'linear' is ambiguous"),
    ("leraning_rate=1", "1:1: no key 'leraning_rate' in this experiment"),
    ("model.9.linear=3", "1:1: there is no '9'"),
    ("model.nothing.linear=3", "1:1: there is no 'nothing'"),
    ("seed.x=3", "1:1: there is no 'x'"),
    ("+train.epoch=5", "1:2: unknown key 'epoch' in 'train'"),
    ("~fallback", "1:2: there is no 'fallback' to remove"),
    ("~lr=3", "1:2: '~lr' takes no value"),
    ("lr", "1:1: 'lr' is neither an override nor an option"),
    ("=3", "1:1: an override needs a key before '='"),
    ("extends=a.yaml", "1:1: 'extends' cannot be overridden"),
    (
      "seed={a: 1", "1:11: not YAML: did not find expected ',' or '}', while parsing a flow mapping"
    ),
    ("seed=*x", "1:6: undefined alias '*x'"),
    ("+学习=1", "1:2: unknown key '学习'"),
    ("+学习=*x", "1:5: undefined alias '*x'"),
  ])
  func mistakesArePointedAtInsideTheOverride(override: String, error: String) {
    #expect(errors(override) == [error])
  }

  @Test func ambiguousKeysAreListed() {
    let hint = Outcome.of(text: Self.text, ["linear=3"]).diagnostics.first?.hint
    #expect(hint == "it could be model.hidden.linear, model.4.linear")
  }

  @Test func aPathThatLeavesOutTheComponentIsHelped() {
    let outcome = Outcome.of(text: Self.text, ["optimizer.lr=1"])
    #expect(outcome.errors.count == 1)
    #expect(outcome.diagnostics.first?.hint == "did you mean 'optimizer.adam.lr'?")
  }

  @Test func everyOverrideIsReadBeforeGivingUp() {
    #expect(errors("sed=1", "lr=x", "epochs=-1").count == 3)
  }

  @Test func theTextIsShownUnderTheCaret() {
    let text = Outcome.of(text: Self.text, ["optimizer.adam.lr=1e400"]).text
    #expect(
      text == """
        command line:1:19: error: 'lr' is too large for a 64-bit float: 1e400
        1 | optimizer.adam.lr=1e400
          |                   ^~~~~

        """)
  }

  /// A later override below it does not make a wrong value disappear.
  @Test(arguments: [
    (["train=2000", "epochs=2"], "1:7: expected a mapping for 'train', found '2000'"),
    (["optimizer=[1]", "optimizer.adam.lr=2"], "1:11: expected an optimizer, found a list"),
    (
      ["+freeze=backbone", "+freeze.batch_norm=update"],
      "1:2: 'backbone' has no key 'batch_norm'"
    ),
  ])
  func whatIsSetStaysWhereSomethingBelowIsSet(overrides: [String], error: String) {
    #expect(Outcome.of(text: Self.text, overrides).errors.contains(error))
  }
}

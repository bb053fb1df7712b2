import Diagnostics
import Testing

@testable import Comparison

@Suite struct ConfigurationDiffTests {
  private func changes(_ a: String, _ b: String) throws -> [ConfigurationChange] {
    try ConfigurationDiff.changes(
      ConfigurationTree(SourceFile(name: "a", text: a)),
      ConfigurationTree(SourceFile(name: "b", text: b)))
  }

  @Test func aValueIsFoundByItsPathWithBothOrigins() throws {
    let found = try changes(
      "optimizer:\n  adam:\n    lr: 0.001  # default\n",
      "optimizer:\n  adam:\n    lr: 0.01   # command line: lr=1e-2\n")
    #expect(
      found == [
        ConfigurationChange(
          path: "optimizer.adam.lr", a: .init(text: "0.001", origin: "default"),
          b: .init(text: "0.01", origin: "command line: lr=1e-2"), kind: .semantic)
      ])
  }

  @Test func theSameNumberInAnotherSpellingIsNoChange() throws {
    #expect(try changes("train: {epochs: 10}", "train: {epochs: 1e1}").isEmpty)
    #expect(try changes("description: \"1.0\"", "description: \"1\"").count == 1)
  }

  /// A run from before there was the setting behaved like its default.
  @Test func aSettingThatOneRunDidNotKnowIsNoChangeAtItsDefault() throws {
    let old = "data: {batch_size: 8}"
    #expect(try changes(old, "data: {batch_size: 8, decode: exact}").isEmpty)
    #expect(try changes("data: {batch_size: 8, decode: exact}", old).isEmpty)
    let found = try changes(old, "data: {batch_size: 8, decode: fast}")
    #expect(found.map(\.path) == ["data.decode"])
    #expect(found.first?.a == nil && found.first?.b?.text == "fast")
  }

  @Test func aSwappedComponentIsOneChange() throws {
    let found = try changes(
      "optimizer:\n  adam:\n    lr: 0.001\n    betas: [0.9, 0.999]\n",
      "optimizer:\n  sgd:\n    lr: 0.1  # x.yaml:3:9\n    momentum: 0.9\n")
    #expect(found.count == 1)
    #expect(found.first?.path == "optimizer")
    #expect(found.first?.a?.text == "adam(lr=0.001, betas=[0.9, 0.999])")
    #expect(found.first?.b == .init(text: "sgd(lr=0.1, momentum=0.9)", origin: "x.yaml:3:9"))
  }

  @Test func anInsertedLayerShiftsNothing() throws {
    let a =
      "model:\n  - flatten\n  - linear: {out_features: 8}\n  - relu\n  - linear: {out_features: 4}\n"
    let b =
      "model:\n  - flatten\n  - linear: {out_features: 8}\n  - relu\n  - dropout: {p: 0.5}\n"
      + "  - linear: {out_features: 4}\n"
    let found = try changes(a, b)
    #expect(found.map(\.path) == ["model.3"])
    #expect(found.first?.a == nil)
    #expect(found.first?.b?.text == "dropout(p=0.5)")
    #expect(try changes(b, a).first?.b == nil)
    #expect(found.first?.description == "model.3 with dropout(p=0.5)")
  }

  @Test func layersAreSwappedAndChangedInPlace() throws {
    let found = try changes(
      "model: [flatten, {linear: {out_features: 8}}, relu]",
      "model: [flatten, {linear: {out_features: 9}}, gelu]")
    #expect(found.map(\.path) == ["model.1.linear.out_features", "model.2"])
    #expect(found.last?.description == "model.2 relu → gelu")
  }

  @Test func namedLayersAreFoundUnderTheirNames() throws {
    let found = try changes(
      "model:\n  - linear: {out_features: 8}\n    name: head\n",
      "model:\n  - linear: {out_features: 9}\n    name: head\n")
    #expect(found.map(\.path) == ["model.head.linear.out_features"])
  }

  @Test func anotherModelIsOneChange() throws {
    let found = try changes(
      "model: [flatten, linear, relu, linear, relu, linear, relu, linear]",
      "model: [conv2d, max_pool2d, conv2d, max_pool2d, flatten, softmax]")
    #expect(found.map(\.path) == ["model"])
    #expect(
      found.first?.b?.text
        == "[conv2d, max_pool2d, conv2d, max_pool2d, flatten, softmax]")
  }

  @Test func kindsFollowTheSchema() throws {
    let found = try changes(
      "name: a\nseed: 1\nweights: /x.safetensors\nmetrics: [accuracy]\n",
      "name: b\nseed: 2\nweights: /y.safetensors\nmetrics: [accuracy, f1]\n")
    #expect(found.map(\.path) == ["name", "seed", "weights", "metrics.1"])
    #expect(found.map(\.kind) == [.cosmetic, .semantic, .cosmetic, .measurement])
  }

  @Test func anotherKindOfSplitIsOneChange() throws {
    let found = try changes(
      "data:\n  split: {validation: 0.2, stratified: true}\n",
      "data:\n  split: {folds: 5, repeats: 2}\n")
    #expect(found.map(\.path) == ["data.split"])
    #expect(found.first?.a?.text == "validation 0.2, stratified true")
    #expect(found.first?.b?.text == "folds 5, repeats 2")
  }

  @Test func whatTheSchemaDoesNotKnowIsComparedAllTheSame() throws {
    let found = try changes("future: {a: 1, b: [1, 2]}", "future: {a: 2, b: [1, 3]}")
    #expect(found.map(\.path) == ["future.a", "future.b"])
  }

  @Test func aCommentMarkInsideQuotesIsNoOrigin() throws {
    let found = try changes("description: \"a # b\"  # x.yaml:1:2", "description: c # default")
    #expect(found.first?.a == .init(text: "a # b", origin: "x.yaml:1:2"))
  }
}

@Suite struct SequenceAlignmentTests {
  private func steps(_ a: String, _ b: String) -> [SequenceAlignment.Step] {
    let (a, b) = (Array(a), Array(b))
    return SequenceAlignment.align(a.count, b.count) { a[$0] == b[$1] ? 0 : 1.5 }
  }

  @Test func equalEndsArePaired() {
    #expect(steps("abc", "abc") == [.pair(0, 0), .pair(1, 1), .pair(2, 2)])
    #expect(steps("abd", "abcd") == [.pair(0, 0), .pair(1, 1), .added(2), .pair(2, 3)])
    #expect(steps("abcd", "ad") == [.pair(0, 0), .removed(1), .removed(2), .pair(3, 1)])
  }

  @Test func emptyListsAreNoTrouble() {
    #expect(steps("", "").isEmpty)
    #expect(steps("a", "") == [.removed(0)])
    #expect(steps("", "ab") == [.added(0), .added(1)])
  }

  @Test func everyItemIsThereOnce() {
    for (a, b) in [("abcabc", "cabcab"), ("aaaa", "bb"), ("xaybz", "abc")] {
      var left: [Int] = []
      var right: [Int] = []
      for step in steps(a, b) {
        switch step {
        case .pair(let i, let j):
          left.append(i)
          right.append(j)
        case .removed(let i): left.append(i)
        case .added(let j): right.append(j)
        }
      }
      #expect(left == Array(0..<a.count))
      #expect(right == Array(0..<b.count))
    }
  }
}

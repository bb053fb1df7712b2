import ExperimentConfig
import Testing

@testable import Sweeping

@Suite struct SweepSyntaxTests {
  private func values(_ text: String, _ kind: KeyPlace.Kind = .number) throws -> [String]? {
    guard case .axis(.values(let rows)) = try SweepSyntax.read(text, kind: kind) else { return nil }
    return rows.map { $0[0] }
  }

  @Test func listsInBracketsAndWithout() throws {
    #expect(try values("[1e-3,1e-4]") == ["1e-3", "1e-4"])
    #expect(try values("1e-3, 1e-4") == ["1e-3", "1e-4"])
    #expect(try values("[1e-3]") == ["1e-3"])
    #expect(try values("1e-3") == nil)
    #expect(
      try values("[adam,{sgd: {lr: 0.1, momentum: 0.9}}]", .component)
        == ["adam", "{sgd: {lr: 0.1, momentum: 0.9}}"])
    #expect(try values("{sgd: {lr: 0.1, momentum: 0.9}}", .component) == nil)
    #expect(try values(#"["a,b",'c'',d',it's]"#, .other) == [#""a,b""#, "'c'',d'", "it's"])
  }

  @Test func theSchemaDecidesWhetherAListIsOneValue() throws {
    #expect(try values("[1,2]", .list) == nil)
    #expect(try values("[[1,2],[3,4]]", .list) == ["[1,2]", "[3,4]"])
    #expect(try values("3,5", .list) == ["3", "5"])
    #expect(try values("resnet18,lenet5", .list) == ["resnet18", "lenet5"])
    #expect(try values("a, b", .text) == nil)
    #expect(try values("[a, b]", .text) == ["a", "b"])
  }

  @Test func sequencesHoldBothEnds() throws {
    #expect(try values("range[32:128:32]") == ["32", "64", "96", "128"])
    #expect(try values("range[1:3]") == ["1", "2", "3"])
    #expect(try values("range[0:0.35:0.1]") == ["0", "0.1", "0.2", "0.3"])
    #expect(try values("range[3:1:-1]") == ["3", "2", "1"])
    #expect(
      try values("linspace[0:1:11]")?.joined(separator: " ")
        == "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1")
    #expect(try values("logspace[1e-5:1e-1:5]") == ["1e-05", "0.0001", "0.001", "0.01", "0.1"])
    #expect(try values("logspace[16:256:5]") == ["16", "32", "64", "128", "256"])
  }

  @Test func distributions() throws {
    #expect(try SweepSyntax.read("uniform[0:0.5]", kind: .number) == .axis(.uniform(0, 0.5)))
    #expect(
      try SweepSyntax.read("loguniform[1e-5:1e-1]", kind: .number) == .axis(.logUniform(1e-5, 0.1)))
  }

  @Test(arguments: [
    ("[1,,2]", "a value is missing"), ("[]", "has no value"), ("[1,2", "no ']'"),
    ("range[1:2:-1]", "is empty"), ("range[1]", "is not range[a:b:step]"),
    ("linspace[0:1:x]", "is not linspace"), ("linspace[0:1:0]", "whole number of values"),
    ("logspace[0:1:3]", "must be above 0"), ("loguniform[-5:-1]", "must be above 0"),
    ("uniform[1:0]", "is empty"), ("range[0:1:1e-9]", "more than"),
    ("logspce[1:2:3]", "unknown 'logspce'"), ("uniform(0,1)", "'uniform' takes brackets"),
    ("choice(1,2)", "unknown 'choice'"), ("['a,b]", "quotation mark"),
    ("[1}]", "has an unmatched"), ("linspace[0:inf:3]", "is not"),
  ])
  func mistakes(_ text: String, _ words: String) {
    do throws(SweepSyntax.Failure) {
      let meaning = try SweepSyntax.read(text, kind: .number)
      Issue.record("\(text) is \(meaning)")
    } catch {
      #expect(error.message.contains(words), "\(error.message)")
    }
  }

  @Test func zip() throws {
    let parts = try SweepSyntax.zip("zip(lr=[1e-3,1e-4],batch_size=[32,64])")
    #expect(parts?.map(\.key) == ["lr", "batch_size"])
    #expect(parts?.map(\.values) == ["[1e-3,1e-4]", "[32,64]"])
    #expect(try SweepSyntax.zip("lr=[1,2]") == nil)
    #expect(throws: SweepSyntax.Failure.self) { try SweepSyntax.zip("zip(lr=[1,2])") }
  }
}

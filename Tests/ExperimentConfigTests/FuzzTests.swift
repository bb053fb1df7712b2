import Diagnostics
import ExperimentConfig
import FoundationEssentials
import TestSupport
import Testing
import YAMLSyntax

/// Bytes changed at random, the same ones every time: whatever comes out is a plan or an error.
@Suite struct FuzzTests {
  static let fragments = [
    "${seed}", "*a", "&a ", ": ", "- ", "\n", "{", "}", "[", "]", "null", "1e400", "-1", "\"", "'",
    "\t",
    "!!str ", "---\n", "<<: *a", "9223372036854775807", "\u{0}", "\u{FEFF}", "学", "from: input",
  ]

  @Test func anyBytesArePlannedOrExplained() throws {
    let good = Self.contents(of: Checkout.good)
    let bad = Self.contents(of: Checkout.bad)
    var generator = SeededGenerator(seed: 20_240_607)
    var slowest = Duration.zero
    var planned = 0
    for _ in 0..<2_000 {
      let files = Bool.random(using: &generator) ? good : bad
      var bytes = files.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        mutate(&bytes, using: &generator)
      }
      let start = ContinuousClock.now
      let outcome = Self.outcome(of: bytes)
      slowest = max(slowest, ContinuousClock.now - start)
      if let loaded = outcome.loaded {
        planned += 1
        let again = Outcome.of(text: ResolvedYAML.render(loaded.resolved, source: loaded.source))
        if again.loaded?.resolved.canonicalForm != loaded.resolved.canonicalForm {
          Issue.record(
            "not the same again: \(String(decoding: bytes, as: UTF8.self))\n\(again.text)")
        }
      }
      if outcome.plan == nil, outcome.errors.isEmpty {
        Issue.record("neither a plan nor an error: \(String(decoding: bytes, as: UTF8.self))")
      }
      _ = outcome.text
    }
    #expect(slowest < Patience.hostile)
    #expect(planned > 50)
  }

  @Test func anyOverrideIsAppliedOrExplained() {
    let keys = [
      "lr", "optimizer", "optimizer.adam.lr", "optimizer.sgd", "model", "model.0", "model.hidden",
      "linear",
      "model.hidden.linear.bias", "data", "data.split", "data.split.validation", "metrics",
      "metrics.0", "seed",
      "threads", "blocks", "blocks.b", "blocks.b.layers", "blocks.b.parameters.p", "b.p", "name",
      "from", "",
      ".", "..", "data.dataset.idx.folder", "model.-1", "model.99999999999999999999", "extends",
      "train",
      "model.hidden.name", "model.2.from", "data.transforms.0", "weights", "学",
    ]
    let values = [
      "", "1", "null", "[]", "{}", "[1, 2]", "{a: 1}", "adam", "{sgd: 1}", "${seed}", "${lr}", "*a",
      "\"", "1e400",
      "{adam: {lr: 1, lr: 2}}", "[flatten, linear: 10]", "{validation: 0.1}", "~", "!x 1", "\n",
      "a: b", "- a",
    ]
    let text = """
      data: {dataset: digits}
      blocks: {b: {parameters: {p: 0.5}, layers: [{dropout: "${p}"}]}}
      model: [flatten, {linear: 32, name: hidden}, b, linear: 10]
      """
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<1_500 {
      let overrides = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        let lead = ["", "", "", "+", "~"].randomElement(using: &generator) ?? ""
        let key = keys.randomElement(using: &generator) ?? ""
        let value = values.randomElement(using: &generator) ?? ""
        return lead == "~" ? "~\(key)" : "\(lead)\(key)=\(value)"
      }
      let outcome = Outcome.of(text: text, overrides)
      if outcome.plan == nil, outcome.errors.isEmpty {
        Issue.record("neither a plan nor an error: \(overrides)")
      }
      if let loaded = outcome.loaded {
        let rendered = ResolvedYAML.render(loaded.resolved, source: loaded.source)
        let again = Outcome.of(text: rendered).loaded?.resolved.canonicalForm
        if again != loaded.resolved.canonicalForm {
          Issue.record("\(overrides) does not survive resolved.yaml:\n\(rendered)")
        }
      }
    }
  }

  private static func contents(of folder: String) -> [[UInt8]] {
    Checkout.experiments(in: folder).filter { !$0.contains("/bomb-") }
      .compactMap { FileManager.default.contents(atPath: $0).map(Array.init) }
  }

  private static func outcome(of bytes: [UInt8]) -> Outcome {
    do {
      return Outcome.of(text: try SourceFile.decode(bytes, name: "fuzz.yaml").text)
    } catch let error as InputError {
      return Outcome(plan: nil, diagnostics: error.diagnostics)
    } catch {
      return Outcome(plan: nil, diagnostics: [])
    }
  }

  private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 1: bytes.remove(at: place)
    case 2:
      let fragment = Self.fragments.randomElement(using: &generator) ?? ""
      bytes.insert(contentsOf: Array(fragment.utf8), at: place)
    case 3: bytes.removeSubrange(place..<min(bytes.count, place + 20))
    case 4:
      let from = Int.random(in: 0..<bytes.count, using: &generator)
      bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + 30)], at: place)
    case 5...7:
      // Another number is still YAML, and reaches what stands behind the parser.
      let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
      guard let digit = digits.randomElement(using: &generator) else { return }
      bytes[digit] = UInt8.random(in: 48...57, using: &generator)
    case 8:
      var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      lines.swapAt(
        Int.random(in: 0..<lines.count, using: &generator),
        Int.random(in: 0..<lines.count, using: &generator))
      bytes = Array(lines.joined(separator: [10]))
    default: bytes[place] = UInt8.random(in: 32...126, using: &generator)
    }
  }
}

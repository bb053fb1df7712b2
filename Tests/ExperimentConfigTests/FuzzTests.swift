import Diagnostics
import FoundationEssentials
import Testing
import YAMLSyntax

/// Bytes changed at random, the same ones every time: whatever comes out is a plan or an error.
@Suite struct FuzzTests {
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  static let fragments = [
    "${seed}", "*a", "&a ", ": ", "- ", "\n", "{", "}", "[", "]", "null", "1e400", "-1", "\"", "'", "\t",
    "!!str ", "---\n", "<<: *a", "9223372036854775807", "\u{0}", "\u{FEFF}", "学", "from: input",
  ]

  @Test func anyBytesArePlannedOrExplained() throws {
    let good = Self.contents(of: Checkout.good)
    let bad = Self.contents(of: Checkout.bad)
    var generator = Generator(state: 20_240_607)
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
      if outcome.plan != nil { planned += 1 }
      if outcome.plan == nil, outcome.errors.isEmpty {
        Issue.record("neither a plan nor an error: \(String(decoding: bytes, as: UTF8.self))")
      }
      _ = outcome.text
    }
    #expect(slowest < .seconds(1))
    #expect(planned > 50)
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

  private func mutate(_ bytes: inout [UInt8], using generator: inout Generator) {
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

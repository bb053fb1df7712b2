import Files
import TestSupport
import Testing

/// The inputs of fuzzing, and what it notices.
struct MutatorTests {
  private static let seeds: [[UInt8]] = [Array("width 12\n".utf8), Array("height 345\n".utf8)]
  private static let mutator = Mutator(seeds: seeds, words: [Array("WORD".utf8)], seed: 3)

  @Test func anInputIsAFunctionOfItsNumber() {
    let numbers = 0..<500
    let inputs = numbers.map(Self.mutator.input)
    #expect(numbers.reversed().map(Self.mutator.input) == inputs.reversed())
    #expect(Set(inputs).count > 400)
    let other = Mutator(seeds: Self.seeds, words: [], seed: 4)
    #expect(numbers.map(other.input) != inputs)
  }

  @Test func everyKindOfDamageOccurs() {
    let inputs = (0..<5000).map { String(decoding: Self.mutator.input($0), as: UTF8.self) }
    #expect(inputs.contains { $0.isEmpty })
    #expect(inputs.contains { $0.contains("WORD") })
    #expect(inputs.contains { $0.contains("18446744073709551615") })
    #expect(inputs.contains { $0.hasPrefix("wid") && $0.hasSuffix("345\n") })
    #expect(inputs.contains { $0.hasPrefix("width") && !$0.contains("\n") })
    #expect(inputs.allSatisfy { $0.utf8.count <= 3 * (11 + Mutator.mostGrowth) })
    let bytes = (0..<5000).map(Self.mutator.input)
    #expect(bytes.contains { $0.contains(0xFF) })
    #expect(bytes.allSatisfy { $0.count <= 11 + Mutator.mostGrowth })
  }

  private func failures(
    count: Int = 64, _ read: @escaping @Sendable ([UInt8], String) throws -> Void
  ) throws -> [String] {
    try FuzzRun(FuzzedReader("test", seeds: { Self.seeds }, read: read), count: count, first: 0)
      .failures
  }

  @Test func brokenRulesAreNoticed() throws {
    struct Lost: Error {}
    #expect(try failures { _, _ in } == [])
    #expect(
      try failures { _, _ in throw FuzzViolation("wrong") }.first == "input 0 of test: wrong")
    #expect(try failures { _, _ in throw Lost() }.first?.contains("without a location") == true)
    #expect(
      try failures { _, _ in throw FileError(path: "/elsewhere", reason: "is bad") }.first?
        .contains("an error about '/elsewhere'") == true)
    #expect(
      try failures { _, path in throw FileError(path: path, reason: "") }.first?
        .contains("without a reason") == true)
  }

  @Test func memoryIsNoticed() throws {
    let size = FuzzRun.mostMemory + 32 << 20
    let failures = try failures(count: 1) { _, _ in
      let pages = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
      for page in stride(from: 0, to: size, by: 4096) {
        pages.storeBytes(of: 1, toByteOffset: page, as: UInt8.self)
      }
      pages.deallocate()
    }
    #expect(failures.first?.contains("took") == true)
  }

  @Test func everyInputLiesInItsFile() throws {
    let failures = try failures { bytes, path in
      let found = try FileReading.bytes(of: path)
      try FuzzViolation.require(found == bytes, "another file")
    }
    #expect(failures == [])
  }
}

import Randomness
import Testing

@Suite struct PhiloxTests {
  /// Known answers of the Random123 distribution (`kat_vectors`, philox4x32 10).
  @Test func knownAnswers() {
    #expect(
      Philox.block(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = UInt32.max
    #expect(
      Philox.block(counter: SIMD4(ones, ones, ones, ones), key: SIMD2(ones, ones))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }
}

@Suite struct RandomStreamTests {
  @Test func everyCoordinateMatters() {
    let streams = [
      RandomStream(seed: 1, purpose: .split),
      RandomStream(seed: 1 << 32 | 1, purpose: .split),
      RandomStream(seed: 1, purpose: .shuffle),
      RandomStream(seed: 1, purpose: .split, fold: 1),
      RandomStream(seed: 1, purpose: .split, epoch: 1),
      RandomStream(seed: 1, purpose: .split, step: 1),
      RandomStream(seed: 1, purpose: .split, step: 1 << 32),
      RandomStream(seed: 1, purpose: .split, unit: 1),
      RandomStream(seed: 1, purpose: .split, unit: 1 << 32),
    ]
    #expect(Set(streams.map { $0.word64(0) }).count == streams.count)
    #expect(Set(streams.map { $0.permutation(20) }).count == streams.count)
  }

  /// As one after the other, with any number of them and keys that need all bits.
  @Test(arguments: [0, 1, 2, 3, 16, 17, 31, 1000, 4097]) func drawsAreIntegers(_ count: Int) {
    for stream in [
      RandomStream(seed: 0, purpose: .bootstrap, step: 7),
      RandomStream(seed: .max, purpose: .bootstrap, step: 1 << 40, unit: .max),
    ] {
      var draws = [UInt32](repeating: .max, count: count)
      draws.withUnsafeMutableBufferPointer { stream.fill(draws: $0) }
      #expect(draws.map(Int.init) == (0..<count).map { stream.integer(below: count, at: $0) })
    }
  }

  @Test func uniformsAreUniform() {
    let stream = RandomStream(seed: 42, purpose: .dropout)
    var values = [Float](repeating: 2, count: 100_003)
    values.withUnsafeMutableBufferPointer { stream.fill(uniforms: $0) }
    #expect(values.allSatisfy { (0..<1).contains($0) })
    #expect(values[100_002] == stream.uniform(100_002))
    var bins = [Int](repeating: 0, count: 10)
    for value in values { bins[Int(value * 10)] += 1 }
    // Chi-squared with 9 degrees of freedom exceeds 33.7 once in 10,000 times.
    let expected = 10_000.3
    let chi = bins.map { (Double($0) - expected) * (Double($0) - expected) / expected }.reduce(0, +)
    #expect(chi < 33.7)
  }

  @Test func normalsAreNormal() {
    let stream = RandomStream(seed: 42, purpose: .augment)
    var values = [Float](repeating: .nan, count: 100_003)
    values.withUnsafeMutableBufferPointer { stream.fill(normals: $0) }
    let doubles = values.map(Double.init)
    func mean(_ power: Int) -> Double {
      let powers = doubles.map { value in (0..<power).reduce(1.0) { product, _ in product * value }
      }
      return powers.reduce(0, +) / Double(doubles.count)
    }
    // Five standard errors: the moments' variances are 1, 2, 15 and 96 over the count.
    #expect(abs(mean(1)) < 0.016)
    #expect(abs(mean(2) - 1) < 0.023)
    #expect(abs(mean(3)) < 0.062)
    #expect(abs(mean(4) - 3) < 0.16)
    // 68.27% lie within one standard deviation.
    let near = doubles.count { abs($0) < 1 }
    #expect(abs(Double(near) / 100_003 - 0.6827) < 0.0075)
    // Both numbers of a pair, and pairs after one another, are independent.
    for distance in 1...4 {
      let products = zip(doubles, doubles.dropFirst(distance)).map { $0 * $1 }
      #expect(abs(products.reduce(0, +) / Double(products.count)) < 0.016)
    }
    for count in 0...9 {
      var start = [Float](repeating: .nan, count: count)
      start.withUnsafeMutableBufferPointer { stream.fill(normals: $0) }
      #expect(start == Array(values.prefix(count)))
    }
  }

  @Test func permutationsHoldEveryNumberOnce() {
    for count in [0, 1, 2, 17, 1000] {
      let permutation = RandomStream(seed: 7, purpose: .shuffle).permutation(count)
      #expect(permutation.sorted() == Array(0..<count))
    }
  }
}

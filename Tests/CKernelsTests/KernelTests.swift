import CKernels
import Foundation
import Randomness
import Testing

/// Every set of kernels against plain Swift, and against each other bit by bit, for every size from 1
/// to 70.
@Suite struct KernelTests {
  private static let sizes = 1...70

  /// Those that this processor has.
  private var levels: [ck_kernels] {
    [CK_PORTABLE, CK_AVX2, CK_AVX512].compactMap { ck_kernels_of($0)?.pointee }
  }

  private func values(_ count: Int, _ unit: UInt64, scale: Float = 3) -> [Float] {
    let stream = RandomStream(seed: 7, purpose: .augment, unit: unit)
    return (0..<count).map { (stream.uniform($0) * 2 - 1) * scale }
  }

  /// Runs `body` with all levels, compares their bits and returns the result.
  private func same(_ body: (ck_kernels) -> [Float]) -> [Float] {
    let results = levels.map(body)
    for result in results { #expect(result.map(\.bitPattern) == results[0].map(\.bitPattern)) }
    return results[0]
  }

  private func expectClose(
    _ found: [Float], _ expected: [Double], _ tolerance: Double = 1e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (a, b) in zip(found, expected) where abs(Double(a) - b) > tolerance * max(1, abs(b)) {
      Issue.record("\(a) is not \(b)", sourceLocation: sourceLocation)
      return
    }
  }

  @Test func thePortableKernelsAreAlwaysThere() {
    #expect(levels.first?.level == CK_PORTABLE)
    #expect(levels.contains { $0.level == ck_best().pointee.level })
  }

  @Test func philoxGivesTheWordsOfTheStream() {
    let stream = RandomStream(seed: 42, purpose: .dropout, epoch: 3, step: 9, unit: 77)
    for level in levels {
      for count in Array(Self.sizes) + [4096, 4099] {
        var words = [UInt32](repeating: 0, count: count)
        level.philox([stream.key.x, stream.key.y], &words, count)
        #expect(words == (0..<count).map(stream.word))
      }
    }
  }

  @Test func dropoutMasksAreThoseOfTheStream() {
    for (index, p) in [Float(0.2), 0.5, 0.1, 1, 1e-8, 0.3333333].enumerated() {
      let stream = RandomStream(seed: 1, purpose: .dropout, step: index)
      let scale = p < 1 ? 1 / (1 - p) : 0
      let dropout = ck_dropout(
        key: (stream.key.x, stream.key.y), first: 0,
        threshold: UInt32((p * 0x1p24).rounded(.up)), scale: scale)
      for count in Array(Self.sizes) + [1000] {
        var expected = [Float](repeating: 0, count: count)
        expected.withUnsafeMutableBufferPointer { stream.fill(dropoutMask: $0, p: p) }
        let x = values(count, 1)
        let found = same { level in
          var mask = [Float](repeating: 9, count: count)
          var y = mask
          level.dropout(dropout, x, &mask, &y, count)
          return mask + y
        }
        #expect(found == expected + zip(x, expected).map { $0 * $1 })
        let fused = same { level in
          var y = x
          level.relu_dropout(dropout, &y, count)
          return y
        }
        #expect(fused == zip(x, expected).map { max($0, 0) * $1 })
        // Parts of the values, from a multiple of 4 on, have the same mask.
        let parts = same { level in
          var y = x
          y.withUnsafeMutableBufferPointer { y in
            for start in stride(from: 0, to: count, by: 36) {
              var part = dropout
              part.first = UInt64(start)
              level.relu_dropout(part, y.baseAddress! + start, min(36, count - start))
            }
          }
          return y
        }
        #expect(parts == fused)
        let gradient = values(count, 2)
        let backward = same { level in
          var g = gradient
          level.relu_dropout_backward(fused, scale, &g, count)
          return g
        }
        let naive = zip(zip(x, expected), gradient).map { $0.0 > 0 ? $1 * $0.1 : 0 }
        #expect(backward == naive)
      }
    }
  }

  @Test func activations() {
    let kinds: [(ck_activation, (Double) -> Double, (Double, Double) -> Double)] = [
      (CK_RELU, { max($0, 0) }, { x, _ in x > 0 ? 1 : 0 }),
      (CK_LEAKY_RELU, { $0 > 0 ? $0 : 0.25 * $0 }, { x, _ in x > 0 ? 1 : 0.25 }),
      (CK_SIGMOID, { 1 / (1 + exp(-$0)) }, { _, y in y * (1 - y) }),
      (CK_TANH, { tanh($0) }, { _, y in 1 - y * y }),
    ]
    for (kind, forward, derivative) in kinds {
      for count in Self.sizes {
        let x = values(count, 3, scale: count % 7 == 0 ? 60 : 3)
        let y = same { level in
          var y = x
          level.activate(kind, 0.25, &y, count)
          return y
        }
        expectClose(y, x.map { forward(Double($0)) })
        let gradient = values(count, 4)
        let backward = same { level in
          var g = gradient
          level.activate_backward(kind, 0.25, y, &g, count)
          return g
        }
        expectClose(
          backward,
          zip(zip(x, y), gradient).map { Double($1) * derivative(Double($0.0), Double($0.1)) })
      }
    }
  }

  @Test func tanhKeepsSmallNumbers() {
    let x: [Float] = [1e-12, -1e-6, 1e-3, 0.624, 0.626, -20, 0, 90]
    let y = same { level in
      var y = x
      level.activate(CK_TANH, 0, &y, y.count)
      return y
    }
    for (a, b) in zip(y, x) { #expect(abs(a - Float(tanh(Double(b)))) <= 2 * Float(a).ulp) }
  }

  /// Against the definition, with equal values, NaN and pixels beside the last window.
  @Test(arguments: [1, 3, 6, 16, 20, 33])
  func maximumPooling(_ channels: Int) {
    for (height, width, rows, columns) in [(4, 6, 2, 2), (7, 5, 3, 2), (5, 5, 2, 1), (2, 2, 2, 2)] {
      let size = height * width * channels
      // Few different values, so that many are equal.
      var x = values(size + 15, 3).map { ($0 * 2).rounded() }
      x[size / 2] = .nan
      x[(size / 2 + channels) % size] = .nan
      let pool = ck_pool(
        height: height, width: width, channels: channels, window_height: rows,
        window_width: columns)
      let (outHeight, outWidth) = (height / rows, width / columns)
      let count = outHeight * outWidth * channels
      let dy = values(count + 15, 4)
      var expected = [Float](repeating: -.infinity, count: count)
      var gradient = [Float](repeating: 0, count: size)
      for place in 0..<count {
        let (pixel, channel) = (place / channels, place % channels)
        var chosen = 0
        for i in 0..<rows {
          for j in 0..<columns {
            let row = pixel / outWidth * rows + i
            let from = (row * width + pixel % outWidth * columns + j) * channels + channel
            let isLarger = x[from] > expected[place] || (x[from].isNaN && !expected[place].isNaN)
            if isLarger || i + j == 0 { (expected[place], chosen) = (x[from], from) }
          }
        }
        gradient[chosen] = dy[place]
      }
      let found = same { level in
        var y = [Float](repeating: 9, count: count + 15)
        level.max_pool(pool, x, &y)
        var dx = [Float](repeating: 9, count: size + 1)
        level.max_pool_backward(pool, x, y, dy, &dx)
        // Nothing beyond the picture is written.
        #expect(dx[size] == 9 && y[count...].allSatisfy { $0 == 9 })
        return (Array(y[..<count]) + Array(dx[..<size])).map { $0.isNaN ? 1e30 : $0 }
      }
      #expect(found == (expected + gradient).map { $0.isNaN ? 1e30 : $0 })
    }
  }

  @Test func sumsOfColumnsAndRows() {
    for columns in Array(Self.sizes) + [128, 131] {
      let rows = columns % 9 + 1
      let x = values(rows * columns, 5)
      let bias = values(columns, 6)
      let sums = same { level in
        var sums = bias
        level.add_columns(x, columns, rows, columns, &sums)
        return sums
      }
      expectClose(
        sums,
        (0..<columns).map { j in
          (0..<rows).reduce(Double(bias[j])) { $0 + Double(x[$1 * columns + j]) }
        })
      // Of some columns, in rows that are further apart.
      let some = columns / 2..<columns
      let parts = same { level in
        var sums = Array(bias[some])
        x.withUnsafeBufferPointer {
          level.add_columns($0.baseAddress! + some.lowerBound, columns, rows, some.count, &sums)
        }
        return sums
      }
      #expect(parts == Array(sums[some]))
      let filled = same { level in
        var out = [Float](repeating: 0, count: rows * columns)
        level.fill_rows(bias, rows, columns, &out)
        return out
      }
      #expect(filled == (0..<rows).flatMap { _ in bias })
      let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
      for level in levels {
        #expect(abs(level.sum_of_squares(x, x.count) - squares) <= 1e-12 * squares)
      }
      let products = same { level in
        var y = bias
        level.multiply(x, &y, columns)
        level.scale(0.5, &y, columns)
        return y
      }
      #expect(products == zip(bias, x).map { $0 * $1 * 0.5 })
    }
  }

  @Test func bytesBecomeWhatTheTableSays() {
    let bytes = (0..<7000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 8) }
    for plane in Self.sizes {
      for channels in [1, 3] {
        let tables = values(256 * channels, 8)
        let size = plane * channels
        let rows = (0..<9).map { Int64(($0 * 5) % (bytes.count / size)) }
        let found = same { level in
          var out = [Float](repeating: 0, count: rows.count * size)
          level.gather(bytes, size, channels, tables, rows, rows.count, &out)
          return out
        }
        let expected = rows.flatMap { row in
          (0..<size).map { tables[256 * ($0 / plane) + Int(bytes[Int(row) * size + $0])] }
        }
        #expect(found == expected)
      }
    }
  }
}

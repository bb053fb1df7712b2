import CKernels
import Foundation
import Randomness
import Testing

/// Lists of operations against plain Swift, and every set of kernels against the others bit by bit.
@Suite struct UpdateTests {
  private var levels: [ck_kernels] {
    [CK_PORTABLE, CK_AVX2, CK_AVX512].compactMap { ck_kernels_of($0)?.pointee }
  }

  private func values(_ count: Int, _ unit: UInt64) -> [Float] {
    let stream = RandomStream(seed: 9, purpose: .augment, unit: unit)
    return (0..<count).map { stream.uniform($0) * 4 - 2 }
  }

  /// Performs operations on three operands and returns the first, after comparing the sets of kernels.
  ///
  /// - Parameter temporaries: the number of operands after them.
  private func run(
    _ operations: [ck_operation], _ operands: [[Float]], temporaries: Int = 0
  ) -> [Float] {
    let count = operands[0].count
    let results = levels.map { level -> [Float] in
      let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: operands.count * count)
      defer { memory.deallocate() }
      _ = memory.initialize(from: operands.joined())
      let starts = operands.indices.map { place in
        memory.baseAddress.map { $0 + count * place }
      }
      var room = [Float](repeating: .nan, count: max(temporaries, 1) * CK_BLOCK)
      level.update(operations, operations.count, starts, starts.count, &room, count)
      return Array(memory[..<count])
    }
    for result in results { #expect(result.map(\.bitPattern) == results[0].map(\.bitPattern)) }
    return results[0]
  }

  private typealias Formula = @Sendable (Float, Float, Float) -> Float

  private static let operations: [(ck_operation_kind, Float, Formula)] = [
    (CK_COPY, 0, { $1 + 0 * $0 * $2 }),
    (CK_SCALE, 0.3, { 0.3 * $0 + 0 * $1 * $2 }),
    (CK_ADD_NUMBER, 0.3, { 0.3 + $0 + 0 * $1 * $2 }),
    (CK_ADD, -0.3, { $0 + $1 * -0.3 + 0 * $2 }),
    (CK_ADD_PRODUCT, 0.3, { $0 + 0.3 * $1 * $2 }),
    (CK_ADD_QUOTIENT, 0.3, { $0 + 0.3 * $1 / $2 }),
    (CK_INTERPOLATE, 0.3, { $0 + 0.3 * ($1 - $0) + 0 * $2 }),
    (CK_INTERPOLATE, 0.7, { $1 + (0.7 - 1) * ($1 - $0) + 0 * $2 }),
    (CK_MULTIPLY, 0, { $0 * $1 + 0 * $2 }),
    (CK_DIVIDE, 0, { $0 / $1 + 0 * $2 }),
    (CK_MAXIMUM, 0, { max($0, $1) + 0 * $2 }),
    (CK_SQUARE_ROOT, 0, { $0.squareRoot() + 0 * $1 * $2 }),
    (CK_ABSOLUTE, 0, { abs($0) + 0 * $1 * $2 }),
    (CK_SIGN, 0, { ($0 > 0 ? 1 : -1) + 0 * $1 * $2 }),
  ]

  @Test func everyOperationAtEverySize() {
    for (kind, number, formula) in Self.operations {
      for count in Array(1...70) + [511, 512, 513, 1_500] {
        let operands = [values(count, 1), values(count, 2), values(count, 3)]
        let found = run(
          [ck_operation(kind: kind, target: 0, first: 1, second: 2, number: number)], operands)
        for place in 0..<count {
          let expected = formula(operands[0][place], operands[1][place], operands[2][place])
          let (ours, theirs) = (found[place], expected)
          #expect(ours == theirs || ours.isNaN && theirs.isNaN, "\(kind), \(count) values")
        }
      }
    }
  }

  @Test func valuesThatAreNoNumbers() {
    func one(_ kind: ck_operation_kind, _ target: Float, _ first: Float) -> Float {
      run(
        [ck_operation(kind: kind, target: 0, first: 1, second: 1, number: 0)], [[target], [first]]
      )[0]
    }
    #expect(one(CK_MAXIMUM, .nan, 1).isNaN)
    #expect(one(CK_MAXIMUM, 1, .nan).isNaN)
    #expect(one(CK_SIGN, .nan, 1) == 0)
    #expect(one(CK_SIGN, -0.0, 1) == 0)
    #expect(one(CK_SIGN, -.infinity, 1) == -1)
    #expect(one(CK_ABSOLUTE, -.infinity, 1) == .infinity)
  }

  /// x += √|y| · 2 through two temporary values, over several blocks.
  @Test func temporariesAreSetInEveryBlock() {
    let operations = [
      ck_operation(kind: CK_COPY, target: 2, first: 1, second: 1, number: 0),
      ck_operation(kind: CK_ABSOLUTE, target: 2, first: 2, second: 2, number: 0),
      ck_operation(kind: CK_SQUARE_ROOT, target: 2, first: 2, second: 2, number: 0),
      ck_operation(kind: CK_COPY, target: 3, first: 2, second: 2, number: 0),
      ck_operation(kind: CK_ADD, target: 3, first: 2, second: 2, number: 1),
      ck_operation(kind: CK_ADD, target: 0, first: 3, second: 3, number: 1),
    ]
    for count in [1, 512, 600, 1_537] {
      let (x, y) = (values(count, 1), values(count, 2))
      let found = run(operations, [x, y], temporaries: 2)
      #expect(found == zip(x, y).map { $0 + 2 * abs($1).squareRoot() })
    }
  }
}

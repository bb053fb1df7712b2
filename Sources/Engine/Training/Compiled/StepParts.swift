import CKernels
import Torch

/// The rows of a batch that one thread computes.
final class RowPart {
  let loss: CompiledLoss
  /// Of the last rows.
  var result = CompiledLoss.Part()

  init(_ loss: CompiledLoss) { self.loss = loss }

  /// With fewer rows, a matrix product takes nearly as long as with twice as many.
  private static let fewest = 16

  /// Divides the rows of a batch among at most `threads` parts, which begin at multiples of 16.
  static func divide(_ rows: Int, among threads: Int) -> [Range<Int>] {
    StepParts.divide(rows, among: max(1, min(threads, rows / fewest)))
  }
}

/// The units whose parameters one thread updates.
struct UnitPart {
  /// Of each layer of the chain.
  let units: [Range<Int>]
  /// The memory of their parameters.
  let updates: [UpdateMemory]

  /// - Parameters:
  ///   - gradients: of each layer.
  ///   - updates: of all parameters.
  static func divide(
    _ chain: LayerChain, _ gradients: [LayerGradients?], _ updates: [UpdateMemory],
    among threads: Int
  ) -> [UnitPart] {
    let units = chain.stages.map { StepParts.divide($0.parameters?.units ?? 0, among: threads) }
    return (0..<(units.map(\.count).max() ?? 1)).map { part in
      let own = units.map { part < $0.count ? $0[part] : 0..<0 }
      // The values of this part, by the address of a parameter's gradient.
      var values: [UnsafeMutablePointer<Float>: Range<Int>] = [:]
      for ((stage, gradients), units) in zip(zip(chain.stages, gradients), own) {
        guard let parameters = stage.parameters, let gradients else { continue }
        values[gradients.weight] =
          units.lowerBound * parameters.unitSize..<units.upperBound * parameters.unitSize
        if let bias = gradients.bias { values[bias] = units }
      }
      return UnitPart(
        units: own,
        updates: updates.map { memory in
          UpdateMemory(
            kernel: memory.kernel,
            pieces: memory.pieces.compactMap { piece in
              values[piece.gradient].flatMap { $0.isEmpty ? nil : piece.slice($0) }
            })
        })
    }
  }
}

private enum StepParts {
  /// Parts of a number of rows or units. They begin at multiples of 16, so that every part of a matrix is aligned to
  /// cache lines.
  static func divide(_ count: Int, among parts: Int) -> [Range<Int>] {
    let size = max((count + 16 * parts - 1) / (16 * parts), 1) * 16
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}

@available(*, unavailable)
extension RowPart: Sendable {}

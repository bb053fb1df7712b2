/// Aligns two lists with as few differences as possible: one inserted item is one difference and
/// does not shift the items after it.
///
/// Source: the dynamic programming algorithm of Needleman and Wunsch, J. Mol. Biol. 48 (1970).
enum SequenceAlignment {
  enum Step: Equatable {
    case pair(Int, Int)
    case removed(Int)
    case added(Int)
  }

  /// Above this many cells, items are paired by position; no model is that long.
  private static let mostCells = 4_000_000

  /// - Parameters:
  ///   - distance: 0 for equal items, up to 2; a gap costs 1.
  static func align(
    _ a: Int, _ b: Int, distance: (Int, Int) -> Double
  ) -> [Step] {
    var head = 0
    while head < min(a, b), distance(head, head) == 0 { head += 1 }
    var tail = 0
    while tail < min(a, b) - head, distance(a - 1 - tail, b - 1 - tail) == 0 { tail += 1 }
    let start = (0..<head).map { Step.pair($0, $0) }
    let end = (0..<tail).reversed().map { Step.pair(a - 1 - $0, b - 1 - $0) }
    let rows = a - head - tail
    let columns = b - head - tail
    if (rows + 1) * (columns + 1) > mostCells {
      let common = min(rows, columns)
      return start + (0..<common).map { Step.pair(head + $0, head + $0) }
        + (common..<max(rows, common)).map { Step.removed(head + $0) }
        + (common..<max(columns, common)).map { Step.added(head + $0) } + end
    }
    return start + middle(rows, columns, offset: head, distance) + end
  }

  private static func middle(
    _ rows: Int, _ columns: Int, offset: Int, _ distance: (Int, Int) -> Double
  ) -> [Step] {
    let width = columns + 1
    var costs = [Double](repeating: 0, count: (rows + 1) * width)
    for row in stride(from: rows, through: 0, by: -1) {
      for column in stride(from: columns, through: 0, by: -1) {
        if row == rows || column == columns {
          costs[row * width + column] = Double(rows - row + columns - column)
          continue
        }
        let pair =
          costs[(row + 1) * width + column + 1] + distance(offset + row, offset + column)
        let gap = 1 + min(costs[(row + 1) * width + column], costs[row * width + column + 1])
        costs[row * width + column] = min(pair, gap)
      }
    }
    var steps: [Step] = []
    var row = 0
    var column = 0
    while row < rows || column < columns {
      let here = costs[row * width + column]
      if row < rows, column < columns,
        here
          == costs[(row + 1) * width + column + 1] + distance(offset + row, offset + column)
      {
        steps.append(.pair(offset + row, offset + column))
        row += 1
        column += 1
      } else if row < rows, here == 1 + costs[(row + 1) * width + column] {
        steps.append(.removed(offset + row))
        row += 1
      } else {
        steps.append(.added(offset + column))
        column += 1
      }
    }
    return steps
  }
}

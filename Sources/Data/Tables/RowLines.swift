/// On which line each row begins. Only rows that do not follow their predecessor's line are kept.
struct RowLines: Hashable, Sendable {
  private var rows: [Int] = []
  private var lines: [Int] = []
  private var count = 0

  mutating func append(_ line: Int) {
    let isNext = rows.last.map { lines[lines.count - 1] + count - $0 == line } ?? false
    if !isNext {
      rows.append(count)
      lines.append(line)
    }
    count += 1
  }

  subscript(row: Int) -> Int {
    precondition(row < count)
    var low = 0
    var high = rows.count
    // The last entry that is not after the row.
    while high - low > 1 {
      let middle = (low + high) / 2
      if rows[middle] <= row { low = middle } else { high = middle }
    }
    return lines[low] + row - rows[low]
  }
}

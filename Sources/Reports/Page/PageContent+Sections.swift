import ExperimentConfig
import Tasks

extension PageContent {
  /// The sections that the task adds, followed by its note on how the scores are computed.
  static func sections(_ report: TaskReport, policy: String) -> [Section] {
    var sections = report.sections.map { section in
      Section(title: [Clipped.text(section.title, 200)], blocks: section.blocks.map(block))
    }
    if sections.isEmpty { sections = [Section(title: [], blocks: [])] }
    sections[sections.count - 1].blocks.append(Block(text: [policy]))
    return sections
  }

  private static func block(_ block: ReportBlock) -> Block {
    switch block {
    case .text(let text): Block(text: [text])
    case .table(let table): Block(table: [valueTable(table)])
    case .heat(let table): Block(matrix: [matrix(table)])
    }
  }

  static func valueTable(_ table: ReportTable) -> ValueTable {
    var heading = table.heading.enumerated().map { column, text in
      HeadingCell(text: Clipped.text(text, 60), style: column == 0 ? "" : "n")
    }
    var rows = table.rows.map { row in
      ValueRow(
        cells: row.enumerated().map { column, text in
          ValueCell(text: [Clipped.text(text, 60)], style: column == 0 ? "label" : "n")
        })
    }
    if let bars = table.bars, bars.shares.count == rows.count, bars.column < heading.count {
      let place = bars.column + 1
      heading.insert(HeadingCell(text: "", style: "narrow-off"), at: place)
      for (index, share) in bars.shares.enumerated() where place <= rows[index].cells.count {
        let percent = share.isFinite ? Int((min(max(share, 0), 1) * 100).rounded()) : 0
        rows[index].cells.insert(ValueCell(bar: [percent], style: "narrow-off"), at: place)
      }
    }
    return ValueTable(
      title: table.title.isEmpty ? [] : [Clipped.text(table.title, 200)], heading: heading,
      rows: rows)
  }

  private static func matrix(_ table: HeatTable) -> Matrix {
    func name(_ text: String) -> MatrixName {
      MatrixName(short: Clipped.text(text, 10), full: Clipped.text(text, 200))
    }
    return Matrix(
      title: Clipped.text(table.title, 200), note: table.note, heading: table.heading.map(name),
      rows: table.rows.map { row in
        MatrixRow(
          short: name(row.name).short, full: name(row.name).full, cells: row.cells.map(cell))
      })
  }

  private static func cell(_ cell: HeatTable.Cell) -> MatrixCell {
    let style =
      switch cell.tone {
      case .good: "right"
      case .warning: "wrong"
      case .neutral: "zero"
      }
    return MatrixCell(
      text: cell.text, style: style + (cell.depth > 0.6 ? " deep" : ""),
      heat: Int((cell.depth * 85).rounded()), hint: Clipped.text(cell.hint, 200))
  }
}

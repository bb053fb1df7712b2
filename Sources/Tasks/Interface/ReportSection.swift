/// A section of a report, with a heading.
package struct ReportSection: Sendable, Equatable {
  package var title: String
  package var blocks: [ReportBlock]

  package init(_ title: String, _ blocks: [ReportBlock]) {
    self.title = title
    self.blocks = blocks
  }
}

/// The content of a section.
package enum ReportBlock: Sendable, Equatable {
  /// A paragraph.
  case text(String)
  case table(ReportTable)
  case heat(HeatTable)
}

/// A table whose first column names the rows; the other columns hold their values.
package struct ReportTable: Sendable, Equatable {
  /// Empty if the section heading suffices.
  package var title: String
  package var heading: [String]
  package var rows: [[String]]
  /// Bars drawn between two columns.
  package var bars: Bars?

  package struct Bars: Sendable, Equatable {
    /// The column that the bars follow.
    package var column: Int
    /// The length of each row's bar, from 0 to 1.
    package var shares: [Double]

    package init(after column: Int, _ shares: [Double]) {
      self.column = column
      self.shares = shares
    }
  }

  package init(title: String = "", heading: [String], rows: [[String]], bars: Bars? = nil) {
    self.title = title
    self.heading = heading
    self.rows = rows
    self.bars = bars
  }
}

/// A table with coloured cells.
package struct HeatTable: Sendable, Equatable {
  package var title: String
  /// How to read the table.
  package var note: String
  /// The column headings.
  package var heading: [String]
  package var rows: [Row]

  package struct Row: Sendable, Equatable {
    package var name: String
    package var cells: [Cell]

    package init(name: String, cells: [Cell]) {
      self.name = name
      self.cells = cells
    }
  }

  package struct Cell: Sendable, Equatable {
    package var text: String
    /// Blue for good, orange for warning; neutral cells have no colour.
    package var tone: Insight.Tone
    /// The intensity of the colour, from 0 to 1.
    package var depth: Double
    /// The tooltip.
    package var hint: String

    package init(text: String, tone: Insight.Tone, depth: Double, hint: String) {
      self.text = text
      self.tone = tone
      self.depth = depth
      self.hint = hint
    }
  }

  package init(title: String, note: String, heading: [String], rows: [Row]) {
    self.title = title
    self.note = note
    self.heading = heading
    self.rows = rows
  }
}

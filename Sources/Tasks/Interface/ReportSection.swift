/// A part of a report with a heading.
package struct ReportSection: Sendable, Equatable {
  package var title: String
  package var blocks: [ReportBlock]

  package init(_ title: String, _ blocks: [ReportBlock]) {
    self.title = title
    self.blocks = blocks
  }
}

/// What a section consists of.
package enum ReportBlock: Sendable, Equatable {
  /// A paragraph.
  case text(String)
  case table(ReportTable)
  case heat(HeatTable)
}

/// A table whose first column names what a row is of; the other columns are its values.
package struct ReportTable: Sendable, Equatable {
  /// Empty if the heading of the section says it.
  package var title: String
  package var heading: [String]
  package var rows: [[String]]
  /// Bars between two columns.
  package var bars: Bars?

  package struct Bars: Sendable, Equatable {
    /// The number of the column that they follow.
    package var column: Int
    /// How long the bar of each row is, from 0 to 1.
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

/// A table whose cells are coloured.
package struct HeatTable: Sendable, Equatable {
  package var title: String
  /// How it is read.
  package var note: String
  /// Of the columns.
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
    /// Blue if good, orange if a warning; a neutral one has no colour.
    package var tone: Insight.Tone
    /// How strong the colour is, from 0 to 1.
    package var depth: Double
    /// What a pointer on the cell shows.
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

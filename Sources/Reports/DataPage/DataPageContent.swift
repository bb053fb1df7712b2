import DataAnalysis

/// The content of the page: warnings, then sections of notes, tables and rows of pictures.
struct DataPageContent {
  struct Warning {
    var style: String
    var heading: String
    var meaning: String
    var advice: String
  }

  struct Cell {
    var text: String
    /// CSS classes.
    var style = ""
    /// The lengths of bars, in percent.
    var bars: [Int] = []
    /// Colours, `#rrggbb`, before the text.
    var swatches: [String] = []
  }

  struct Row {
    var cells: [Cell]
  }

  struct Table {
    var heading: [Cell]
    var rows: [Row]
  }

  struct Picture {
    var address: String
    var title: String
    var lines: [String]
  }

  /// Pictures side by side.
  struct PictureRow {
    var heading: String
    var pictures: [Picture]
    /// CSS classes.
    var style = ""
  }

  struct Section {
    var heading: String
    var notes: [String] = []
    var tables: [Table] = []
    var rows: [PictureRow] = []
    /// In small type below everything else.
    var remarks: [String] = []
  }

  var title: String
  var facts: [String]
  var warnings: [Warning]
  var sections: [Section]
  var footer = "Written by runner data."

  init(
    _ findings: DataFindings, title: String, _ images: ExampleImages, _ samples: TransformedSamples?
  ) throws {
    self.title = "Data of \(title)"
    facts = findings.parts.map { "\($0.name): \(DataWords.counted($0.examples, "example"))" }
    warnings = findings.warnings.map {
      let style =
        switch $0.severity {
        case .serious: "bad"
        case .warning: "warn"
        case .note: "note"
        }
      return Warning(
        style: style, heading: "\($0.title).", meaning: $0.meaning,
        advice: "What to do: \($0.advice)")
    }
    if warnings.isEmpty {
      warnings = [
        Warning(style: "good", heading: "Nothing suspicious was found.", meaning: "", advice: "")
      ]
    }
    sections = findings.parts.map(DataPageContent.section)
    if let samples { sections.append(try DataPageContent.section(samples)) }
    if let rows = findings.firstRows { sections.append(DataPageContent.section(rows)) }
    if let duplicates = findings.duplicates {
      sections.append(try DataPageContent.section(duplicates, images))
    }
    if let columns = findings.columns { sections.append(DataPageContent.section(columns)) }
    if let groups = findings.groups { sections.append(DataPageContent.section(groups)) }
    for (heading, list) in [
      ("Files that cannot be read", findings.broken), ("Files left out", findings.skipped),
    ] where !list.isEmpty {
      sections.append(
        Section(
          heading: "\(heading): \(list.total)", tables: [DataPageContent.table(list)],
          remarks: DataPageContent.rest(list)))
    }
  }
}

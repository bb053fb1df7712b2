/// The content of a comparison page: sections of notes, tables, charts and images. All comparison
/// pages share one template.
struct PageModel {
  struct Cell {
    var text: String
    /// CSS classes.
    var style = ""
    var small = ""
    /// Bars with their lengths in percent.
    var bars: [Bar] = []
    /// The depth of the cell's colour in percent.
    var heat = 0
    var hint = ""
  }

  struct Bar {
    var style: String
    var width: Int
  }

  struct Row {
    var cells: [Cell]
  }

  struct Table {
    var caption: [String] = []
    var style = "plain"
    var heading: [Cell] = []
    var rows: [Row]
  }

  struct Chart {
    var svg: String
    var caption: String
  }

  /// An image with a few lines of text below.
  struct Tile {
    var address: String
    var label: String
    var lines: [String]
  }

  struct Key {
    var style: String
    var text: String
  }

  struct Section {
    var heading: String
    var notes: [String] = []
    var tables: [Table] = []
    /// `sheets` if the tables stand side by side.
    var layout = ""
    /// The legend: which line of the charts belongs to which run.
    var keys: [Key] = []
    var charts: [Chart] = []
    var tiles: [Tile] = []
    /// Shown in small type below everything else.
    var remarks: [String] = []

    var isEmpty: Bool { notes.isEmpty && tables.isEmpty && charts.isEmpty && tiles.isEmpty }
  }

  struct Run {
    var label: String
    var style: String
    var name: String
    var facts: [String]
  }

  struct Alert {
    var style: String
    var heading: String
    var lines: [String]
  }

  var title: String
  var runs: [Run]
  var alerts: [Alert]
  var sections: [Section]
  var footer: String
}

/// A page of sections, each with notes, tables, charts and pictures: what the template of all
/// comparison pages shows.
struct PageModel {
  struct Cell {
    var text: String
    /// Classes of the style sheet.
    var style = ""
    var small = ""
    /// In percent; bars and the colour of a cell.
    var bars: [Bar] = []
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

  /// A picture with a few lines below.
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
    /// `sheets` where tables stand side by side.
    var layout = ""
    /// Which line of the charts belongs to which run.
    var keys: [Key] = []
    var charts: [Chart] = []
    var tiles: [Tile] = []
    /// Smaller, below the rest.
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

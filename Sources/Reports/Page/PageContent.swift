import ExampleMaps
import Tasks

/// The values that the page's template shows. Optional values are lists with at most one element;
/// the template escapes all text.
struct PageContent {
  var title = ""
  var name = ""
  var directory = ""
  var status = ""
  var statusStyle = ""
  var facts: [String] = []
  var tags: [String] = []
  var notes: [Note] = []
  var alerts: [Alert] = []
  var cards: [Card] = []
  var insights: [Remark] = []
  var scores: [ScoreTable] = []
  var parts: [Grid] = []
  var figures: [Figure] = []
  var charts: [Chart] = []
  var missingPlots: [String] = []
  /// The sections that the task adds.
  var sections: [Section] = []
  var overrides: [String] = []
  var configuration: [ConfigurationLine] = []
  var model: [Model] = []
  var environment: [Fact] = []
  var files: [FileRow] = []
  var filesNote: [String] = []
  var problems: [String] = []
  var footer = ""

  /// A note that somebody gave the run.
  struct Note {
    var time: String
    var text: String
  }

  struct Alert {
    /// `bad`, `warn` or `info`.
    var style: String
    var heading: String
    var detail: String
  }

  struct Card {
    var label: String
    var value: String
    var detail: String
  }

  struct Remark {
    var style: String
    var mark: String
    var text: String
  }

  struct ScoreTable {
    var rows: [ScoreRow]
    /// Which examples and models the scores come from, and how their intervals were computed.
    var notes: [String] = []
  }

  struct ScoreRow {
    var label: String
    var validation: String
    var validationInterval: String
    var test: String
    var testInterval: String
  }

  struct Grid {
    var title = ""
    var heading: [String]
    var rows: [GridRow]
  }

  struct GridRow {
    var cells: [String]
  }

  struct Figure {
    var caption: String
    var address: String
    /// `wide` for images that take the full width of the page.
    var style: String
  }

  struct Chart {
    var caption: String
    var svg: String
  }

  struct Section {
    var title: [String]
    var blocks: [Block]
  }

  /// Exactly one of the five is set.
  struct Block {
    var text: [String] = []
    var table: [ValueTable] = []
    var matrix: [Matrix] = []
    var explained: [ExplainedGrid] = []
    var map: [ExampleMapView] = []
  }

  /// Pictures with maps beside them.
  struct ExplainedGrid {
    var figures: [Explained]
  }

  struct Explained {
    var address: String
    var name: String
    var lines: [String]
  }

  /// A table with text in the first column and values in the others.
  struct ValueTable {
    var title: [String]
    var heading: [HeadingCell]
    var rows: [ValueRow]
  }

  struct HeadingCell {
    var text: String
    var style: String
  }

  struct ValueRow {
    var cells: [ValueCell]
  }

  struct ValueCell {
    /// At most one text.
    var text: [String] = []
    /// At most one bar, with its length in percent.
    var bar: [Int] = []
    var style = ""
  }

  struct Matrix {
    var title: String
    var note: String
    var heading: [MatrixName]
    var rows: [MatrixRow]
  }

  struct MatrixName {
    var short: String
    var full: String
  }

  struct MatrixRow {
    var short: String
    var full: String
    var cells: [MatrixCell]
  }

  struct MatrixCell {
    var text: String
    /// `right`, `wrong` or `zero`, followed by ` deep` if the colour is dark.
    var style: String
    /// The depth of the colour in percent.
    var heat: Int
    var hint: String
  }

  struct ConfigurationLine {
    var text: String
    var origin: String
    var style: String
  }

  struct Model {
    var heading: [String]
    var note: [String]
    var isGraph: Bool
    var inputs: [InputRow]
    var rows: [LayerRow]
    var total: String
  }

  struct InputRow {
    var name: String
    var shape: String
  }

  struct LayerRow {
    var path: String
    var layer: String
    var from: [String]
    var output: String
    var parameters: String
    /// Its share of all parameters in percent; empty if it has none.
    var share: [Int]
  }

  struct Fact {
    var label: String
    var value: String
    var style: String
  }

  struct FileRow {
    var path: String
    var size: String
    var hash: String
  }
}

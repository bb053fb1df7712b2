/// The common look of all figures: sizes, type and colours.
///
/// The colours are the colour-blind-safe palette of Okabe and Ito
/// (https://jfly.uni-koeln.de/color/). Lines also differ in dashes and markers, so they can be told
/// apart in greyscale.
package enum Style {
  package static let width = 720
  package static let height = 420
  package static let fontSize = 13
  package static let titleSize = 16
  package static let smallSize = 11
  /// PNG pixels per SVG pixel.
  package static let pngScale = 2
  /// gnuplot measures type in PNG files in points of 1/72 inch at 96 pixels per inch, in SVG files
  /// in pixels.
  package static let pngFontScale = 0.75 * Double(pngScale)

  /// Ends with a generic family, which every viewer has.
  package static let svgFonts = "Helvetica, Arial, &apos;DejaVu Sans&apos;, sans-serif"
  /// Installed by a dependency of the gnuplot packages; if missing, fontconfig substitutes another
  /// font.
  package static let pngFont = "DejaVu Sans"

  package static let ink = "#222222"
  /// For numbers on the light cells of a matrix, which stay light in dark mode.
  package static let cellInk = "#1F1F1F"
  package static let quiet = "#767676"
  package static let faint = "#DDDDDD"

  package static let blue = "#0072B2"
  package static let orange = "#E69F00"
  package static let green = "#009E73"
  package static let vermilion = "#D55E00"
  package static let sky = "#56B4E9"
  package static let purple = "#CC79A7"

  /// The appearance of one of several lines.
  package struct Line {
    package let color: String
    package let dash: Int
    package let marker: Int

    /// The gnuplot options for a line of the given width.
    package func words(width: Double) -> String { "lc rgb '\(color)' lw \(width) dt \(dash)" }
  }

  package static let train = Line(color: blue, dash: 1, marker: 7)
  package static let validation = Line(color: orange, dash: 1, marker: 5)

  /// The line of the class at `position` among those drawn; 30 are distinct.
  package static func classLine(_ position: Int) -> Line {
    let colors = [blue, orange, green, vermilion, sky, purple]
    return Line(
      color: colors[position % colors.count], dash: 1 + position % 5, marker: 4 + position % 10)
  }

  /// From white to dark blue, for shares and counts.
  package static let palette =
    "set palette defined (0 '#FFFFFF', 0.25 '#C6DCEF', 0.5 '#6BAED6', 0.75 '#2171B5', 1 '#08306B')"

  /// The commands at the beginning of every figure.
  package static let common = [
    "set encoding utf8",
    "set style fill solid 1.0 noborder",
    "set border 3 lc rgb '\(quiet)' lw 1",
    "set tics nomirror out scale 0.5 tc rgb '\(ink)'",
    "set xlabel tc rgb '\(ink)'",
    "set ylabel tc rgb '\(ink)'",
    "set grid ytics back lc rgb '\(faint)' lw 1 dt 1",
    "set key at screen 0.985,0.975 right top horizontal samplen 2 width 1 tc rgb '\(ink)'",
    "set tmargin at screen 0.84",
    "set rmargin at screen 0.975",
  ]

  /// An upper bound on the width of a text in SVG pixels.
  package static func width(of text: String, size: Int = fontSize) -> Int {
    (text.count * size * 62 + 99) / 100
  }
}

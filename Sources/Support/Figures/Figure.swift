/// A single plot as gnuplot commands, independent of the output format.
package struct Figure: Sendable {
  /// The file name without its extension.
  package let name: String
  package let title: String
  package var width = Style.width
  package var height = Style.height
  /// Commands after the common ones, ending with a plot.
  package var commands: [String] = []
  /// Binary data files that the commands read, by name.
  package var files: [String: [UInt8]] = [:]

  package init(_ name: String, title: String, width: Int = Style.width, height: Int = Style.height)
  {
    self.name = name
    self.title = title
    self.width = width
    self.height = height
  }

  /// Adds a table that plots refer to as `$name`. Rows with non-finite values are left out.
  package mutating func addData(_ name: String, _ rows: [[Double]]) {
    commands.append("$\(name) << END_OF_DATA")
    for row in rows where row.allSatisfy(\.isFinite) {
      commands.append(row.map { "\($0)" }.joined(separator: " "))
    }
    commands.append("END_OF_DATA")
  }

  /// Plots the rows of `$cells` as an image, with the numbers written into the cells of a small
  /// matrix.
  ///
  /// - Parameter labels: column, row and text of the light or the dark cells.
  package mutating func plotMatrix(_ classes: Int, labels: (_ isDark: Bool) -> [String]) {
    var plots = ["$cells matrix with image"]
    if classes <= 20 {
      for (data, isDark) in [("light", false), ("dark", true)] {
        let cells = labels(isDark)
        guard !cells.isEmpty else { continue }
        commands += ["$\(data) << END_OF_DATA"] + cells + ["END_OF_DATA"]
        plots.append(
          "$\(data) using 1:2:3 with labels font ',\(Style.smallSize)' "
            + "tc rgb '\(isDark ? "#FFFFFF" : Style.cellInk)'")
      }
    }
    commands.append("plot " + plots.joined(separator: ", "))
  }

  /// The title at the top left; `more` is a second line in smaller type.
  package func titleCommands(_ more: String? = nil) -> [String] {
    var lines = [
      "set label \(GnuplotText.quoted(title)) at screen \(x(16)),\(y(24)) left "
        + "font ',\(Style.titleSize)' tc rgb '\(Style.ink)' front"
    ]
    if let more {
      lines.append(
        "set label \(GnuplotText.quoted(more, limit: max(40, (width - 32) * 2 / 11))) at screen \(x(16)),\(y(44)) left "
          + "font ',\(Style.smallSize)' tc rgb '\(Style.quiet)' front")
    }
    return lines
  }

  /// Converts pixels from the left to a fraction of the width.
  package func x(_ pixels: Int) -> Double { Double(pixels) / Double(width) }

  /// Converts pixels from the top to a fraction of the height from the bottom.
  package func y(_ pixels: Int) -> Double { 1 - Double(pixels) / Double(height) }

  /// Places the axes at these pixels, measured from the top left.
  package func margins(left: Int, top: Int, right: Int, bottom: Int) -> [String] {
    [
      "set lmargin at screen \(x(left))", "set rmargin at screen \(x(right))",
      "set tmargin at screen \(y(top))", "set bmargin at screen \(y(bottom))",
    ]
  }

  /// Labels for the axes of the area between these pixels.
  package func axisLabels(
    x horizontal: String?, y vertical: String, left: Int, top: Int, right: Int, bottom: Int
  ) -> [String] {
    let below = horizontal.map {
      [
        "set label '\($0)' at screen \(x((left + right) / 2)),\(y(bottom + 43)) center "
          + "tc rgb '\(Style.ink)'"
      ]
    }
    return (below ?? []) + [
      "set label '\(vertical)' at screen \(x(16)),\(y((top + bottom) / 2)) center rotate by 90 "
        + "tc rgb '\(Style.ink)'"
    ]
  }

  package enum Format: String, CaseIterable, Sendable {
    case svg, png
  }

  /// The complete script; its output is written to the working directory.
  package func script(_ format: Format) -> String {
    let scale = Style.pngScale
    let terminal =
      switch format {
      case .svg:
        "svg size \(width),\(height) font '\(SVGFile.fontMark),\(Style.fontSize)' noenhanced "
          + "background '#FFFFFF'"
      case .png:
        "pngcairo size \(scale * width),\(scale * height) font '\(Style.pngFont),\(Style.fontSize)'"
          + " fontscale \(Style.pngFontScale) linewidth \(scale) pointscale \(1.25 * Double(scale)) noenhanced "
          + "background '#FFFFFF'"
      }
    let lines =
      ["reset", "set terminal \(terminal)", "set output '\(name).\(format.rawValue)'"]
      + Style.common + commands + ["unset output", "print '\(name)'"]
    return lines.joined(separator: "\n") + "\n"
  }
}

/// The result of drawing one plot.
package enum Drawing: Sendable {
  case figure(Figure)
  case skipped(name: String, reason: String)
}

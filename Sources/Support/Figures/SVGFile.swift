/// Post-processes gnuplot's SVG: removes what differs between versions, sets portable fonts and lets it follow dark mode.
package enum SVGFile {
  /// The font name given to gnuplot; a placeholder for ``Style/svgFonts``.
  package static let fontMark = "runner-font"

  package static func cleaned(_ bytes: [UInt8], title: String) -> [UInt8] {
    var result = bytes
    let heading =
      "<title>\(escaped(GnuplotText.shortened(title, 200)))</title>\n\(DarkMode.style)"
    result = replacing("<title>Gnuplot</title>", with: heading, in: result)
    // gnuplot does not escape '>', which XML forbids after ']]'.
    result = replacing("]]>", with: "]]&gt;", in: result)
    result = removing(from: "<desc>Produced by GNUPLOT", through: "</desc>\n", in: result)
    result = removing(from: "<title>gnuplot_plot_", through: "</title>", in: result)
    result = replacing(
      "font-family=\"\(fontMark)\"", with: "font-family=\"\(Style.svgFonts)\"", in: result)
    // Keep the edges of cells and pixels sharp when a viewer enlarges them.
    return replacing("<image ", with: "<image style='image-rendering: pixelated' ", in: result)
  }

  package static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }

  private static func replacing(_ old: String, with new: String, in bytes: [UInt8]) -> [UInt8] {
    pieces(of: bytes, at: Array(old.utf8)).joined(separator: Array(new.utf8)).map { $0 }
  }

  /// Removes each section from `start` through the next `end`, both included.
  private static func removing(
    from start: String, through end: String, in bytes: [UInt8]
  )
    -> [UInt8]
  {
    let parts = pieces(of: bytes, at: Array(start.utf8))
    return parts.enumerated().reduce(into: []) { result, part in
      let inside = part.offset == 0 ? [part.element] : pieces(of: part.element, at: Array(end.utf8))
      guard part.offset > 0, inside.count > 1 else {
        if part.offset > 0 { result += Array(start.utf8) }
        result += part.element
        return
      }
      result += Array(inside.dropFirst().joined(separator: Array(end.utf8)))
    }
  }

  /// The sections between the occurrences of `mark`.
  private static func pieces(
    of bytes: some Collection<UInt8>, at mark: [UInt8]
  )
    -> [ArraySlice<UInt8>]
  {
    let bytes = Array(bytes)
    var result: [ArraySlice<UInt8>] = []
    var begin = 0
    var position = 0
    while position + mark.count <= bytes.count {
      if bytes[position] == mark[0], bytes[position..<(position + mark.count)].elementsEqual(mark) {
        result.append(bytes[begin..<position])
        position += mark.count
        begin = position
      } else {
        position += 1
      }
    }
    result.append(bytes[begin...])
    return result
  }
}

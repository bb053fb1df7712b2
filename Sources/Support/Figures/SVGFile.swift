/// gnuplot's SVG without what differs between its versions, and with fonts that every viewer has.
package enum SVGFile {
  /// The font that gnuplot is told; stands for ``Style/svgFonts``.
  package static let fontMark = "runner-font"

  package static func cleaned(_ bytes: [UInt8], title: String) -> [UInt8] {
    var result = bytes
    let heading = "<title>\(escaped(GnuplotText.shortened(title, 200)))</title>"
    result = replacing("<title>Gnuplot</title>", with: heading, in: result)
    // gnuplot writes '>' as it is, which XML forbids after these two.
    result = replacing("]]>", with: "]]&gt;", in: result)
    result = removing(from: "<desc>Produced by GNUPLOT", through: "</desc>\n", in: result)
    result = removing(from: "<title>gnuplot_plot_", through: "</title>", in: result)
    result = replacing(
      "font-family=\"\(fontMark)\"", with: "font-family=\"\(Style.svgFonts)\"", in: result)
    // Cells and pixels keep their edges when a viewer enlarges them.
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

  /// Removes each stretch from `start` to the next `end`, both included.
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

  /// The stretches between the places where `mark` stands.
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

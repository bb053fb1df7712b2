/// The style sheet in every SVG that lets it follow a dark page or a dark viewer: the background, the type and the lines
/// of the axes change their colours, data keep theirs.
enum DarkMode {
  /// The colours of ``Style`` and what they are in the dark; the same as on the pages of reports.
  private static let colors = [
    (Style.ink, "#E4E8EC"), ("#000000", "#E4E8EC"), (Style.quiet, "#9AA5B1"),
    (Style.faint, "#313944"),
  ]
  private static let paper = "#12161C"

  static let style: String = {
    var rules = [
      "rect[fill='#ffffff'], polygon[fill='rgb(255, 255, 255)'] { fill: \(paper) }",
      "[color='black'] { color: \(colors[0].1) }",
    ]
    for (light, dark) in colors {
      for attribute in ["fill", "stroke", "color"] {
        let selectors = spellings(light).map { "[\(attribute)='\($0)']" }
        rules.append("\(selectors.joined(separator: ", ")) { \(attribute): \(dark) }")
      }
    }
    return "<style>@media (prefers-color-scheme: dark) {\n" + rules.joined(separator: "\n")
      + "\n}</style>"
  }()

  /// A colour as gnuplot writes it in different places.
  private static func spellings(_ color: String) -> [String] {
    let numbers = stride(from: 1, to: 7, by: 2).map { place in
      let start = color.index(color.startIndex, offsetBy: place)
      return String(Int(color[start..<color.index(start, offsetBy: 2)], radix: 16) ?? 0)
    }
    let padded = numbers.map { String(repeating: " ", count: 3 - $0.count) + $0 }
    return ["rgb(\(numbers.joined(separator: ",")))", "rgb(\(padded.joined(separator: ", ")))"]
  }
}

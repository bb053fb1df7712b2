import Diagnostics
import YAMLSyntax

/// A YAML text in which `①`, `②` … mark the places where findings are expected.
struct MarkedText {
  let text: String
  /// By the number of the marker, from 0.
  let places: [Position]

  init(_ marked: String) {
    var text = ""
    var places: [Int: Position] = [:]
    var place = Position(line: 1, column: 1)
    for scalar in marked.unicodeScalars {
      if (0x2460...0x2473).contains(scalar.value) {
        places[Int(scalar.value) - 0x2460] = place
        continue
      }
      text.unicodeScalars.append(scalar)
      if scalar == "\n" {
        place = Position(line: place.line + 1, column: 1)
      } else {
        place.column += 1
      }
    }
    self.text = text
    self.places = places.keys.sorted().compactMap { places[$0] }
  }

  /// The tree, and every finding in order.
  func parse(limits: YAMLLimits = YAMLLimits()) -> (node: YAMLNode?, findings: [Diagnostic]) {
    let collector = DiagnosticCollector()
    let file = SourceFile(name: "test.yaml", text: text)
    let node = YAMLParser.parse(file, limits: limits, into: collector)
    return (node, collector.sorted)
  }
}

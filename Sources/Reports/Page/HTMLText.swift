import Diagnostics
import Mustache

/// Escapes text for the page, scalar by scalar.
///
/// The library's own escaping works on characters: a quotation mark followed by a combining accent
/// is a different character, would not be escaped and would end an attribute.
package struct HTMLText: MustacheContentType {
  /// The name by which templates select this escaping.
  package static let name = "REPORT"

  /// Registers the content type with the template library, once.
  package static let registered: Void = MustacheContentTypes.register(HTMLText(), named: name)

  package init() {}

  package func escapeText(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      case "`": result.append(contentsOf: "&#96;".unicodeScalars)
      case "\n", " ": result.append(scalar)
      case "!"..."~": result.append(scalar)
      default:
        // Make control characters and bidirectional marks visible.
        result.append(contentsOf: TerminalText.printable(scalar: scalar).unicodeScalars)
      }
    }
    return String(result)
  }
}

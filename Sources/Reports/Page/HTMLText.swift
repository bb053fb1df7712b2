import Diagnostics
import Mustache

/// Escapes texts on their way into the page, scalar by scalar.
///
/// The library's own escaping goes by characters: a quotation mark that a combining accent follows is
/// another character than a quotation mark, and would end an attribute.
package struct HTMLText: MustacheContentType {
  /// The name under which templates choose it.
  package static let name = "REPORT"

  /// Makes it known to the template library, once.
  package static let registered: Void = MustacheContentTypes.register(HTMLText(), named: name)

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
        // Control characters and marks that turn the direction of a line become visible.
        result.append(contentsOf: TerminalText.printable(scalar: scalar).unicodeScalars)
      }
    }
    return String(result)
  }
}

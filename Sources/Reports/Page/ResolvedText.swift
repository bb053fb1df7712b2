/// The lines of `resolved.yaml`, each with the origin of its value.
package struct ResolvedText: Sendable {
  package struct Line: Sendable, Equatable {
    package enum Kind: Sendable {
      /// Set in the experiment file, or a line that only introduces others.
      case file
      case `default`
      /// Chosen by the program.
      case decided
      /// Set on the command line.
      case overridden
    }

    /// With indentation, without the comment.
    package var text: String
    package var origin: String
    package var kind: Kind
  }

  package let lines: [Line]

  package init(_ text: String) {
    lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(Self.line)
  }

  /// The command-line overrides that took effect, such as `lr=1e-4`, without duplicates.
  package var overrides: [String] {
    var seen: Set<String> = []
    return lines.filter { $0.kind == .overridden }
      .map { String($0.origin.dropFirst(Self.commandLine.count)) }
      .filter { seen.insert($0).inserted }
  }

  private static let commandLine = "command line: "

  private static func line(_ line: Substring) -> Line {
    let (text, origin) = split(line)
    let kind: Line.Kind =
      if origin.hasPrefix(commandLine) {
        .overridden
      } else if origin == "default" {
        .default
      } else if origin.isEmpty || isPlace(origin) {
        .file
      } else {
        .decided
      }
    return Line(text: text, origin: origin, kind: kind)
  }

  /// Splits at the first `#` that is preceded by a space and outside quotation marks.
  private static func split(_ line: Substring) -> (text: String, comment: String) {
    var isQuoted = false
    var isEscaped = false
    var before: Unicode.Scalar = " "
    for index in line.unicodeScalars.indices {
      let scalar = line.unicodeScalars[index]
      if isEscaped {
        isEscaped = false
      } else if scalar == "\\", isQuoted {
        isEscaped = true
      } else if scalar == "\"" {
        isQuoted.toggle()
      } else if scalar == "#", !isQuoted, before == " " {
        let comment = line[index...].dropFirst().drop { $0 == " " }
        return (trimmedEnd(line[..<index]), String(comment))
      }
      before = scalar
    }
    return (trimmedEnd(line), "")
  }

  private static func trimmedEnd(_ text: Substring) -> String {
    text.lastIndex { $0 != " " }.map { String(text[...$0]) } ?? ""
  }

  /// Whether `origin` ends with `:line:column`.
  private static func isPlace(_ origin: String) -> Bool {
    let parts = origin.split(separator: ":")
    return parts.count >= 3 && parts.suffix(2).allSatisfy { Int($0) != nil }
  }
}

import Diagnostics

extension ResolvedYAML {
  /// A scalar in `resolved.yaml` and its replacement.
  package struct Replacement {
    package let range: SourceRange
    package let value: Resolved

    package init(range: SourceRange, by value: Resolved) {
      self.range = range
      self.value = value
    }
  }

  /// The text with the scalars replaced, each with its new origin as the comment.
  ///
  /// - Returns: `nil` if a scalar is not on a line of its own.
  package static func replacing(_ replacements: [Replacement], in source: SourceFile) -> String? {
    var lines = source.text.split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    for replacement in replacements {
      let (start, end) = (replacement.range.start, replacement.range.end)
      guard start.line == end.line, lines.indices.contains(start.line - 1),
        let text = scalar(replacement.value)
      else { return nil }
      let scalars = lines[start.line - 1].unicodeScalars
      let rest = String(String.UnicodeScalarView(scalars.dropFirst(end.column - 1)))
      let comment = rest.drop { $0 == " " }
      guard comment.isEmpty || comment.hasPrefix("#") else { return nil }
      var line = String(String.UnicodeScalarView(scalars.prefix(start.column - 1))) + text
      if case .written(let range) = replacement.value.origin, range.file.kind == .commandLine {
        line += "  # command line: " + oneLine(range.file.text)
      }
      lines[start.line - 1] = line
    }
    return lines.joined(separator: "\n")
  }
}

import Diagnostics
import TestSupport
import YAMLSyntax

extension FuzzedReaders {
  static let yaml = FuzzedReader(
    "yaml",
    words: words(
      "${seed}", "*a", "&a ", ": ", "- ", "\n", "\n  ", "{", "}", "[", "]", "null", "1e400", "\"",
      "'",
      "\t", "!!str ", "---\n", "...\n", "<<: *a", "? ", "|\n", ">-\n", "%YAML 1.1\n", "#", "\u{0}",
      "\u{FEFF}", "\u{85}", "\u{2028}", "学", "\\x41", "\\U0010FFFF")
  ) {
    try fixtures(in: "good", ["yaml"])
      + words("a: &a [1, 2, {b: 'c'}]\nd: *a\n", "- |\n  text\n- >-\n  more\n- \"\\u00e9\"\n")
  } read: { _, path in
    let file = try SourceFile.read(path)
    let diagnostics = DiagnosticCollector()
    let tree = YAMLParser.parse(file, into: diagnostics)
    if let tree {
      try check(tree, within: file, depth: 1)
      try FuzzViolation.require(
        tree.count <= YAMLLimits().nodes && tree.depth <= YAMLLimits().depth,
        "a tree of \(tree.count) nodes, \(tree.depth) deep")
    }
    if diagnostics.hasErrors { throw InputError(diagnostics.all) }
    try FuzzViolation.require(tree != nil, "neither a tree nor an error")
  }

  /// Every node has a location in the file.
  private static func check(
    _ node: YAMLNode, within file: SourceFile, depth: Int
  ) throws(FuzzViolation) {
    try FuzzViolation.require(
      node.range.start <= node.range.end && node.range.start.line >= 1
        && node.range.start.column >= 1 && node.range.start.line <= file.end.line + 1,
      "a node at \(node.range.start) to \(node.range.end) of a file that ends at \(file.end)")
    for item in node.sequence ?? [] { try check(item, within: file, depth: depth + 1) }
    for entry in node.mapping ?? [] { try check(entry.value, within: file, depth: depth + 1) }
  }
}

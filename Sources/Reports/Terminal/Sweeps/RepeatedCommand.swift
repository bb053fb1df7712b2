/// The command line that continues a sweep.
package enum RepeatedCommand {
  /// Quotes the command for a shell, without `--new` and `--retry`, which applied only once.
  package static func text(_ words: [String]) -> String {
    let name = words.first.map { $0.split(separator: "/").last.map(String.init) ?? $0 } ?? "runner"
    return ([name] + words.dropFirst().filter { $0 != "--new" && $0 != "--retry" })
      .map { word in
        let isPlain = word.unicodeScalars.allSatisfy {
          $0.isASCII
            && ($0.properties.isAlphabetic || "0123456789_./-+=,:[]".unicodeScalars.contains($0))
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
      }.joined(separator: " ")
  }
}

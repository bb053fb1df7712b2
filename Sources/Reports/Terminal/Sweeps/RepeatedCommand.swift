/// The command line of a sweep, for whoever wants to continue it.
package enum RepeatedCommand {
  /// The command as it can be typed again; `--new` and `--retry` were for once.
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

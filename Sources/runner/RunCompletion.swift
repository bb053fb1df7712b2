import ArgumentParser
import Files
import RunRecord

extension CompletionKind {
  /// The names of runs in the directory given by `--runs-dir`, newest first, and `latest`.
  static var runs: CompletionKind {
    .custom { words, _, prefix in RunCompletion.names(words, startingWith: prefix) }
  }
}

enum RunCompletion {
  static func names(_ words: [String], startingWith prefix: String) -> [String] {
    let folder = runsDirectory(words)
    // An unreadable directory offers no completions, and there is nowhere to report the error.
    let names = (try? RunCatalog.names(in: folder)) ?? []
    let recent = names.isEmpty ? [] : ["latest"] + (names.count > 1 ? ["latest~1"] : [])
    return (recent + names).filter { $0.hasPrefix(prefix) } + paths(prefix)
  }

  /// The runs in the directory that the prefix names so far, for users who type paths.
  private static func paths(_ prefix: String) -> [String] {
    guard let slash = prefix.lastIndex(of: "/") else { return [] }
    let folder = String(prefix[...slash])
    let names = (try? RunCatalog.names(in: folder)) ?? []
    return names.map { folder + $0 }.filter { $0.hasPrefix(prefix) }
  }

  private static func runsDirectory(_ words: [String]) -> String {
    for (place, word) in words.enumerated() {
      if word == "--runs-dir", place + 1 < words.count { return words[place + 1] }
      if word.hasPrefix("--runs-dir=") { return String(word.dropFirst("--runs-dir=".count)) }
    }
    return "runs"
  }
}

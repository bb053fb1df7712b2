/// Where things lie on this machine, taken from environment variables that are passed in.
package struct LocalFolders: Sendable {
  /// All variables; programs that are started see these.
  package let variables: [String: String]
  /// What relative paths in variables start from.
  package let workingDirectory: String

  package init(variables: [String: String], workingDirectory: String) {
    self.variables = variables
    self.workingDirectory = workingDirectory
  }

  /// Where downloads and drawn data are kept: `$RUNNER_CACHE`, else `$XDG_CACHE_HOME/runner`, else
  /// `~/.cache/runner`; nil where none of the variables is set.
  package var cache: String? {
    path("RUNNER_CACHE") ?? userCache.map { $0 + "/runner" }
  }

  /// Where all programs keep what they can fetch again: `$XDG_CACHE_HOME`, else `~/.cache`.
  package var userCache: String? {
    // The XDG specification asks that relative paths be ignored.
    if let base = value("XDG_CACHE_HOME"), base.hasPrefix("/") { return base }
    return path("HOME").map { $0 + "/.cache" }
  }

  /// The variable `name`, nil where it is unset or empty.
  package func value(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The path in the variable `name`, from the root.
  package func path(_ name: String) -> String? {
    value(name).map { absolute($0) }
  }

  /// `path` from the root, so that a process that works elsewhere finds it too.
  package func absolute(_ path: String) -> String {
    var path = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

/// The program's folders on this machine, from environment variables that are passed in.
package struct LocalFolders: Sendable {
  /// All variables; child processes inherit them.
  package let variables: [String: String]
  /// The folder that relative paths in variables start from.
  package let workingDirectory: String

  package init(variables: [String: String], workingDirectory: String) {
    self.variables = variables
    self.workingDirectory = workingDirectory
  }

  /// The folder of downloads and generated data: `$RUNNER_CACHE`, otherwise `$XDG_CACHE_HOME/runner`,
  /// otherwise `~/.cache/runner`; `nil` if none of the variables is set.
  package var cache: String? {
    path("RUNNER_CACHE") ?? userCache.map { $0 + "/runner" }
  }

  /// The user's cache folder: `$XDG_CACHE_HOME`, otherwise `~/.cache`.
  package var userCache: String? {
    // The XDG specification requires that relative paths be ignored.
    if let base = value("XDG_CACHE_HOME"), base.hasPrefix("/") { return base }
    return path("HOME").map { $0 + "/.cache" }
  }

  /// The variable `name`; `nil` if it is unset or empty.
  package func value(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The absolute path in the variable `name`.
  package func path(_ name: String) -> String? {
    value(name).map { absolute($0) }
  }

  /// `path` as an absolute path, for processes with other working directories.
  package func absolute(_ path: String) -> String {
    var path = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

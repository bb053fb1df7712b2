/// Where data may lie on this machine, taken from environment variables that are passed in.
package struct DataEnvironment: Sendable {
  /// All variables; programs that are started see these.
  package let variables: [String: String]
  /// What relative paths in variables start from.
  package let workingDirectory: String

  package init(variables: [String: String], workingDirectory: String) {
    self.variables = variables
    self.workingDirectory = workingDirectory
  }

  /// `$RUNNER_DATA`: a folder with the user's own copies, or nil.
  package var dataFolder: String? { path("RUNNER_DATA") }

  /// What `$RUNNER_DATA` names, where that is not a folder.
  package var missingDataFolder: String? {
    dataFolder.flatMap { FileSearch.isFolder($0) ? nil : $0 }
  }

  /// Where downloads and drawn data are kept: `$RUNNER_CACHE`, else `$XDG_CACHE_HOME/runner`, else
  /// `~/.cache/runner`; nil where none of the variables is set.
  package var cacheFolder: String? {
    if let folder = path("RUNNER_CACHE") { return folder }
    // The XDG specification asks that relative paths be ignored.
    if let base = value("XDG_CACHE_HOME"), base.hasPrefix("/") { return base + "/runner" }
    return path("HOME").map { $0 + "/.cache/runner" }
  }

  /// The base URLs in `$RUNNER_MNIST_MIRRORS`, separated by spaces, or nil where it is not set.
  ///
  /// Throws where one of them is not an `http` or `https` URL.
  package func mnistMirrors() throws(DataError) -> [String]? {
    guard let list = value("RUNNER_MNIST_MIRRORS") else { return nil }
    let mirrors = list.split(whereSeparator: \.isWhitespace).map(String.init)
    for mirror in mirrors where !mirror.hasPrefix("https://") && !mirror.hasPrefix("http://") {
      throw DataError(
        path: "RUNNER_MNIST_MIRRORS", reason: "'\(mirror)' does not begin with https:// or http://")
    }
    return mirrors.isEmpty ? nil : mirrors
  }

  /// The variable `name`, nil where it is unset or empty.
  private func value(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func path(_ name: String) -> String? {
    value(name).map { absolute($0) }
  }

  /// `path` from the root, so that a process that works elsewhere finds it too.
  func absolute(_ path: String) -> String {
    var path = path.hasPrefix("/") ? path : workingDirectory + "/" + path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}

import Downloads

extension DataEnvironment {
  /// Where Keras keeps data sets: `$KERAS_HOME/datasets`, otherwise `~/.keras/datasets`; `nil` if neither
  /// variable is set.
  var kerasFolder: String? {
    let folders = LocalFolders(variables: variables, workingDirectory: workingDirectory)
    return (folders.path("KERAS_HOME") ?? folders.path("HOME").map { $0 + "/.keras" })
      .map { $0 + "/datasets" }
  }
}

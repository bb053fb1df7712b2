extension RunInfo {
  /// The folder in a run's directory with copies of the TorchScript files in its model, by their hashes, and what is
  /// known about them.
  package static let modules = "modules"
}

extension RunInfo.File {
  /// Where the contents are read: the copy in the run's directory if it has one.
  package func location(in run: RunDirectory) -> String {
    let copy = "\(RunInfo.modules)/\(sha256).pt"
    return key.hasPrefix("model.") && run.isFile(copy) ? run.file(copy) : path
  }
}

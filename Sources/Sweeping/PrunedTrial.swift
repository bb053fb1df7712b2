import RunRecord

/// Records in a trial's `run.json` that the sweep compared it with others and pruned it.
enum PrunedTrial {
  /// - Parameters:
  ///   - epoch: the last finished epoch.
  ///   - epochs: the number of epochs of a complete trial.
  static func record(_ run: RunDirectory, epoch: Int, of epochs: Int) throws {
    var info = try run.readInfo()
    let end = TrainingEnd(.pruned, epoch: epoch, epochs: epochs)
    if info.end == end { return }
    info.end = end
    info.failure = end.text
    try run.write(json: info, to: "run.json")
  }
}

import ExperimentConfig
import Files
import Foundation
import RunRecord
import Tasks
import TestSupport

/// Directories of small runs that never were.
struct ListFixtures {
  let folder: TemporaryFolder
  var path: String { folder.path }

  init() throws { folder = try TemporaryFolder() }

  /// Writes a finished run and returns its directory.
  @discardableResult
  func add(
    _ name: String, lr: String = "0.001", dropout: String = "0.2", accuracy: Double = 0.9,
    status: String = "finished", optimizer: String = "adam", more: String = ""
  ) throws -> RunDirectory {
    let run = RunDirectory(path: "\(path)/\(name)")
    try AtomicFile.createFolder(run.path)
    try run.write(
      """
      # Every value of the run and where it came from. Running this file repeats the run.
      name: \(RunName(name).experiment)
      seed: 7                 # default
      data:
        dataset: mnist        # a.yaml:3:12
        batch_size: 64        # default
      model:
        - flatten
        - linear:
            out_features: 128 # a.yaml:5:12
        - dropout:
            p: \(dropout)     # a.yaml:6:12
        - linear:
            out_features: 10
      optimizer:
        \(optimizer):
          lr: \(lr)           # command line: lr=\(lr)
          betas: [0.9, 0.999] # default
      \(more)
      """, to: "resolved.yaml")
    try run.write(
      """
      {"status": "\(status)", "name": "\(RunName(name).experiment)", "seed": 7,
       "started": "\(Self.time(name, "00"))", "ended": "\(Self.time(name, "30"))",
       "dataset": {"requested": "mnist", "used": "mnist"}}
      """, to: "run.json")
    try run.write(
      """
      {"epochs": 5, "primary": "accuracy",
       "metrics": {"accuracy": {"unit": "share", "higher_is_better": true},
                   "log_loss": {"unit": "nats", "higher_is_better": false}},
       "validation": {"accuracy": \(accuracy), "loss": \(1 - accuracy), "log_loss": 0.5},
       "test": {"accuracy": \(accuracy - 0.01), "loss": 0.4}}
      """, to: "summary.json")
    return run
  }

  /// The time in a run's name, with other seconds.
  private static func time(_ name: String, _ seconds: String) -> String {
    let digits = Array((RunName(name).time ?? "20261129-100000").filter(\.isNumber))
    let text = String(digits)
    func part(_ from: Int, _ to: Int) -> String {
      String(text.dropFirst(from).prefix(to - from))
    }
    return "\(part(0, 4))-\(part(4, 6))-\(part(6, 8))T\(part(8, 10)):\(part(10, 12)):\(seconds)Z"
  }
}

import Diagnostics
import ExperimentConfig
import ImageColor
import RunRecord

/// What `runner serve` was asked for. The command line passes it as JSON to `runner-serve`, the program with the server.
package struct ServiceSettings: Codable, Sendable {
  /// The user's reference to a run.
  package var run: String
  package var runsDirectory: String
  /// `best` or `last`.
  package var weights: String
  /// The fold whose model answers, from 1.
  package var fold: Int?
  /// The seed whose model answers.
  package var seed: UInt64?
  /// Whether the models of all folds or seeds answer together.
  package var ensemble: Bool
  package var isInverted: Bool
  package var background: Background

  package var host = "127.0.0.1"
  /// 0 for any free port.
  package var port = 8080
  /// The file with the token; `nil` for `$RUNNER_TOKEN`, or none.
  package var tokenFile: String?
  /// The most inputs that the model answers together.
  package var maxBatch = 32
  /// How long an input waits for others to be answered together, in milliseconds.
  package var maxWait = 0.0
  /// The most inputs that wait.
  package var queue = 256
  /// How long a client waits at most, in seconds.
  package var timeout = 30.0
  /// The largest body of a request in bytes.
  package var maxBody = 32 << 20
  package var printsJSON = false

  package init(
    run: String, runsDirectory: String, weights: String, isInverted: Bool, background: Background,
    fold: Int? = nil, seed: UInt64? = nil, ensemble: Bool = false
  ) {
    self.run = run
    self.runsDirectory = runsDirectory
    self.weights = weights
    self.isInverted = isInverted
    self.background = background
    self.fold = fold
    self.seed = seed
    self.ensemble = ensemble
  }

  package var choice: PredictionModels.Choice {
    if ensemble { return .all }
    return fold.map { .fold($0) } ?? seed.map { .seed($0) } ?? .any
  }

  /// Whether only programs on this machine can reach the service.
  package var isLocal: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// What precedes the paths of the service.
  ///
  /// - Parameter port: the one that was bound.
  package func address(port: Int) -> String {
    "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
  }
}

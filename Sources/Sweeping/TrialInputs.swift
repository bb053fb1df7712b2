import ExperimentConfig
import Files

/// The inputs of a trial, according to its `run.json`.
struct TrialInputs: Sendable, Decodable {
  struct Dataset: Sendable, Decodable {
    var used: String
    var fingerprint: String
  }

  struct Weights: Sendable, Decodable {
    var used: String
    var sha256: String?

    var identity: String { sha256 ?? used }
  }

  var dataset: Dataset?
  var weights: Weights?

  /// Why trials with these inputs and with `other` must not be ranked together although both
  /// requested the same; `nil` if the inputs are equal.
  ///
  /// - Parameter wanted: what each of them requested, determined only if needed.
  func conflict(
    with other: TrialInputs, of trial: Int, wanted: () throws -> (TrialWants, TrialWants)?
  ) rethrows -> String? {
    let hasOtherData = isOther(dataset?.fingerprint, other.dataset?.fingerprint)
    let hasOtherWeights = isOther(weights?.identity, other.weights?.identity)
    guard hasOtherData || hasOtherWeights, let (mine, its) = try wanted() else { return nil }
    if hasOtherData, mine.dataset == its.dataset, let mine = dataset, let its = other.dataset {
      return mine.used == its.used
        ? "trial \(trial) used other files of '\(its.used)' than those present now"
        : "trial \(trial) used '\(its.used)', but this one would use '\(mine.used)'"
    }
    if hasOtherWeights, mine.weights == its.weights, let mine = weights, let its = other.weights {
      return mine.used == its.used
        ? "trial \(trial) started from other weights '\(its.used)' than those present now"
        : "trial \(trial) started from the weights '\(its.used)', but this one would start from "
          + "'\(mine.used)'"
    }
    return nil
  }

  private func isOther(_ one: String?, _ other: String?) -> Bool {
    one != nil && other != nil && one != other
  }
}

/// What an experiment requests, regardless of where it is found: keys under which findings can be
/// shared.
package struct TrialWants: Sendable, Hashable {
  /// The data set and its fallback.
  package let dataset: String
  /// The initial weights, and the model they have to fit.
  package let weights: String
  /// The run that provides the weights, which changes for `latest`.
  private let run: String

  /// - Parameter swept: the trial's own values for keys that name weights.
  package init(_ configuration: Resolved, swept: [String] = []) throws {
    let data = configuration["data"]
    dataset = try Self.key([data?["dataset"], data?["fallback"]])
    weights = try Self.key([configuration["weights"], configuration["model"]], swept)
    run = configuration.inputs["weights.run"] ?? ""
  }

  private static func key(_ values: [Resolved?], _ swept: [String] = []) throws -> String {
    // The canonical form omits paths, which make the difference here.
    let parts = values.flatMap { value -> [JSONValue] in
      let paths = (value?.paths ?? [:]).mapValues(JSONValue.string)
      return [value?.canonicalForm ?? .null, .object(paths)]
    }
    let key = JSONValue.array(parts + swept.map(JSONValue.string))
    return String(decoding: try JSONText.encode(key), as: UTF8.self)
  }
}

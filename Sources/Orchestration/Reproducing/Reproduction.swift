import Diagnostics
import ExperimentConfig
import FoundationEssentials
import Reporting
import RunRecord
import TaskRegistry
import Tasks

/// Compares a reproduced run with the original.
package struct Reproduction {
  private enum Verdict {
    case identical(files: Int)
    /// On another machine or with a different number of threads: the metrics, and their tolerances.
    case tolerance([Deviation], environment: [String])
    case different(files: [String], step: FirstStep?, environment: [String])
  }

  private struct Deviation {
    let metric: String
    let was: Double
    let now: Double
    let tolerance: Double

    var isWithin: Bool { abs(was - now) <= tolerance }
  }

  /// The first step with a different loss.
  private struct FirstStep {
    /// `fold-2` or `seed-43`; `nil` for a run with a single training.
    let part: String?
    let epoch: Int
    let step: Int
    let was: Double
    let now: Double
  }

  private let verdict: Verdict

  /// - Parameter experiment: the experiment of both runs.
  package init(old: RunDirectory, new: RunDirectory, _ experiment: Experiment) throws {
    let before = try Manifest.hashes(of: old)
    let after = try Manifest.hashes(of: new)
    if before == after {
      verdict = .identical(files: before.count)
      return
    }
    let environment = try Self.environment(old.readInfo(), new.readInfo())
    if !environment.isEmpty {
      verdict = .tolerance(
        try Self.deviations(old.readSummary(), new.readSummary()), environment: environment)
      return
    }
    let files = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    verdict = .different(
      files: files, step: try Self.firstStep(old, new, experiment), environment: environment)
  }

  package var isSame: Bool {
    switch verdict {
    case .identical: true
    case .tolerance(let deviations, _): deviations.allSatisfy(\.isWithin)
    case .different: false
    }
  }

  package func text(_ terminal: Terminal) -> String {
    switch verdict {
    case .identical(let files):
      return terminal.green("identical") + ": all \(files) files of the manifest, byte for byte"
    case .tolerance(let deviations, let environment):
      var text = "not comparable bit for bit: " + environment.joined(separator: "; ") + "\n"
      text +=
        isSame ? terminal.green("within tolerance") : terminal.red("beyond the tolerance")
      text += " (three standard errors of a proportion over the test set; a tenth of the loss)\n"
      var table = TextTable([.left, .right, .right, .right])
      table.add(["metric", "was", "is", "tolerance"])
      for item in deviations {
        table.add(
          [item.metric + (item.isWithin ? "" : " !")]
            + [item.was, item.now, item.tolerance].map { NumberText.fixed($0, 4) })
      }
      return text + table.render()
    case .different(let files, let step, _):
      var text = terminal.red("not the same") + ": \(files.count) files of the manifest differ\n"
      text += files.prefix(8).map { "  \($0)\n" }.joined()
      if files.count > 8 { text += "  and \(files.count - 8) more\n" }
      if let step {
        let place = step.part.map { $0.replacing("-", with: " ") + ", " } ?? ""
        text +=
          "the losses differ from \(place)epoch \(step.epoch), step \(step.step): "
          + "\(step.was), now \(step.now)"
      } else {
        text += "the losses of all steps are the same: the difference arises after the training"
      }
      return text
    }
  }

  // MARK: Comparing

  /// Differences in the environment that legitimately change the bits of a result.
  private static func environment(_ old: RunInfo, _ new: RunInfo) -> [String] {
    let pairs = [
      ("processor", old.cpu, new.cpu), ("device", old.device, new.device),
      ("threads", "\(old.threads)", "\(new.threads)"),
      ("vector instructions", old.cpuCapability, new.cpuCapability),
      ("LibTorch", old.versions.libtorch, new.versions.libtorch),
      ("runner", old.versions.runner, new.versions.runner),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1), now \($0.2)" }
  }

  private static func deviations(_ old: RunSummary, _ new: RunSummary) -> [Deviation] {
    let count = Double(max(old.examples?.test ?? 1, 1))
    let primary = old.primary ?? TaskRegistry.recordedPrimary
    return ["loss", primary, "f1_macro"].compactMap { key in
      guard let was = old.test[key], let now = new.test[key] else { return nil }
      let share = min(max(was, 0), 1)
      let error = 3 * (max(share * (1 - share), 0.01) / count).squareRoot()
      let facts = old.metrics?[key]?.facts ?? TaskRegistry.facts(ofRecorded: key, task: old.task)
      return Deviation(
        metric: "test \(key)", was: was, now: now,
        tolerance: facts?.unit == .share ? error : max(0.1 * abs(was), 1e-3))
    }
  }

  private static func firstStep(
    _ old: RunDirectory, _ new: RunDirectory, _ experiment: Experiment
  ) throws -> FirstStep? {
    let parts = RunParts.all(of: old)
    if parts.isEmpty { return try firstStep(old, new, part: nil, experiment) }
    for part in parts {
      let other = new.part(part.name)
      if let step = try firstStep(part, other, part: part.name, experiment) { return step }
    }
    return nil
  }

  private static func firstStep(
    _ old: RunDirectory, _ new: RunDirectory, part: String?, _ experiment: Experiment
  ) throws -> FirstStep? {
    let before = try losses(old)
    let after = try losses(new)
    let examples = try old.readSummary().examples?.train ?? 1
    let size = experiment.data.batchSize
    let batches = experiment.data.dropLast ? examples / size : (examples + size - 1) / size
    let inEpoch = max((batches + experiment.accumulate - 1) / experiment.accumulate, 1)
    for step in 0..<max(before.count, after.count) {
      let was = step < before.count ? before[step] : .nan
      let now = step < after.count ? after[step] : .nan
      if was.bitPattern == now.bitPattern { continue }
      return FirstStep(
        part: part, epoch: step / inEpoch + 1, step: step % inEpoch + 1, was: was, now: now)
    }
    return nil
  }

  /// The loss of every step, from `losses.bin`.
  private static func losses(_ run: RunDirectory) throws -> [Double] {
    let bytes = try run.bytes(of: "losses.bin")
    return (0..<bytes.count / 8).map { index in
      let word = bytes[(8 * index)..<(8 * index + 8)].reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      return Double(bitPattern: word)
    }
  }
}

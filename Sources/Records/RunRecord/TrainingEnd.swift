import ExperimentConfig
import TaskRegistry

/// Why and where a training ended: `end` in `summary.json`, or in `run.json` of a trial that a
/// sweep pruned.
package struct TrainingEnd: Codable, Sendable, Equatable {
  package enum Reason: String, Codable, Sendable {
    /// All epochs were trained.
    case completed
    case earlyStopping = "early_stopping"
    case maxSteps = "max_steps"
    /// A sweep compared the trial with others and dropped it.
    case pruned
  }

  /// A last epoch that was cut short.
  package struct PartialEpoch: Codable, Sendable, Equatable {
    /// Optimizer steps completed in it.
    package var steps: Int
    /// Optimizer steps in a full epoch.
    package var of: Int

    package init(steps: Int, of: Int) {
      self.steps = steps
      self.of = of
    }
  }

  /// The value that early stopping monitored.
  package struct Stopping: Codable, Sendable, Equatable {
    /// The key of the validation result.
    package var monitor: String
    /// The value at the last epoch; `nil` if it was undefined there.
    package var value: Double?
    package var best: Double?
    package var bestEpoch: Int?
    package var patience: Int
    package var minDelta: Double
    /// Epochs that were skipped because the value was undefined.
    package var skippedEpochs: Int?

    enum CodingKeys: String, CodingKey {
      case monitor, value, best, patience
      case bestEpoch = "best_epoch"
      case minDelta = "min_delta"
      case skippedEpochs = "skipped_epochs"
    }

    package init(
      monitor: String, value: Double?, best: Double?, bestEpoch: Int?, patience: Int,
      minDelta: Double = 0, skippedEpochs: Int? = nil
    ) {
      self.monitor = monitor
      self.value = value
      self.best = best
      self.bestEpoch = bestEpoch
      self.patience = patience
      self.minDelta = minDelta
      self.skippedEpochs = skippedEpochs
    }
  }

  package var reason: Reason
  /// The last trained epoch, possibly a partial one.
  package var epoch: Int
  /// The number of epochs requested by the experiment.
  package var epochs: Int
  /// The total number of optimizer steps; `nil` if they were not counted.
  package var steps: Int?
  package var partialEpoch: PartialEpoch?
  package var stopping: Stopping?
  /// The first of the epochs whose weights were averaged; `nil` if the weights are those of one epoch.
  package var averagedFrom: Int?

  enum CodingKeys: String, CodingKey {
    case reason, epoch, epochs, steps, stopping
    case partialEpoch = "partial_epoch"
    case averagedFrom = "averaged_from"
  }

  package init(
    _ reason: Reason, epoch: Int, epochs: Int, steps: Int? = nil,
    partialEpoch: PartialEpoch? = nil, stopping: Stopping? = nil
  ) {
    self.reason = reason
    self.epoch = epoch
    self.epochs = epochs
    self.steps = steps
    self.partialEpoch = partialEpoch
    self.stopping = stopping
  }

  /// A description for users, such as `early stopping after epoch 12 of 50: …`.
  package var text: String {
    guard let averagedFrom else { return reasonText }
    return reasonText
      + (averagedFrom == epoch
        ? "; the weights are those of epoch \(epoch), with new batch-norm statistics"
        : "; the weights are the average of those after epochs \(averagedFrom) to \(epoch)")
  }

  private var reasonText: String {
    switch reason {
    case .completed where epochs == 0: return "scored without training"
    case .completed: return "completed \(epochs == 1 ? "1 epoch" : "all \(epochs) epochs")"
    case .maxSteps:
      let steps = steps.map { " (\($0) \($0 == 1 ? "step" : "steps"))" } ?? ""
      return "max_steps\(steps) in epoch \(epoch) of \(epochs)\(partText)"
    case .pruned: return "pruned by the sweep after epoch \(epoch) of \(epochs)"
    case .earlyStopping:
      return "early stopping after epoch \(epoch) of \(epochs)"
        + (stopping.map { ": \($0.text)" } ?? "")
    }
  }

  private var partText: String {
    partialEpoch.map { ", which ran \($0.steps) of its \($0.of) steps" } ?? ""
  }
}

extension TrainingEnd.Stopping {
  /// Which improvement did not happen, and for how long.
  fileprivate var text: String {
    var text = "validation \(TaskRegistry.label(monitor)) has not improved"
    if minDelta > 0 { text += " by more than \(NumberText.short(minDelta))" }
    if let best, let bestEpoch {
      text += " on \(NumberText.fixed(best, 4)) (epoch \(bestEpoch))"
    }
    text += " for \(max(patience, 1)) \(patience > 1 ? "epochs" : "epoch")"
    if let value { text += "; it ended at \(NumberText.fixed(value, 4))" }
    if let skippedEpochs {
      text +=
        "; \(skippedEpochs) \(skippedEpochs == 1 ? "epoch" : "epochs") without a value "
        + "\(skippedEpochs == 1 ? "was" : "were") skipped"
    }
    return text
  }
}
